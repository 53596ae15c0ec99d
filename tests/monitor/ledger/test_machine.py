"""The promises hold whatever comes in whatever order: random stories, checked after each step against a model."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import UpdateKind
from monitor.config import Storage
from monitor.ledger import approvals, audit, deliveries, drafts, incidents
from monitor.ledger.store import Ledger
from monitor.models import ActKind, Approval, Delivery, DeliveryState, Incident, IncidentUpdate, Person
from tests.monitor.ledger.story import after, draft, facts, notice, person, suspicion

CAUSES = ("web", "mail", "dns")
CHANNELS = ("page", "mail")
ENDS = ("delivered", "delivered", "retry", "fail", "die")


@dataclass
class Draft:
    """What the model knows of an update."""

    id: int
    incident: int
    kind: UpdateKind
    revision: int = 1
    state: str = "waiting"


@cache
def empty_record() -> bytes:
    """The file of an empty record, made once."""

    async def make(base: Path) -> None:
        async with Ledger.open(Storage(), base):
            pass

    with tempfile.TemporaryDirectory() as base:
        asyncio.run(make(Path(base)))
        return (Path(base) / ".ownup" / "record.db").read_bytes()


class Story(RuleBasedStateMachine):
    """Whatever the judge, the scribe, humans and channels may do, in any order."""

    updates = Bundle("updates")

    @initialize()
    def open(self) -> None:
        """Begin with an empty record and two people."""
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        base = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        (base / "record.db").write_bytes(empty_record())
        here = Storage(directory=Path())
        self.ledger = self.runner.run(self.stack.enter_async_context(Ledger.open(here, base)))
        self.open_of: dict[str, int] = {}
        self.confirmed: set[int] = set()
        self.published: set[int] = set()
        self.drafts: dict[int, Draft] = {}
        self.clock = 0
        self.sent: list[tuple[str, int]] = []
        self.ada: Person = self.write(person)

    def teardown(self) -> None:
        """Close the record and remove it."""
        if hasattr(self, "runner"):
            self.runner.run(self.stack.aclose())
            self.runner.close()

    def write(self, act: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        """Do something in a transaction of its own, a minute after the last."""
        self.clock += 1

        async def run() -> Any:
            async with self.ledger.write() as s:
                return await act(s)

        return self.runner.run(run())

    @rule(cause=st.sampled_from(CAUSES), sure=st.booleans())
    def fail(self, cause: str, *, sure: bool) -> None:
        """A failed look opens an incident, unless one of the cause is open; a further one confirms it."""
        if cause in self.open_of:
            with pytest.raises(IntegrityError):
                self.write(lambda s: incidents.begin(s, cause, after(self.clock)))
        else:
            target = f"{cause}-{self.clock}"
            self.open_of[cause] = self.write(lambda s: suspicion(s, cause, target)).id
        incident = self.open_of[cause]
        if sure:
            (member,) = self.write(lambda s: incidents.members(s, incident))
            self.write(lambda s: incidents.confirm(s, incident, member.target, after(self.clock)))
            self.confirmed.add(incident)

    @precondition(lambda self: self.open_of)
    @rule(data=st.data())
    def recover(self, data: st.DataObject) -> None:
        """Code may close what was never confirmed; what something was published about it cannot."""
        incident = self.pick(data)
        if incident in self.published:
            with pytest.raises(IntegrityError):
                self.write(lambda s: incidents.close(s, incident, after(self.clock)))
        elif incident not in self.confirmed:
            self.write(lambda s: incidents.close(s, incident, after(self.clock)))
            self.end(incident)

    @precondition(lambda self: self.open_of)
    @rule(target=updates, data=st.data(), kind=st.sampled_from(UpdateKind))
    def propose(self, data: st.DataObject, kind: UpdateKind) -> Draft:
        """The scribe drafts an update, and a human will see."""
        return self.draft(data, kind)

    def draft(self, data: st.DataObject, kind: UpdateKind) -> Draft:
        """A new draft, in the record and in the model."""
        incident = self.pick(data)
        found = self.write(lambda s: self._draft(s, incident, kind))
        self.drafts[found.id] = Draft(found.id, incident, kind)
        return self.drafts[found.id]

    async def _draft(self, s: AsyncSession, incident: int, kind: UpdateKind) -> IncidentUpdate:
        return await draft(s, await s.get_one(Incident, incident), kind)

    @precondition(lambda self: self.open_of)
    @rule(data=st.data(), kind=st.sampled_from(UpdateKind))
    def tell(self, data: st.DataObject, kind: UpdateKind) -> None:
        """All goes well: a draft is approved at once."""
        self.approve(self.draft(data, kind), "now")

    @rule(update=updates, how=st.sampled_from(("rewrite", "refact", "edit", "stale edit")))
    def change(self, update: Draft, how: str) -> None:
        """The scribe or a human changes a draft; an answered one never changes."""
        words, fresh, now = notice(f"Words {self.clock}"), facts(f"flip:{self.clock}"), after(self.clock)
        ways: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
            "rewrite": lambda s: drafts.rewrite(s, update.id, words, fresh, now),
            "refact": lambda s: drafts.refact(s, update.id, fresh, now),
            "edit": lambda s: drafts.edit(s, update.id, self.ada.id, update.revision, words, now),
            "stale edit": lambda s: drafts.edit(s, update.id, self.ada.id, update.revision - 1, words, now),
        }
        if update.state == "waiting" and how != "stale edit":
            self.write(ways[how])
            update.revision += 1
        else:
            with pytest.raises(approvals.Refused):
                self.write(ways[how])

    @rule(update=updates, how=st.sampled_from(("withdrawn", "rejected")))
    def decline(self, update: Draft, how: str) -> None:
        """Reality or a human takes a draft away."""
        ways: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
            "withdrawn": lambda s: drafts.withdraw(s, update.id, after(self.clock)),
            "rejected": lambda s: drafts.reject(s, update.id, self.ada.id, "no", after(self.clock)),
        }
        if update.state == "waiting":
            self.write(ways[how])
            update.state = how
        elif (update.state, how) == ("withdrawn", "withdrawn"):
            self.write(ways[how])
        else:
            with pytest.raises(approvals.Refused):
                self.write(ways[how])

    @rule(update=updates, seen=st.sampled_from(("now", "now", "now", "before")))
    def answer(self, update: Draft, seen: str) -> None:
        """A human says yes to what they saw, now or before it was last changed."""
        self.approve(update, seen)

    def approve(self, update: Draft, seen: str) -> None:
        """A yes is taken if the model says so, and refused otherwise."""
        is_open = update.incident in self.open_of.values()
        confirmed = update.kind is not UpdateKind.FIRST or update.incident in self.confirmed
        if update.state == "waiting" and is_open and confirmed and seen == "now":
            self.write(lambda s: self._approve(s, update, update.revision))
            update.state = "approved"
            self.published.add(update.incident)
            if update.kind in {UpdateKind.RESOLVED, UpdateKind.DONE}:
                self.end(update.incident)
        else:
            with pytest.raises(approvals.Refused):
                self.write(lambda s: self._approve(s, update, update.revision - (seen == "before")))

    async def _approve(self, s: AsyncSession, update: Draft, number: int) -> None:
        seen = await drafts.revision(s, update.id, number)
        await incidents.act(s, update.incident, self.ada.id, ActKind.ACKNOWLEDGED, "", after(self.clock))
        await approvals.approve(
            s,
            update_id=update.id,
            person_id=self.ada.id,
            revision=number,
            text_sha256=seen.text_sha256 if seen else "",
            channels=CHANNELS,
            left_out={},
            now=after(self.clock),
        )

    @rule(channel=st.sampled_from(CHANNELS), ends=st.lists(st.sampled_from(ENDS), min_size=2, max_size=6))
    def drain(self, channel: str, ends: list[str]) -> None:
        """A channel sends what is due, several times."""
        for end in ends:
            self.send(channel, end)

    def send(self, channel: str, end: str) -> None:
        """One sending, if any is due, ends in one of four ways."""
        outgoing = self.write(lambda s: deliveries.next_due(s, channel, after(self.clock)))
        if outgoing is None:
            return
        number = outgoing.delivery.id
        assert drafts.notice_of(outgoing.update).sha256() == outgoing.text_sha256
        assert self.write(lambda s: deliveries.claim(s, number))
        ways: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
            "delivered": lambda s: deliveries.delivered(s, number, "", after(self.clock)),
            "retry": lambda s: deliveries.retry(s, number, "busy", after(self.clock + 2)),
            "fail": lambda s: deliveries.fail(s, number, "gone"),
            "die": lambda s: deliveries.unclaim_all(s, channel),
        }
        assert self.write(ways[end])
        if end == "delivered":
            self.sent.append((channel, outgoing.delivery.approval_id))

    def pick(self, data: st.DataObject) -> int:
        """One of the open incidents."""
        return data.draw(st.sampled_from(sorted(self.open_of.values())))

    def end(self, incident: int) -> None:
        """What the model knows of an incident's end: its drafts are withdrawn."""
        self.open_of = {cause: number for cause, number in self.open_of.items() if number != incident}
        for update in self.drafts.values():
            if update.incident == incident and update.state == "waiting":
                update.state = "withdrawn"

    @invariant()
    def promises(self) -> None:
        """All of them, as the record stands now."""
        if hasattr(self, "runner"):
            self.runner.run(self._promises())

    async def _promises(self) -> None:
        async with self.ledger.read() as s:
            assert {incident.cause: incident.id for incident in await incidents.open_all(s)} == self.open_of
            waiting = {update.id for update in await drafts.waiting(s)}
            assert waiting == {update.id for update in self.drafts.values() if update.state == "waiting"}
            assert await audit.verify(s) is None
            yeses = {yes.id: yes for yes in await s.scalars(select(Approval))}
            assert {yes.update_id for yes in yeses.values()} == {
                update.id for update in self.drafts.values() if update.state == "approved"
            }
            for yes in yeses.values():
                update = await s.get_one(IncidentUpdate, yes.update_id)
                assert drafts.notice_of(update).sha256() == update.text_sha256 == yes.text_sha256
            sendings = (await s.scalars(select(Delivery))).all()
            assert len(sendings) == len(yeses) * len(CHANNELS)
            assert all(row.key == approvals.key(yeses[row.approval_id], row.channel) for row in sendings)
            arrived = {(row.channel, row.approval_id) for row in sendings if row.state is DeliveryState.DELIVERED}
            assert arrived == set(self.sent)
            for channel in CHANNELS:
                order = [approval for to, approval in self.sent if to == channel]
                assert order == sorted(order)


Story.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # shrinking a story of fifty steps takes longer than a test may
    suppress_health_check=[HealthCheck.too_slow],
)
TestStory = Story.TestCase
