"""Killed between any two steps of sending, in a real process before a real sink: all arrives, nothing unapproved."""

import asyncio
import json
import os
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from drafts.facts import UpdateKind
from tests.monitor.channels.sinks import hook_sink
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
        doomed = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.monitor.publish.doomed", str(record), str(base), str(sink.port)),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await doomed.communicate()
    assert doomed.returncode == 0
    steps = int(out.split()[-1])
    came = defaultdict(list)
    for hook in sink.hooks:
        came[hook.path].append((hook.headers["webhook-id"], json.loads(hook.body)["data"]["title"]))
    assert steps > 12  # each of two messages has a claim, an exchange and a record, with a beginning and an end
    assert len(came) == steps + 1
    for told_in_life in came.values():
        once = list(dict.fromkeys(told_in_life))
        assert once == list(zip(keys, ["one", "two"], strict=True))
        assert len(told_in_life) <= len(once) + 1
