"""The daemon as a process: how it starts, refuses to start, takes a new config, and ends."""

import asyncio
import os
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import psutil
import pytest

from tests.e2e.ownup import HOUSE, Ownup
from tests.peers.ports import Block

ROOT = Path(__file__).parents[3]

CONFIG = (
    HOUSE
    + """[[component]]
id = "website"
name = "Website"
[[target]]
name = "web"
kind = "tcp"
component = "website"
host = "127.0.0.1"
port = {desk}
interval = "1s"
"""
)

SECOND_TARGET = """
[[target]]
name = "second"
kind = "tcp"
component = "website"
host = "127.0.0.1"
port = 1
interval = "1s"
"""


@pytest.fixture
async def ownup(tmp_path: Path, ports: Block) -> AsyncIterator[Ownup]:
    """A daemon that watches its own desk; not started yet."""
    text = CONFIG.format(desk=ports.port(), page=ports.port(), metrics=ports.port())
    daemon = Ownup(tmp_path, text, {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]})
    yield daemon
    if daemon.process and daemon.process.returncode is None:
        await daemon.kill()


async def refused(ownup: Ownup) -> str:
    """What a daemon says that cannot start: one line, exit code 2, and no traceback."""
    (ownup.directory / "config.toml").write_text(ownup.config)
    process = await asyncio.create_subprocess_exec(
        *ownup.command(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=ownup.environ
    )
    _, said = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 2, said.decode()
    (line,) = said.decode().splitlines()
    return line


async def metric(ownup: Ownup, name: str) -> float | None:
    """One series of a scrape."""
    async with aiohttp.ClientSession() as session, session.get(ownup.metrics) as answer:
        for line in (await answer.text()).splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
    return None


async def comes(ownup: Ownup, name: str, value: float | None) -> None:
    """Wait until a series has this value."""
    async with asyncio.timeout(10):
        while True:
            with suppress(aiohttp.ClientError):  # between two lives of the daemon nobody answers
                if await metric(ownup, name) == value:
                    return
            await asyncio.sleep(0.05)


async def test_sigterm_ends_it_within_two_seconds_and_leaves_nothing(ownup: Ownup) -> None:
    """Exit code 0, no child, no traceback, and the addresses are free again."""
    await ownup.start()
    await comes(ownup, 'probe_success{target="web"}', 1.0)
    assert ownup.process
    children = psutil.Process(ownup.process.pid).children(recursive=True)
    async with asyncio.timeout(2):
        assert await ownup.stop() == 0
    assert not [child for child in children if child.is_running()]
    assert "Traceback" not in ownup.log()
    await ownup.start()


async def test_a_second_daemon_on_the_same_record_is_refused(ownup: Ownup, tmp_path: Path, ports: Block) -> None:
    """Two judges of one record would call everybody twice."""
    await ownup.start()
    (tmp_path / "second").mkdir()
    text = CONFIG.format(desk=ports.port(), page=ports.port(), metrics=ports.port())
    second = Ownup(tmp_path / "second", text.replace('"record"', f'"{tmp_path}/record"'), ownup.environ)
    assert "record" in await refused(second)


async def test_a_port_in_use_is_one_line(ownup: Ownup) -> None:
    """It names the section and the address, and nothing has been half started."""
    port = int(ownup.config.partition('[page]\nlisten = "127.0.0.1:')[2].partition('"')[0])
    with socket.create_server(("127.0.0.1", port)):
        assert await refused(ownup) == f"[page] cannot listen on 127.0.0.1:{port}: Address already in use"
    await ownup.start()


async def test_a_database_from_a_newer_version_is_left_alone(ownup: Ownup, tmp_path: Path) -> None:
    """It is said in one line, and the file keeps every byte."""
    await ownup.start()
    await ownup.stop()
    record = tmp_path / "record" / "record.db"
    with sqlite3.connect(record) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    before = record.read_bytes()
    assert "newer" in await refused(ownup)
    assert record.read_bytes() == before


async def test_a_place_that_is_no_directory_is_one_line(ownup: Ownup, tmp_path: Path) -> None:
    """A directory that cannot be made is named."""
    (tmp_path / "record").write_text("I am a file")
    assert str(tmp_path / "record") in await refused(ownup)


async def test_a_new_config_is_lived_by(ownup: Ownup) -> None:
    """CASES C10 and C11: SIGHUP adds a target, takes it away with its series, and renames a component."""
    await ownup.start()
    await comes(ownup, 'probe_success{target="web"}', 1.0)
    plain = ownup.config
    await reread(ownup, plain + SECOND_TARGET)
    await comes(ownup, 'probe_success{target="second"}', 0.0)
    await reread(ownup, plain)
    await comes(ownup, 'probe_success{target="second"}', None)
    await comes(ownup, 'probe_success{target="web"}', 1.0)
    await reread(ownup, plain.replace('"website"', '"shop"'))
    await comes(ownup, 'ownup_target_info{target="web",kind="tcp",component="shop"}', 1.0)
    assert await metric(ownup, 'ownup_target_info{target="web",kind="tcp",component="website"}') is None


async def test_a_bad_config_keeps_the_old_one(ownup: Ownup) -> None:
    """CASES C10: it is logged once, the metric falls to 0, and rises when the file is mended."""
    await ownup.start()
    plain = ownup.config
    await reread(ownup, plain + "[[nonsense]]\n")
    await comes(ownup, "ownup_config_last_reload_successful", 0.0)
    await comes(ownup, 'probe_success{target="web"}', 1.0)
    assert ownup.log().count("nonsense") == 1
    await reread(ownup, plain)
    await comes(ownup, "ownup_config_last_reload_successful", 1.0)


async def reread(ownup: Ownup, text: str) -> None:
    """Write the config anew and tell the daemon, as an operator would."""
    (ownup.directory / "config.toml").write_text(text)
    assert ownup.process
    ownup.process.send_signal(signal.SIGHUP)


async def test_a_dead_task_ends_the_process(ownup: Ownup, tmp_path: Path) -> None:
    """Promise 6: a record that can no longer be written ends the daemon with exit code 1, and the log says why."""
    await ownup.start()
    await comes(ownup, 'probe_success{target="web"}', 1.0)
    with sqlite3.connect(tmp_path / "record" / "record.db") as database:
        database.execute("DROP TABLE member")
    database.close()
    await reread(ownup, ownup.config + SECOND_TARGET)
    assert ownup.process
    assert await asyncio.wait_for(ownup.process.wait(), 10) == 1
    assert "a task died" in ownup.log()
