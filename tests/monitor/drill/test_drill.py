"""A drill from end to end, as CI runs it."""

import asyncio
import json
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import psutil
import pytest

from monitor.config import Storage
from monitor.drill.score import Limits, Score
from monitor.ledger import people
from monitor.ledger.store import Ledger
from monitor.models import Role

CONFIG = """[site]
name = "Harbour Mail"
[[channel]]
kind = "webhook"
name = "customers"
url = "${HOOK}"
secret = "${SECRET}"
"""
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
STARTER = """
import subprocess, sys
command = (sys.argv[1], "-m", "monitor", "drill", "--leashed", "--config", sys.argv[2])
child = subprocess.Popen(command, stdin=subprocess.PIPE)
print(child.pid, flush=True)
child.wait()
"""
BANNER = re.compile(r'<p class="drill" role="status">(.*?)</p>')
LIMITS = Limits(timedelta(minutes=5), timedelta(minutes=15))
PASSED = Score(acknowledged=timedelta(seconds=1), approved=timedelta(seconds=2), finished=True)


async def test_a_scripted_drill_passes_and_reaches_no_customer(tmp_path: Path) -> None:
    """It takes up, approves, delivers to the sandbox and ends; the real channel hears nothing, no record is left."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    customers = await asyncio.start_server(hear, "127.0.0.1", 0)
    port = customers.sockets[0].getsockname()[1]
    (tmp_path / "config.toml").write_text(CONFIG)
    drill = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "drill", "--auto", "--json", "--config", str(tmp_path / "config.toml")),
        stdout=asyncio.subprocess.PIPE,
        env={"HOOK": f"http://127.0.0.1:{port}/", "SECRET": SECRET, "TMPDIR": str(tmp_path), "PATH": ""},
    )
    out, _ = await drill.communicate()
    customers.close()
    told = json.loads(out.decode().splitlines()[-1])
    assert (drill.returncode, told["faults"], told["finished"]) == (0, [], True), told
    assert 0 < told["detected_s"] <= told["acknowledged_s"] <= told["approved_s"] <= told["delivered_s"]
    assert told["kept"] >= 1
    assert heard == []
    assert os.listdir(tmp_path) == ["config.toml"]  # noqa: PTH208 - a look at one directory


async def test_every_page_of_a_drill_says_that_it_is_one(tmp_path: Path) -> None:
    """Its desk and its public page alike, before anybody signs in."""
    (tmp_path / "config.toml").write_text("[site]\nname = 'Harbour Mail'\n")
    drill = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "drill", "--config", str(tmp_path / "config.toml")),
        stdout=asyncio.subprocess.PIPE,
        env={"TMPDIR": str(tmp_path), "PATH": ""},
    )
    assert drill.stdout
    addresses = [(await drill.stdout.readline()).decode().split()[-1] for _ in ("desk", "page")]
    async with aiohttp.ClientSession() as session:
        for address in addresses:
            async with session.get(address) as page:
                (said,) = BANNER.findall(await page.text())
                assert re.sub("<.*?>", "", said) == "This is a drill. Nothing here reaches the public.", address
    drill.terminate()
    await drill.communicate()


async def test_a_drill_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """Even if that one is killed: nothing of it goes on for half an hour, and no directory is left."""
    (tmp_path / "config.toml").write_text("[site]\nname = 'Harbour Mail'\n")
    starter = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", STARTER, sys.executable, str(tmp_path / "config.toml")),
        stdout=asyncio.subprocess.PIPE,
        env={"TMPDIR": str(tmp_path), "PATH": ""},
    )
    assert starter.stdout
    drill = psutil.Process(int(await starter.stdout.readline()))
    while b"is broken now" not in await starter.stdout.readline():
        pass
    starter.kill()
    await starter.wait()
    gone, alive = await asyncio.to_thread(psutil.wait_procs, [drill], 20)
    assert (len(gone), alive) == (1, [])
    assert not [name for name in os.listdir(tmp_path) if name.startswith("ownup-drill-")]  # noqa: PTH208 - as above


async def test_who_signs_in_elsewhere_comes_in_by_a_link(tmp_path: Path) -> None:
    """They have no password here, and an identity provider knows nothing of the drill's desk."""
    config = tmp_path / "config.toml"
    config.write_text("[site]\nname = 'Harbour Mail'\n[storage]\ndirectory = 'ours'\n")
    now = datetime.now(UTC)
    async with Ledger.open(Storage(directory=Path("ours")), tmp_path) as ledger, ledger.write() as s:
        nora = await people.add(s, "Nora", Role.APPROVER, now)
        await people.link(s, nora.id, "https://id.example 4711")
    drill = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "drill", "--config", str(config)),
        stdout=asyncio.subprocess.PIPE,
        env={"TMPDIR": str(tmp_path), "PATH": ""},
    )
    assert drill.stdout
    told = (await drill.stdout.readline()).decode()
    assert told.startswith("Nora comes in by http://127.0.0.1:")
    await drill.stdout.readline()
    async with aiohttp.ClientSession() as session, session.get(told.split()[-1]) as page:
        words = await page.text()
    drill.terminate()
    await drill.communicate()
    assert "Welcome, Nora" in words
    assert "<strong>approver</strong>" in words


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        ({"acknowledged": None}, "nobody took it up within 300 s"),
        ({"approved": timedelta(minutes=16)}, "no notice was approved within 900 s"),
        ({"overridden": ("E04",)}, "against the rules E04"),
        ({"broken": 1}, "promises to write again were broken: 1"),
        ({"undelivered": 2}, "did not reach the sandbox: 2"),
        ({"finished": False}, "nobody has said that it is resolved"),
    ],
    ids=lambda told: next(iter(told)) if isinstance(told, dict) else "",
)
def test_a_drill_is_passed_by_what_was_done(worse: dict[str, object], why: str) -> None:
    """Each thing left undone is a fault of its own, and nothing else is."""
    assert list(PASSED.faults(LIMITS)) == []
    common = {"acknowledged": PASSED.acknowledged, "approved": PASSED.approved, "finished": True}
    (fault,) = Score(**{**common, **worse}).faults(LIMITS)
    assert why in fault
