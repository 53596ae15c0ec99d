"""A small mail provider for the desk's tests: a real record, a real scribe, and a clock that tests set."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from drafts.facts import UpdateKind
from monitor.config import ChannelOptions, Config
from monitor.court import docket
from monitor.desk.rehearsals import Rehearsals
from monitor.desk.seat import Seat
from monitor.ledger import approvals, components, drafts, flips, incidents, people
from monitor.ledger.rollup import Scope
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from monitor.models import ActKind, Flip, IncidentUpdate, Member, Person, Role
from monitor.overrides import overrides
from monitor.scribe.account import Account
from monitor.scribe.scribe import Scribe
from monitor.verdict import Verdict
from probes.look import Line, Outcome, Reason, Result

PASSWORD = "four words in a row"
STORED = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)  # cheap, since these people are many
START = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)


CONFIG: dict[str, Any] = {
    "path": "ownup.toml",
    "site": {"name": "Harbour Mail", "public_url": "https://status.harbour.example"},
    "component": [
        {
            "id": "sending",
            "name": "Sending email",
            "when_down": "you cannot send mail",
            "meanwhile": "Mail that you write stays in your outbox and goes out later.",
        },
        {"id": "reading", "name": "Reading email", "when_down": "you cannot read mail"},
        {"id": "website", "name": "Website"},
    ],
    "channel": [
        {"kind": "page", "name": "page"},
        {"kind": "email", "name": "subscribers", "carried_by": ["sending"]},
        {"kind": "webhook", "name": "chat"},
    ],
}
TARGETS = (
    {"name": "smtp-submission", "kind": "smtp", "component": "sending", "host": "127.0.0.1"},
    {"name": "smtp-relay", "kind": "smtp", "component": "sending", "host": "127.0.0.1"},
    {"name": "imap-login", "kind": "imap", "component": "reading", "host": "127.0.0.1"},
    {"name": "shop", "kind": "http", "component": "website", "url": "http://127.0.0.1/"},
)
PEOPLE = (("Vera", Role.VIEWER), ("Rita", Role.RESPONDER), ("Maria", Role.APPROVER), ("Ada", Role.ADMIN))
SAID = (
    Line(0.0, "note", "connecting to mail.harbour.example port 587"),
    Line(0.002, "them", "220 mail.harbour.example ESMTP"),
    Line(0.003, "us", "EHLO ownup.example"),
    Line(0.09, "them", "454 4.7.0 TLS not available: <script>alert(1)</script>"),
)


class House:
    """The record and those who write into it, without a daemon."""

    def __init__(self, ledger: Ledger, samples: Samples, config: Config[ChannelOptions]) -> None:
        self.ledger = ledger
        self.samples = samples
        self.config = config
        self.now = START
        self.verdicts = {target.name: Verdict.UP for target in config.target}
        self.scribe = Scribe(ledger, Account(config), clock=lambda: self.now, own=overrides(config))

    @classmethod
    @asynccontextmanager
    async def open(
        cls, directory: Path, *, people: Iterable[tuple[str, Role]] = PEOPLE, **changes: Any
    ) -> AsyncIterator["House"]:
        """Everything works, and everybody has a password."""
        config = configured(directory, **changes)
        async with (
            Ledger.open(config.storage, directory) as ledger,
            Samples.open(config.storage, directory, scope(config)) as samples,
        ):
            house = cls(ledger, samples, config)
            await house.move_in(people)
            yield house

    def seat(self, *, drill: bool = False, rehearsals: Rehearsals | None = None) -> Seat:
        """What the desk is given."""
        return Seat(
            ledger=self.ledger,
            config=self.config,
            verdicts=lambda: self.verdicts,
            clock=lambda: self.now,
            samples=self.samples,
            own=overrides(self.config),
            drill=drill,
            rehearsals=rehearsals,
        )

    async def move_in(self, everyone: Iterable[tuple[str, Role]]) -> None:
        """Write down the components, the first verdicts, and who works there."""
        async with self.ledger.write() as s:
            await components.sync(s, self.config.component, START)
        for target in self.config.target:
            await self.turn(target.name, Verdict.UP, before=Verdict.UNKNOWN)
        async with self.ledger.write() as s:
            for name, role in everyone:
                person = await people.add(s, name, role, START)
                await people.set_password(s, person.id, STORED)

    async def person(self, name: str) -> Person:
        """One of them."""
        async with self.ledger.read() as s:
            found = await people.find(s, name)
        assert found
        return found

    def wait(self, **length: float) -> None:
        """Let time pass."""
        self.now += timedelta(**length)

    async def fail(
        self, name: str = "smtp-submission", *, confirmed: bool = True, taken: bool = True, detail: str = ""
    ) -> int:
        """Let a target fail, have its draft written and, unless told otherwise, taken up; gives the incident."""
        flip = await self.turn(name, Verdict.SUSPECT, before=self.verdicts[name], detail=detail)
        async with self.ledger.write() as s:
            cause = docket.cause(flip.component_id)
            incident = await incidents.open_of_cause(s, cause) or await incidents.begin(s, cause, self.now)
            await incidents.join(s, self._member(incident.id, flip))
        if taken:
            await self.take_up(incident.id)
        if confirmed:
            await self.confirm(name)
        await self.scribe.tend()
        return incident.id

    async def take_up(self, incident_id: int) -> None:
        """Let the first who may say that they are looking at it."""
        async with self.ledger.write() as s:
            person = next(one for one in await people.everyone(s) if one.role is not Role.VIEWER)
            await incidents.act(s, incident_id, person.id, ActKind.ACKNOWLEDGED, "", self.now)

    async def confirm(self, name: str = "smtp-submission") -> None:
        """Let the confirming looks fail too."""
        flip = await self.turn(name, Verdict.DOWN, before=Verdict.SUSPECT)
        async with self.ledger.write() as s:
            incident = await incidents.open_of_cause(s, docket.cause(flip.component_id))
            await incidents.confirm(s, incident.id, name, self.now)
        await self.scribe.tend()

    async def recover(self, name: str = "smtp-submission") -> None:
        """Let a target work again, and the incident with the last of them."""
        flip = await self.turn(name, Verdict.UP, before=self.verdicts[name])
        async with self.ledger.write() as s:
            incident = await incidents.open_of_cause(s, docket.cause(flip.component_id))
            await incidents.recover(s, incident.id, name, self.now)
            if all(member.recovered_at for member in await incidents.members(s, incident.id)):
                await incidents.set_recovered(s, incident.id, self.now)
        await self.scribe.tend()

    async def blow_over(self, name: str = "smtp-submission") -> None:
        """Let a failure that nothing has confirmed go away, as the judge would."""
        flip = await self.turn(name, Verdict.UP, before=Verdict.SUSPECT)
        async with self.ledger.write() as s:
            incident = await incidents.open_of_cause(s, docket.cause(flip.component_id))
            await incidents.recover(s, incident.id, name, self.now)
            await incidents.close(s, incident.id, self.now)
        await self.scribe.tend()

    async def waiting(self, *kinds: UpdateKind) -> IncidentUpdate:
        """The one draft that waits, of these kinds or of any."""
        async with self.ledger.read() as s:
            (draft,) = [one for one in await drafts.waiting(s) if one.kind in (kinds or UpdateKind)]
        return draft

    async def approve(self, draft: IncidentUpdate) -> None:
        """Let Maria say yes to a draft, over the page."""
        maria = await self.person("Maria")
        async with self.ledger.write() as s:
            await approvals.approve(
                s,
                update_id=draft.id,
                person_id=maria.id,
                revision=draft.revision,
                text_sha256=draft.text_sha256,
                channels=["page"],
                left_out={},
                now=self.now,
            )
        await self.scribe.tend()

    async def turn(self, name: str, after: Verdict, *, before: Verdict, detail: str = "") -> Flip:
        """Record one change of verdict, with a result that a look could have given."""
        target = next(target for target in self.config.target if target.name == name)
        good = after is Verdict.UP
        result = Result(
            target=name,
            kind=target.kind,
            outcome=Outcome.OK if good else Outcome.FAILED,
            reason=None if good else Reason.STARTTLS,
            detail="" if good else detail or "454 4.7.0 TLS not available",
            started_at=self.now,
            duration_s=0.09,
            phases={},
            certificate=None,
            evidence=(*SAID, Line(0.1, "them", detail)) if detail else SAID,
            numbers={},
        )
        flip = Flip(
            target=name,
            component_id=target.component,
            kind=target.kind,
            at=self.now,
            before=before,
            after=after,
            reason=result.reason,
            detail=result.detail,
            result=result.as_json(),
        )
        async with self.ledger.write() as s:
            assert await flips.record(s, flip, first_failed_at=None if good else self.now, last_good_at=self.now)
        self.verdicts[name] = after
        self.samples.add(result)
        return flip

    def _member(self, incident_id: int, flip: Flip) -> Member:
        return Member(
            incident_id=incident_id,
            target=flip.target,
            component_id=flip.component_id,
            kind=flip.kind,
            reason=flip.reason,
            detail=flip.detail,
            flip_id=flip.id,
            first_failed_at=self.now,
            last_good_at=self.now - timedelta(seconds=30),
        )


def scope(config: Config[ChannelOptions]) -> Scope:
    """What the looks at the provider's targets come to."""
    return Scope.of(config.target, config.anchor, config.storage, config.site.timezone)


def configured(directory: Path, **changes: Any) -> Config[ChannelOptions]:
    """The provider's config; ``changes`` replace whole sections."""
    document = {**CONFIG, "path": directory / "ownup.toml", "target": TARGETS, **changes}
    return Config[ChannelOptions].model_validate(document)
