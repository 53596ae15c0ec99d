"""Samples never hold up a look, are on the disk within a second, and are forgotten when they are old."""

import asyncio
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import Storage
from monitor.ledger import samples as module
from monitor.ledger.errors import NewerDatabase, StorageError
from monitor.ledger.samples import Sample, Samples
from probes.look import Outcome, Reason
from tests.monitor.ledger.sampling import result
from tests.monitor.ledger.story import NOON, after

ROOT = Path(__file__).parents[3]
HERE = Storage(directory=Path())


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write more often than in life, so that no test waits long."""
    monkeypatch.setattr(module, "EVERY_S", 0.02)


async def eventually(true: Callable[[], bool]) -> None:
    """Wait for what a thread does, ten seconds at most."""
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within ten seconds")


def count(base: Path) -> int:
    """How many samples are on the disk."""
    with closing(sqlite3.connect(base / "samples.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM sample").fetchone()[0])


async def test_what_was_seen_can_be_read(tmp_path: Path) -> None:
    """A target's samples come back whole to the microsecond, oldest first, from a time on, and after a restart."""
    exact = NOON + timedelta(microseconds=123_457)
    async with Samples.open(HERE, tmp_path) as samples:
        samples.add(result(after(-1)))
        samples.add(replace(result(after(2), Outcome.FAILED), reason=Reason.CONNECT_REFUSED))
        samples.add(result(exact))
        samples.add(result(NOON, target="web"))
    async with Samples.open(HERE, tmp_path) as samples:
        assert await samples.recent("smtp", NOON) == [
            Sample(exact, Outcome.OK, None, 0.0123),
            Sample(after(2), Outcome.FAILED, "connect_refused", 0.0123),
        ]
        assert await samples.recent("nothing", NOON) == []


async def test_what_was_planned_is_labelled(tmp_path: Path) -> None:
    """CASES X12: kept as any other, and known as seen under maintenance."""
    async with Samples.open(HERE, tmp_path) as samples:
        samples.add(result(NOON))
        samples.add(result(after(1), Outcome.FAILED), planned=True)
    async with Samples.open(HERE, tmp_path) as samples:
        assert [one.planned for one in await samples.recent("smtp", NOON)] == [False, True]


async def test_samples_without_labels_are_spared(tmp_path: Path) -> None:
    """A file from before there were labels is begun anew."""
    with closing(sqlite3.connect(tmp_path / "samples.db")) as connection:
        connection.executescript("CREATE TABLE sample (target_id INTEGER, at_us INTEGER); PRAGMA user_version = 1;")
    async with Samples.open(HERE, tmp_path) as samples:
        samples.add(result(NOON))
    assert count(tmp_path) == 1


async def test_they_are_on_the_disk_within_a_second(tmp_path: Path) -> None:
    """Nobody has to close anything for a sample to be stored."""
    async with Samples.open(HERE, tmp_path) as samples:
        samples.add(result(NOON))
        await eventually(lambda: count(tmp_path) == 1)


@pytest.mark.parametrize("restarted", [False, True])
async def test_the_last_good_look_is_known(tmp_path: Path, *, restarted: bool) -> None:
    """It is the last that was ok or degraded, at once, and after a restart too."""
    async with Samples.open(HERE, tmp_path) as samples:
        assert await samples.last_good("smtp") is None
        for minute, outcome in enumerate((Outcome.OK, Outcome.DEGRADED, Outcome.FAILED, Outcome.UNKNOWN)):
            samples.add(result(after(minute), outcome))
        if not restarted:
            assert await samples.last_good("smtp") == after(1)
    async with Samples.open(HERE, tmp_path) as samples:
        assert await samples.last_good("smtp") == after(1)
        assert await samples.last_good("web") is None


async def test_old_samples_are_cut(tmp_path: Path) -> None:
    """What is older than ``samples_keep`` goes when newer ones come, for every target."""
    async with Samples.open(Storage(directory=Path(), samples_keep="1h"), tmp_path) as samples:
        for target in ("smtp", "web"):
            for minute in (0, 1, 59):
                samples.add(result(after(minute), target=target))
        await eventually(lambda: count(tmp_path) == 6)
        samples.add(result(after(60.5)))
        await eventually(lambda: count(tmp_path) == 5)
        assert [sample.at for sample in await samples.recent("smtp", NOON)] == [after(1), after(59), after(60.5)]


