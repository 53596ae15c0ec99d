"""A year of 200 targets looked at every 30 seconds, in a real file: ``python -m benchmarks.history`` (see ``--help``).

It prints how large the file becomes, how long 90 days of uptime take to read, what it costs to roll up a day, and by
how much that delays an event loop beside it; the exit code is 1 if one of the objectives is missed.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from monitor.ledger.history import History, micros
from monitor.ledger.rollup import Rollup, Scope
from monitor.ledger.tape import FILE, Row, Tape

BEGIN: Final = datetime(2025, 11, 1, tzinfo=UTC)
SECOND_US: Final = 1_000_000
DAY_US: Final = 86_400 * SECOND_US
MB: Final = 1e6
STEP_S: Final = 0.005

FILE_MB_MAX: Final = 400.0
READ_S_MAX: Final = 0.050
DAY_S_MAX: Final = 2.0
LAG_S_MAX: Final = 0.020


def arguments() -> argparse.Namespace:
    """How much to try; the defaults are the objective's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=200)
    parser.add_argument("--components", type=int, default=50)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--interval", type=int, default=30)
    return parser.parse_args()


def scope(words: argparse.Namespace) -> Scope:
    """So many targets, dealt out to the components."""
    names = [f"target-{number}" for number in range(words.targets)]
    components = {name: f"component-{number % words.components}" for number, name in enumerate(names)}
    return Scope(dict.fromkeys(names, 2 * words.interval * SECOND_US), components)


def looks(sums: Scope, words: argparse.Namespace, day: int) -> Iterator[list[Row]]:
    """A day of results, an hour at a time: one target in twenty has an outage that day, and some looks fail alone."""
    chance = Random(day)  # noqa: S311 - the same chance every time, and no secret
    begin_us = micros(BEGIN) + day * DAY_US
    bad = {name: chance.randrange(86_400) for name in sums.stands_us if chance.random() < 0.05}
    for hour in range(24):
        yield [
            (name, at_us, outcome, "timeout" if outcome == "failed" else None, chance.randrange(10**6), False, stands)
            for number, (name, stands) in enumerate(sums.stands_us.items())
            for second in range(hour * 3600 + number % words.interval, (hour + 1) * 3600, words.interval)
            for at_us in (begin_us + second * SECOND_US + chance.randrange(10**5),)
            for failed in (bad.get(name, 10**6) <= second < bad.get(name, 10**6) + 1800 or chance.random() < 0.001,)
            for outcome in ("failed" if failed else "ok",)
        ]


def one_day(tape: Tape, rollup: Rollup, sums: Scope, words: argparse.Namespace, day: int) -> float:
    """Store a day and roll it up hour by hour; gives the seconds that rolling it up took."""
    took_s = 0.0
    for rows in looks(sums, words, day):
        tape.write(rows)
        rollup.note([row[1] for row in rows])
        began = time.perf_counter()
        rollup.roll()
        took_s += time.perf_counter() - began
    tape.cut(rollup.needs_us - 2 * DAY_US)
    return took_s


def minutely(tape: Tape, rollup: Rollup, sums: Scope, words: argparse.Namespace, day: int) -> float:
    """The same, but rolled up every minute, as a daemon does; gives the seconds that rolling up took."""
    took_s = 0.0
    for rows in looks(sums, words, day):
        rows.sort(key=lambda row: row[1])
        for begin in range(0, len(rows), max(1, len(rows) // 60)):
            part = rows[begin : begin + len(rows) // 60]
            tape.write(part)
            rollup.note([row[1] for row in part])
            began = time.perf_counter()
            rollup.roll(every_us=1)
            took_s += time.perf_counter() - began
    return took_s


async def lag_beside(
    tape: Tape, rollup: Rollup, sums: Scope, words: argparse.Namespace, day: int
) -> tuple[float, float]:
    """Roll a whole day up at once in a thread; how long that takes, and the worst delay of a loop beside it."""
    for rows in looks(sums, words, day):
        tape.write(rows)
        rollup.note([row[1] for row in rows])

    def catch_up() -> float:
        began = time.perf_counter()
        while rollup.roll(every_us=1):
            pass
        return time.perf_counter() - began

    work = asyncio.get_running_loop().run_in_executor(None, catch_up)
    worst_s = 0.0
    while not work.done():
        due = time.perf_counter() + STEP_S
        await asyncio.sleep(STEP_S)
        worst_s = max(worst_s, time.perf_counter() - due)
    return await work, worst_s


async def read(tape: Tape) -> tuple[float, int]:
    """The 90 days of every component, as the public page reads them: the median of nine, and how many days came."""
    history = History(tape, UTC)
    today = (BEGIN + timedelta(microseconds=history._done_us() - micros(BEGIN))).date()  # noqa: SLF001 - the file's own now
    took_s, found = [], 0
    for _ in range(9):
        began = time.perf_counter()
        days = await history.days(today - timedelta(days=89), today)
        took_s.append(time.perf_counter() - began)
        found = sum(len(of) for of in days.values())
    return sorted(took_s)[4], found


def main() -> int:
    """Fill a file, measure, judge."""
    words, failed = arguments(), 0
    sums = scope(words)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.touch()
        with closing(Tape(path)) as tape:
            rollup = Rollup(tape.connection, sums)
            days_s = [one_day(tape, rollup, sums, words, day) for day in range(words.days)]
            minute_s = minutely(tape, rollup, sums, words, words.days)
            day_s, lag_s = asyncio.run(lag_beside(tape, rollup, sums, words, words.days + 1))
            for _ in range(3):
                tape.cut(rollup.needs_us - 2 * DAY_US)
            read_s, found = asyncio.run(read(tape))
            size_mb = sum(file.stat().st_size for file in Path(folder).iterdir()) / MB
    print(f"{words.targets} targets in {words.components} components, every {words.interval} s, {words.days + 2} days")
    for name, value, limit, unit in (
        ("the file", size_mb, FILE_MB_MAX, "MB"),
        (f"90 days of all components ({found} days)", read_s * 1000, READ_S_MAX * 1000, "ms"),
        ("rolling up a day at once", day_s, DAY_S_MAX, "s"),
        ("the loop's worst delay meanwhile", lag_s * 1000, LAG_S_MAX * 1000, "ms"),
    ):
        failed += value > limit
        print(f"  {name:45} {value:9.2f} {unit:3} (at most {limit:g})")
    print(f"  {'a day hour by hour, median':45} {sorted(days_s)[len(days_s) // 2]:9.2f} s")
    print(f"  {'a day minute by minute (1,440 times)':45} {minute_s:9.2f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
