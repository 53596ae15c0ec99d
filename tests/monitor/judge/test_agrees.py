"""The record and the pure docket tell the same story, whatever is seen, and however often the daemon is restarted."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from monitor.court.case import Case
from monitor.judge.record import docket
from monitor.ledger import incidents
from monitor.verdict import Verdict
from probes.reason import Reason
from tests.monitor.court.trial import Trial
from tests.monitor.scribe.company import CONFIG, Company, opened

REASONS = (Reason.STATUS, Reason.GREETING, Reason.LATENCY)


def failing(cases: list[Case]) -> set[tuple[str, frozenset[str]]]:
    """Which causes are open, and who fails in each."""
    return {
        (case.cause, frozenset(member.target for member in case.members if member.failing))
        for case in cases
        if case.closed_at is None
    }


async def recorded(house: Company) -> list[Case]:
    """The docket as the record has it."""
    async with house.ledger.read() as session:
        return list(await docket(session, since=house.now - timedelta(minutes=30)))


@pytest.mark.parametrize("seed", range(3))
async def test_the_record_agrees_with_the_docket(tmp_path: Path, seed: int) -> None:
    """Look for look: the same causes are open, the same targets fail, and nobody who is down is forgotten."""
    dice = Random(seed)  # noqa: S311 - no secret
    async with opened(tmp_path) as house:
        trial = Trial(house.judge.topology, now=house.now)
        for _ in range(40):
            name, looks = dice.choice(CONFIG.target).name, dice.choice(["S", "SS", "F", "FFFF", "DDD", "U"])
            reason, every_s = dice.choice(REASONS), dice.choice([1, 20, 200])
            await house.saw(name, looks, reason=reason, every_s=every_s)
            trial.saw(name, looks, reason=reason, every_s=every_s)
            if dice.random() < 0.1:
                await house.begin()
                trial.restart(samples=False)
            cases = await recorded(house)
            assert failing(cases) == failing(list(trial.docket))
            down = {name for name, verdict in house.judge.verdicts().items() if verdict is Verdict.DOWN}
            assert down <= {name for _, names in failing(cases) for name in names}
        async with house.ledger.read() as session:
            opened_ones = await incidents.open_all(session)
        assert len({one.cause for one in opened_ones}) == len(opened_ones)
