"""The steps of an outage, as short words for the tests of the ledger."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts, UpdateKind
from drafts.notice import Notice
from monitor.ledger import approvals, drafts, flips, incidents, people
from monitor.models import ActKind, Approval, Component, Flip, Incident, IncidentUpdate, Member, Person, Role, Stage
from monitor.verdict import Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STAGES = {UpdateKind.RECOVERY: Stage.MONITORING, UpdateKind.DONE: Stage.RESOLVED, UpdateKind.RESOLVED: Stage.RESOLVED}


def after(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def notice(title: str = "Sending email: you cannot send mail") -> Notice:
    """Some words, in two languages."""
    german = Notice(f"Auf Deutsch: {title}", body="**Nicht nutzbar.** Seit 12:00 Uhr UTC.", short="Kurz", spoken="Laut")
    return Notice(title, f"**{title}.** Since 12:00 UTC.", short=title, spoken=title, translations=(("de", german),))


def facts(evidence: str = "flip:1", next_update: datetime | None = None) -> Facts:
    """Some facts."""
    return Facts("UTC", "en", since=NOON, last_good=None, affected=(), evidence=(evidence,), next_update=next_update)


async def flip(s: AsyncSession, target: str = "smtp", before: str = "up", after: str = "down") -> Flip:
    """A change of verdict in the record."""
    if await s.get(Component, "outgoing") is None:
        s.add(Component(id="outgoing", name="Sending email"))
        await s.flush()
    change = Flip(
        target=target,
        component_id="outgoing",
        kind="smtp",
        at=NOON,
        before=Verdict(before),
        after=Verdict(after),
        reason="connect_refused",
        result="{}",
    )
    assert await flips.record(s, change, first_failed_at=NOON, last_good_at=None)
    return change


async def member(s: AsyncSession, incident: Incident, target: str = "smtp", minute: float = 0) -> Member:
    """A failing target, not yet part of the incident."""
    change = await flip(s, target)
    return Member(
        incident_id=incident.id,
        target=target,
        component_id="outgoing",
        kind="smtp",
        reason="connect_refused",
        flip_id=change.id,
        first_failed_at=after(minute),
    )


async def suspicion(s: AsyncSession, cause: str = "component:outgoing", target: str = "smtp") -> Incident:
    """An incident that one failed look has opened."""
    incident = await incidents.begin(s, cause, NOON)
    await incidents.join(s, await member(s, incident, target))
    return incident


async def outage(s: AsyncSession, cause: str = "component:outgoing", target: str = "smtp") -> Incident:
    """An incident that further looks have confirmed."""
    incident = await suspicion(s, cause, target)
    await incidents.confirm(s, incident.id, target, after(0.2))
    return incident


async def draft(
    s: AsyncSession, incident: Incident, kind: UpdateKind = UpdateKind.FIRST, *, minute: float = 0.3
) -> IncidentUpdate:
    """A draft that waits for a human."""
    stage = STAGES.get(kind, Stage.INVESTIGATING)
    return await drafts.write(s, incident.id, kind, stage, "en", notice(f"The {kind} words"), facts(), after(minute))


async def person(s: AsyncSession, name: str = "Ada", role: Role = Role.APPROVER) -> Person:
    """Somebody who may approve, unless told otherwise."""
    return await people.find(s, name) or await people.add(s, name, role, NOON)


async def approve(
    s: AsyncSession,
    update: IncidentUpdate,
    *channels: str,
    who: Person | None = None,
    minute: float = 1,
    first: tuple[str, ...] = (),
) -> Approval:
    """A yes to the words as they stand, by somebody who has taken the incident up."""
    who = who or await person(s)
    await incidents.act(s, update.incident_id, who.id, ActKind.ACKNOWLEDGED, "", after(minute))
    return await approvals.approve(
        s,
        update_id=update.id,
        person_id=who.id,
        revision=update.revision,
        text_sha256=update.text_sha256,
        channels=channels or ("page", "mail"),
        left_out={},
        first=first,
        now=after(minute),
    )
