"""A story told to a real record: incidents, what was written of them, and who approved it for which channels."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drafts.facts import Affected, Facts, UpdateKind
from drafts.notice import Notice
from monitor.config import Component, Storage
from monitor.ledger import approvals, components, deliveries, drafts, incidents, people
from monitor.ledger.store import Ledger
from monitor.models import ActKind, Delivery, Role, Stage

NOON = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
COMPONENTS = (
    Component(id="send", name="Sending email"),
    Component(id="read", name="Reading email"),
    Component(id="web", name="Website", group="Web"),
)


def notice(title: str, body: str = "") -> Notice:
    """Words of our own making."""
    return Notice(title=title, body=body or f"**{title}.** Since 12:00 UTC.", short=title, spoken=title)


@dataclass
class Story:
    """What happens, written into the record as the daemon and the desk would."""

    ledger: Ledger
    person_id: int

    async def incident(self, cause: str = "send", at: datetime = NOON) -> int:
        """Something fails, and a second look confirms it."""
        async with self.ledger.write() as s:
            begun = await incidents.begin(s, cause, at)
            await incidents.confirm(s, begun.id, "target", at + timedelta(seconds=8))
            return begun.id

    async def draft(  # noqa: PLR0913 - a draft says what, of what, how it stands, and when
        self,
        incident_id: int,
        words: Notice,
        *,
        kind: UpdateKind = UpdateKind.FIRST,
        stage: Stage = Stage.INVESTIGATING,
        next_update: datetime | None = None,
        at: datetime = NOON,
        component: str = "send",
    ) -> int:
        """A draft waits."""
        affected = Affected(
            component, "smtp", "connect_refused", failing=1, targets=1, total=True, evidence=("flip:1",)
        )
        facts = Facts("UTC", "en", NOON, None, (affected,), ("flip:1",), next_update=next_update)
        async with self.ledger.write() as s:
            return (await drafts.write(s, incident_id, kind, stage, "en", words, facts, at)).id

    async def approve(
        self, update_id: int, channels: Sequence[str], *, at: datetime = NOON, first: Sequence[str] = ()
    ) -> None:
        """A human says yes to what the draft says now."""
        async with self.ledger.write() as s:
            update = await drafts.get(s, update_id)
            await incidents.act(s, update.incident_id, self.person_id, ActKind.ACKNOWLEDGED, "", at)
            await approvals.approve(
                s,
                update_id=update_id,
                person_id=self.person_id,
                revision=update.revision,
                text_sha256=update.text_sha256,
                channels=channels,
                left_out={},
                first=first,
                now=at,
            )

    async def say(self, channels: Sequence[str], *titles: str) -> list[int]:
        """One incident and, with these titles, its approved updates; gives their ids."""
        incident_id = await self.incident()
        updates = []
        for title in titles:
            updates.append(await self.draft(incident_id, notice(title), kind=UpdateKind.SCOPE))
            await self.approve(updates[-1], channels)
        return updates

    async def delivery(self, update_id: int, channel: str) -> Delivery:
        """How one sending stands."""
        async with self.ledger.read() as s:
            (found,) = [each for each in await deliveries.of_update(s, update_id) if each.channel == channel]
            return found

    async def show(self, update_id: int, at: datetime) -> None:
        """The page's delivery comes through, as publish would record it."""
        delivery = await self.delivery(update_id, "page")
        async with self.ledger.write() as s:
            assert await deliveries.claim(s, delivery.id)
            assert await deliveries.delivered(s, delivery.id, "visible", at)


@asynccontextmanager
async def told(directory: Path, storage: Storage | None = None) -> AsyncIterator[Story]:
    """A record with three components and one approver."""
    async with Ledger.open(storage or Storage(), directory) as ledger:
        async with ledger.write() as s:
            await components.sync(s, COMPONENTS, NOON)
            ada = await people.find(s, "Ada Winter") or await people.add(s, "Ada Winter", Role.APPROVER, NOON)
        yield Story(ledger, ada.id)
