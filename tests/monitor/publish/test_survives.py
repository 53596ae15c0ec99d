"""Killed between any two steps of sending, in a real process before a real sink: all arrives, nothing unapproved."""

import asyncio
import json
import os
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drafts.facts import UpdateKind
from monitor.ledger import subscribers
from monitor.models import Way
from tests.monitor.channels.sinks import hook_sink
from tests.monitor.publish.readers import ask, subscribe
from tests.monitor.publish.story import notice, told

ROOT = Path(__file__).parents[3]


@pytest.mark.timeout(240)
async def test_whenever_it_is_killed_all_arrives_in_order_under_its_key(tmp_path: Path) -> None:
    """For every step: the keys that arrive are those approved, a repeat has the same body, and order is kept."""
    record, base = tmp_path / "record", tmp_path / "lives"
    record.mkdir()
    base.mkdir()
    async with told(record) as story:
        updates = await story.say(["hook"], "one", "two")
        await story.draft(await story.incident("read"), notice("Nobody has approved this"), kind=UpdateKind.FIRST)
        keys = [(await story.delivery(number, "hook")).key for number in updates]
    async with hook_sink() as sink:
        steps = await _die(record, base, sink.port, "hook")
    came = defaultdict(list)
    for hook in sink.hooks:
        came[hook.path].append((hook.headers["webhook-id"], json.loads(hook.body)["data"]["title"]))
    assert steps > 12  # each of two messages has a claim, an exchange and a record, with a beginning and an end
    assert len(came) == steps + 1
    for told_in_life in came.values():
        once = list(dict.fromkeys(told_in_life))
        assert once == list(zip(keys, ["one", "two"], strict=True))
        assert len(told_in_life) <= len(once) + 1


@pytest.mark.timeout(240)
async def test_whenever_it_is_killed_each_subscriber_gets_their_copy(tmp_path: Path) -> None:
    """For every step: all who confirmed get it, nobody else; at most the one that was under way is repeated."""
    record, base = tmp_path / "record", tmp_path / "lives"
    record.mkdir()
    base.mkdir()
    now = datetime.now(UTC)
    async with hook_sink() as sink:
        async with told(record) as story:
            for number in range(2):
                await subscribe(story, f"http://127.0.0.1:{sink.port}/life/{number}", way=Way.WEBHOOK)
            waits = await ask(story, f"http://127.0.0.1:{sink.port}/life/never", way=Way.WEBHOOK, at=now)
            async with story.ledger.write() as s:
                await subscribers.answered(s, waits, now)
            await story.say(["hooks"], "one")
        steps = await _die(record, base, sink.port, "hooks")
    came = defaultdict(list)
    for hook in sink.hooks:
        came[hook.path.split("/")[1]].append((hook.path, hook.headers["webhook-id"]))
    assert steps > 15  # a claim, the dealing, two exchanges and what came of them, and the end of it
    assert len(came) == steps + 1
    for life, copies in came.items():
        assert {path for path, _ in copies} == {f"/{life}/0", f"/{life}/1"}
        assert len(set(copies)) == 2
        assert len(copies) <= 3


async def _die(record: Path, base: Path, port: int, channel: str) -> int:
    """Let it die at every step; how many there were."""
    doomed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.monitor.publish.doomed", str(record), str(base), str(port), channel),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await doomed.communicate()
    assert doomed.returncode == 0
    return int(out.split()[-1])
