"""A small company on a real record, whose looks the test dictates and whose clock it holds."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drafts.facts import UpdateKind
from monitor.config import ChannelOptions, Component, Config, Notices, Site, Storage
from monitor.court import summons
from monitor.judge import Judge, remember
from monitor.ledger import approvals, components, drafts, incidents, people
from monitor.ledger.samples import Sample
from monitor.ledger.store import Ledger
from monitor.models import ActKind, Incident, IncidentUpdate, Role
from monitor.scribe.account import Account
from monitor.scribe.scribe import Scribe
from probes.finding import Outcome
from probes.look import Result
from probes.notebook import Notebook
from probes.reason import Reason
from probes.smtp import Smtp
from probes.target import Target

LETTERS = {"S": Outcome.OK, "D": Outcome.DEGRADED, "F": Outcome.FAILED, "U": Outcome.UNKNOWN}


class Told(Smtp):
    """A target whose Results are dictated, so it is never asked to look."""

    async def look(self, notes: Notebook) -> None:
        raise AssertionError(notes)


def target(name: str, component: str) -> Target:
    """One target of the company, called down after three failures."""
    return Told(kind="smtp", name=name, component=component, host=f"{name}.test", confirm=("3s", "8s"))


@dataclass
class Company:
    """The stage of a story: say what looks showed, let time pass, approve, and ask what lies ready."""

    ledger: Ledger
    config: Config[ChannelOptions]
    now: datetime = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    person_id: int = 0
    judge: Judge = field(init=False)
    scribe: Scribe = field(init=False)

    async def begin(self, samples: Mapping[str, Sequence[Sample]] | None = None) -> None:
        """Open the house, as the daemon does at each start."""
        async with self.ledger.write() as session:
            await components.sync(session, self.config.component, self.now)
            names = [target.name for target in self.config.target]
            rules = summons.rules(self.config)
            minds = await remember(session, names, lately=self.now - rules.reopen_within, samples=samples)
        self.judge = Judge(
            self.ledger,
            summons.topology(self.config),
            minds,
            clock=lambda: self.now,
            rules=rules,
            calendar=summons.calendar(self.config),
        )
        self.scribe = Scribe(self.ledger, Account(self.config), clock=lambda: self.now)
        await self.judge.retire()
        await self.scribe.tend()

    async def saw(self, name: str, looks: str, *, every_s: float = 5, reason: Reason = Reason.GREETING) -> None:
        """Hear these looks of one target, one letter each, and let the record and the drafts follow."""
        for letter in looks:
            self.now += timedelta(seconds=every_s)
            self.judge.hear(self.target(name), self.result(name, letter, reason), now_s=self.now.timestamp())
            await self.judge.settle()
            await self.scribe.tend()

    async def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)
        await self.scribe.tend()

    async def approve(self, draft: IncidentUpdate | None = None) -> IncidentUpdate:
        """Say yes to this draft, or to the one that waits, once it is taken up."""
        draft = await self.take_up(draft)
        async with self.ledger.write() as session:
            await approvals.approve(
                session,
                update_id=draft.id,
                person_id=self.person_id,
                revision=draft.revision,
                text_sha256=draft.text_sha256,
                channels=["page"],
                left_out={},
                now=self.now,
            )
        await self.scribe.tend()
        return draft

    async def take_up(self, draft: IncidentUpdate | None = None) -> IncidentUpdate:
        """Say "I am looking at it", and read the draft as it then stands."""
        incident_id = (draft or await self.draft()).incident_id
        async with self.ledger.write() as session:
            await incidents.act(session, incident_id, self.person_id, ActKind.ACKNOWLEDGED, "", self.now)
        await self.scribe.tend()
        return next(draft for draft in await self.waiting() if draft.incident_id == incident_id)

    async def reject(self) -> None:
        """Say no to the one draft that waits."""
        draft = await self.draft()
        async with self.ledger.write() as session:
            await drafts.reject(session, draft.id, self.person_id, "false alarm", self.now)
        await self.scribe.tend()

    async def draft(self) -> IncidentUpdate:
        """The one draft that waits."""
        (draft,) = await self.waiting()
        return draft

    async def waiting(self) -> list[IncidentUpdate]:
        """Every draft that waits."""
        async with self.ledger.read() as session:
            return list(await drafts.waiting(session))

    async def kinds(self) -> list[UpdateKind]:
        """What lies ready, by kind."""
        return [draft.kind for draft in await self.waiting()]

    async def incidents(self) -> list[Incident]:
        """Every incident, oldest first."""
        async with self.ledger.read() as session:
            return list(reversed(await incidents.recent(session, 100)))

    def target(self, name: str) -> Target:
        """One of its targets."""
        return next(one for one in self.config.target if one.name == name)

    def result(self, name: str, letter: str, reason: Reason = Reason.GREETING) -> Result:
        """What a look would have given, by its letter."""
        outcome = LETTERS[letter]
        return Result(
            target=name,
            kind="smtp",
            outcome=outcome,
            reason=None if outcome is Outcome.OK else reason,
            detail="" if outcome is Outcome.OK else "as the test wishes",
            started_at=self.now,
            duration_s=0.01,
            phases={},
            certificate=None,
            evidence=(),
            numbers={},
        )


CONFIG = Config[ChannelOptions](
    path=Path("config.toml"),
    site=Site(name="Example Mail", public_url="https://status.example.com", signature="the Example team"),
    component=(
        Component(id="sending", name="Sending email", when_down="you cannot send mail"),
        Component(id="reading", name="Reading email"),
        Component(id="website", name="Website"),
    ),
    target=(
        target("smtp-1", "sending"),
        target("smtp-2", "sending"),
        target("imap", "reading"),
        target("web", "website"),
    ),
    notices=Notices(),
)


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[Company]:
    """The company on the record in this directory."""
    async with Ledger.open(Storage(directory=directory), directory) as ledger:
        company = Company(ledger, CONFIG)
        async with ledger.write() as session:
            person = await people.find(session, "Anna")
            person = person or await people.add(session, "Anna", Role.APPROVER, company.now)
            company.person_id = person.id
        await company.begin()
        yield company
