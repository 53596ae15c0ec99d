"""What history may cost, at a tenth of the benchmark's size: its shares of the objectives, and no hold on the loop."""

import argparse
import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest

from benchmarks.history import (
    BEGIN,
    DAY_S_MAX,
    DAY_US,
    FILE_MB_MAX,
    MB,
    READ_S_MAX,
    SECOND_US,
    lag_beside,
    looks,
    one_day,
    scope,
)
from monitor.ledger.history import History
from monitor.ledger.rollup import Rollup
from monitor.ledger.tape import FILE, Tape

WORDS = argparse.Namespace(targets=20, components=5, days=3, interval=30)
SHARE = 20 / 200
"""Of the objectives, which are for 200 targets."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Tape, Rollup]]:
    """Three days of results, rolled up, in a real file; the raw ones of the first day are cut."""
    path = tmp_path_factory.mktemp("history") / FILE
    path.touch()
    sums = scope(WORDS)
    with closing(Tape(path)) as tape:
        rollup = Rollup(tape.connection, sums)
        for day in range(WORDS.days):
            one_day(tape, rollup, sums, WORDS, day)
        yield path, tape, rollup


def test_the_file_stays_small(filled: tuple[Path, Tape, Rollup]) -> None:
    """Single results are most of it, and no more than two days of them are kept; the rest of a year is little."""
    path, tape, rollup = filled
    (oldest_us,) = tape.connection.execute("SELECT min(at_us) FROM sample").fetchone()
    still_speaks_us = 2 * WORDS.interval * SECOND_US
    assert rollup.needs_us - 2 * DAY_US - still_speaks_us <= oldest_us
    size_mb = sum(file.stat().st_size for file in path.parent.iterdir()) / MB
    assert size_mb < SHARE * FILE_MB_MAX


async def test_a_day_is_rolled_up_quickly_and_the_days_are_read_at_once(filled: tuple[Path, Tape, Rollup]) -> None:
    """By the time of our own thread, since what else the machine does is not the subject."""
    _, tape, rollup = filled
    for rows in looks(scope(WORDS), WORDS, WORDS.days):
        tape.write(rows)
        rollup.note([row[1] for row in rows])
    began_s = time.thread_time()
    while rollup.roll(every_us=1):
        pass
    assert time.thread_time() - began_s < SHARE * DAY_S_MAX * 2
    began_s = time.process_time()
    days = await History(tape, UTC).days(BEGIN.date(), BEGIN.date().replace(day=WORDS.days))
    assert time.process_time() - began_s < READ_S_MAX
    assert {name: len(of) for name, of in days.items()} == dict.fromkeys((f"component-{n}" for n in range(5)), 3)


async def test_looks_go_on_while_a_day_is_rolled_up_and_another_is_cut(filled: tuple[Path, Tape, Rollup]) -> None:
    """The loop goes round many times meanwhile: neither the sums nor the retention ever hold it."""
    _, tape, rollup = filled
    day_s, worst_s = await lag_beside(tape, rollup, scope(WORDS), WORDS, WORDS.days + 1)
    assert worst_s < day_s / 2
    rounds = 0
    cutting = asyncio.get_running_loop().run_in_executor(None, tape.cut, rollup.needs_us)
    while not cutting.done():
        rounds += 1
        await asyncio.sleep(0)
    assert rounds > 10