async def test_many_targets_are_cut_in_turn(tmp_path: Path) -> None:
    """With more targets than one cut takes, the next cut goes on where it ended, and begins again after the last."""
    async with Samples.open(Storage(directory=Path(), samples_keep="1h"), tmp_path) as samples:
        for number in range(1100):
            samples.add(result(NOON, target=f"t{number}"))
        await eventually(lambda: count(tmp_path) == 1100)
        for minute in range(61, 65):
            samples.add(result(after(minute), target="t0"))
            await eventually(lambda: not samples._waiting)
        await eventually(lambda: count(tmp_path) == 4)


async def test_too_many_are_counted_not_queued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes faster than the disk takes it is dropped and counted; nothing waits and nothing grows."""
    monkeypatch.setattr(module, "WAITING_MAX", 10)
    monkeypatch.setattr(module, "EVERY_S", 60)
    async with Samples.open(HERE, tmp_path) as samples:
        for minute in range(15):
            samples.add(result(after(minute)))
        assert samples.dropped == 5
    assert count(tmp_path) == 10


async def test_a_disk_that_fails_is_counted(tmp_path: Path) -> None:
    """If the file cannot be written, the samples are counted as dropped, and the next are tried again."""
    async with Samples.open(HERE, tmp_path) as samples:
        with closing(sqlite3.connect(tmp_path / "samples.db")) as stranger:
            stranger.execute("ALTER TABLE sample RENAME TO gone")
            samples.add(result(NOON))
            await eventually(lambda: samples.dropped == 1)
            stranger.execute("ALTER TABLE gone RENAME TO sample")
        samples.add(result(after(1)))
    assert count(tmp_path) == 1


async def test_a_look_twice_is_a_look_once(tmp_path: Path) -> None:
    """Two samples of one target at the same microsecond are one, and the batch goes through."""
    async with Samples.open(HERE, tmp_path) as samples:
        for _ in range(2):
            samples.add(result(NOON))
        samples.add(result(after(1)))
    assert count(tmp_path) == 2
    assert samples.dropped == 0


async def test_only_we_can_read_them(tmp_path: Path) -> None:
    """Every file is 0600."""
    async with Samples.open(HERE, tmp_path):
        files = await asyncio.to_thread(lambda: [path.stat() for path in tmp_path.iterdir()])
    assert {stat.S_IMODE(file.st_mode) for file in files} == {0o600}


async def test_newer_samples_are_left_alone(tmp_path: Path) -> None:
    """A file of a newer version is refused in one sentence."""
    with closing(sqlite3.connect(tmp_path / "samples.db")) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(NewerDatabase, match=r"samples\.db was written by a newer version of ownup"):
        async with Samples.open(HERE, tmp_path):
            pass


async def test_a_file_that_holds_no_samples(tmp_path: Path) -> None:
    """A file that is something else is named."""
    (tmp_path / "samples.db").write_text("my diary" * 1000)
    with pytest.raises(StorageError, match=r"samples\.db cannot be used: file is not a database"):
        async with Samples.open(HERE, tmp_path):
            pass


async def test_a_killed_process_loses_a_second_at_most(tmp_path: Path) -> None:
    """After ``kill -9`` everything older than a second is there, and the file opens as if nothing had been."""
    program = (sys.executable, "-m", "tests.monitor.ledger.sampling", tmp_path)
    process = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    await eventually(lambda: (tmp_path / "samples.db").exists() and _counted(tmp_path) > 50)
    process.kill()
    said = [datetime.fromisoformat(line) for line in (await process.communicate())[0].decode().split()]
    async with Samples.open(HERE, tmp_path) as samples:
        kept = {sample.at for sample in await samples.recent("smtp", NOON)}
    assert kept >= {at for at in said if at < said[-1] - timedelta(seconds=1)}


def _counted(base: Path) -> int:
    try:
        return count(base)
    except sqlite3.OperationalError:
        return 0
