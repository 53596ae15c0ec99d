"""How soon, and how sure: our rules beside those of others, on the same noise and the same outages.

``python -m benchmarks.detection`` prints one table: false calls, false drafts and extra looks for each year that a
target is watched, and the seconds from an outage until a human is called. Every figure repeats: the seeds are printed.
Recordings given as arguments are played through our rules too. The exit code is 1 if our defaults miss an objective.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.ours import Ownup
from benchmarks.peers import GATUS_INTERVAL_S, KUMA_INTERVAL_S, SCRAPE_S, Rule, blackbox, gatus, uptime_kuma
from benchmarks.worlds import DAY_S, HARSH_SPELLS_A_DAY, YEAR_S, Bursty, Iid, MakeWorld, Outage, seeded
from monitor.replay.play import Setting, play
from monitor.replay.recording import parse
from probes.target import Manner

SEED: Final = 20261122
CALLS_BURSTY_MAX: Final = 5.0
CALLS_IID_MAX: Final = 0.1
DELAY_P50_S_MAX: Final = 60.0

Row = tuple[str, ...]
NEVER_S: Final = 30 * DAY_S
HEADINGS: Final = (
    ("", "", "calls", "", "", "drafts", "extra", "", "at once", "", "", "hanging", "", "one in", "three"),
    ("rule", "iid", "bursty", "harsh", "iid", "bursty", "looks", *("p50", "p95", "worst") * 2, "p50", "p95"),
)


@dataclass(frozen=True, slots=True)
class Contender:
    """A rule with a name, and the interval that its first look falls into."""

    name: str
    interval_s: float
    make: Callable[[Random], Rule]


@dataclass(frozen=True, slots=True)
class Noise:
    """What a rule makes of a year of noise."""

    calls: float
    drafts: float
    extras: float


def contenders(manner: Manner) -> Iterator[Contender]:
    """Our defaults, what else they could be, and the others."""
    for confirm, partial_after in ((manner.confirm, manner.partial_after), *ALTERNATIVES):
        waits = ", ".join(f"{wait_s:g}" for wait_s in confirm)
        share = f", {partial_after} of 20" if partial_after else ""
        mark = " (default)" if confirm is manner.confirm else ""
        ours = manner.model_copy(update={"confirm": confirm, "partial_after": partial_after})
        yield Contender(f"Ownup, {waits} s{share}{mark}", manner.interval, partial(_ownup, ours))
    yield Contender("Gatus", GATUS_INTERVAL_S, lambda _: gatus)
    yield Contender("Uptime Kuma", KUMA_INTERVAL_S, lambda _: uptime_kuma)
    yield Contender(
        "blackbox, Prometheus, Alertmanager",
        SCRAPE_S,
        lambda rng: partial(blackbox, phase_s=rng.random() * SCRAPE_S),
    )


def _ownup(manner: Manner, _: Random) -> Ownup:
    return Ownup(manner)


ALTERNATIVES: Final = (
    ((1.0, 2.0, 4.0, 6.0, 8.0), 0),
    ((3.0, 8.0), 6),
    ((3.0, 7.0, 12.0), 6),
    ((2.0, 4.0, 6.0, 8.0), 6),
    ((2.0, 5.0, 8.0, 12.0), 6),
    ((2.0, 4.0, 6.0, 8.0, 10.0), 6),
)


def noise(contender: Contender, world: MakeWorld, *, years: int) -> Noise:
    """Watch a target that is well, over a noisy line."""
    calls = drafts = extras = 0
    for rng in seeded(SEED, years):
        rule = contender.make(rng)
        calls += sum(1 for _ in rule(world(rng), rng.random() * contender.interval_s, YEAR_S))
        if isinstance(rule, Ownup):
            drafts, extras = drafts + rule.drafts, extras + rule.extras
    return Noise(calls / years, drafts / years, extras / years)


def delays(contender: Contender, *, outages: int, share: float = 1.0, hangs: bool = False) -> list[float]:
    """Seconds from the beginning of an outage until the call, sorted; it begins at any moment of the interval."""
    found = []
    for rng in seeded(SEED, outages):
        outage = Outage(rng, rng.uniform(600.0, 600.0 + contender.interval_s), share, hangs)
        calls = contender.make(rng)(outage, rng.random() * contender.interval_s, NEVER_S)
        found.append(next(calls, NEVER_S) - outage.onset_s)
    return sorted(found)


def measure(contender: Contender, *, years: int, outages: int) -> tuple[Row, bool]:
    """One row of the table, and whether it keeps our objectives."""
    iid, bursty = noise(contender, Iid, years=years), noise(contender, Bursty, years=years)
    harsh = noise(contender, partial(Bursty, spells_a_day=HARSH_SPELLS_A_DAY), years=years)
    at_once, hanging = delays(contender, outages=outages), delays(contender, outages=outages, hangs=True)
    partly = delays(contender, outages=outages // 5, share=1 / 3)
    ours = contender.name.startswith("Ownup")
    drafts = (f"{iid.drafts:.0f}", f"{bursty.drafts:.0f}", f"{bursty.extras:.0f}") if ours else ("-", "-", "-")
    kept = (
        iid.calls <= CALLS_IID_MAX
        and bursty.calls <= CALLS_BURSTY_MAX
        and max(_part(at_once, 0.5), _part(hanging, 0.5)) <= DELAY_P50_S_MAX
    )
    figures = [f"{_part(found, part):.0f}" for found in (at_once, hanging) for part in (0.5, 0.95, 1.0)]
    rare = [f"{_part(partly, part):.0f}" for part in (0.5, 0.95)]
    calls = [f"{one.calls:.2f}" for one in (iid, bursty, harsh)]
    return (contender.name, *calls, *drafts, *figures, *rare), kept


def _part(found: Sequence[float], part: float) -> float:
    return found[min(int(part * len(found)), len(found) - 1)]


def report(manner: Manner, *, years: int, outages: int) -> bool:
    """Print the table, a row as soon as it is known; false if our defaults miss an objective."""
    kept = True
    print(
        f"seed {SEED}, {years} target-years of each noise, {outages} outages of each sort, every {manner.interval:g} s"
    )
    for headings in HEADINGS:
        print(_line(headings))
    for contender in contenders(manner):
        row, good = measure(contender, years=years, outages=outages)
        kept = kept and (good or not contender.name.endswith("(default)"))
        print(_line(row), flush=True)
    print("calls and drafts are false ones, for each target and year; extra looks are those of a year of bursty noise;")
    print("the rest are seconds from an outage until the call, by what looks meet in it")
    print(
        f"objectives {'kept' if kept else 'MISSED'} by the defaults: at most {CALLS_BURSTY_MAX:g} (bursty) and "
        f"{CALLS_IID_MAX:g} (iid) false calls a year, full outages at p50 within {DELAY_P50_S_MAX:g} s"
    )
    return kept


def _line(cells: Row) -> str:
    return f"{cells[0]:44}" + "".join(f"{cell:>7}" for cell in cells[1:])


def recorded(files: Sequence[Path], manner: Manner) -> None:
    """Print what our rules make of each recording by itself."""
    for file in files:
        recording = parse(file.stem, file.read_text().splitlines())
        incidents = play([recording], Setting(manner))
        calls = sum(incident.called_at is not None for incident in incidents)
        print(f"{file.stem:50}{recording.failures:7} runs of failures{len(incidents):7} drafts{calls:7} calls")


def main() -> int:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recordings", nargs="*", type=Path, metavar="FILE.csv", help="recordings to play as well")
    parser.add_argument("--years", type=int, default=20, help="target-years of each noise; default: %(default)s")
    parser.add_argument("--outages", type=int, default=2000, help="outages of each sort; default: %(default)s")
    options = parser.parse_args()
    kept = report(Manner(), years=options.years, outages=options.outages)
    recorded(options.recordings, Manner())
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
