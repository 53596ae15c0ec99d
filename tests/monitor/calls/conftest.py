"""A company whose people are called: the looks and the clock are the test's, the record is real."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.calls.caller import Caller, House
from monitor.calls.ladder import Callee, Way
from monitor.calls.route import Ring
from monitor.config import Calls
from monitor.ledger import calls, people
from monitor.models import Call, Role, Signal, Why
from tests.monitor.scribe.company import CONFIG, Company, opened

ANNA = Callee("Anna", "Anna", (Way("anna-mail"), Way("anna-phone")))
BEN = Callee("Ben", "ben", (Way("pager", keeps_books=True),))


@dataclass
class Staff:
    """The people, who may be called, and what the record says of their calls."""

    company: Company
    caller: Caller
    why_blind: str | None = None

    async def wait(self, **span: float) -> None:
        """Let time pass, and let drafts and calls follow."""
        await self.company.wait(**span)
        await self.caller.tend()

    async def saw(self, target: str, looks: str) -> None:
        """Hear these looks of one target, and let the calls follow each."""
        for letter in looks:
            await self.company.saw(target, letter)
            await self.caller.tend()

    async def rows(self) -> list[Call]:
        """Every call there is, in the order in which they were placed."""
        async with self.company.ledger.read() as s:
            return [
                call for incident in await self.company.incidents() for call in await calls.of_incident(s, incident.id)
            ]

    async def made(self) -> list[str]:
        """Every call there is, as ``why signal route round``."""
        return [f"{call.why} {call.signal} {call.route} {call.round}" for call in await self.rows()]

    async def new(self) -> list[str]:
        """The calls that this has not told of before; every one of them gets through."""
        found = [call for call in await self.rows() if call.state == "pending"]
        async with self.company.ledger.write() as s:
            for call in found:
                assert await calls.claim(s, call.id)
                assert await calls.delivered(s, call.id, "taken", self.company.now)
        return [f"{call.why} {call.signal} {call.route} {call.round}" for call in found]


@pytest.fixture
async def staff(tmp_path: Path) -> AsyncIterator[Staff]:
    """Anna and Ben, who may both approve, and a company whose targets all pass their looks."""
    async with opened(tmp_path) as company:
        async with company.ledger.write() as s:
            await people.add(s, "ben", Role.APPROVER, company.now)
        house = House((ANNA, BEN), Calls(), "https://desk.test", "UTC")
        staff = Staff(company, None)  # type: ignore[arg-type]  # the caller asks the staff whether we are blind
        staff.caller = Caller(company.ledger, house, clock=lambda: company.now, blind=lambda: staff.why_blind)
        for one in CONFIG.target:
            await staff.saw(one.name, "S")
        yield staff


@pytest.fixture
def ring() -> Ring:
    """The first call about a confirmed failure."""
    return Ring(
        key="0c1ccc04-7473-511c-9c2c-c744e3d8f450",
        matter="incident-7.20261122T140200Z/confirmed",
        why=Why.CONFIRMED,
        signal=Signal.RING,
        quiet=False,
        person="Ada Winter",
        title="Sending email: you cannot send mail",
        text="You cannot send mail since 14:02 UTC, says Zoë.\n\nhttps://desk.test/updates/12",
        link="https://desk.test/updates/12",
        site="Example Mail",
        at=datetime(2026, 11, 22, 14, 2, 20, tzinfo=UTC),
        sent_at=datetime(2026, 11, 22, 14, 2, 21, tzinfo=UTC),
    )
