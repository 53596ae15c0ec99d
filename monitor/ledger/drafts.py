"""Drafts: updates that no human has approved yet. Every wording is kept as a Revision."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from drafts.facts import Facts, Said, UpdateKind
from drafts.notice import Notice
from monitor.ledger import audit, incidents, people
from monitor.ledger.errors import AlreadyApproved, Gone, Missing, Stale
from monitor.models import ActKind, Approval, Incident, IncidentUpdate, Revision, Stage


async def get(s: AsyncSession, update_id: int) -> IncidentUpdate | None:
    """One update, whatever became of it."""
    return await s.get(IncidentUpdate, update_id)


_WAITS: Final = (
    col(IncidentUpdate.withdrawn_at).is_(None),
    col(IncidentUpdate.rejected_at).is_(None),
    col(IncidentUpdate.id).not_in(select(col(Approval.update_id))),
)


async def waiting(s: AsyncSession, *, without: Collection[UpdateKind] = ()) -> Sequence[IncidentUpdate]:
    """The drafts that wait for a human, oldest first; those of some kinds may be left out."""
    wanted = select(IncidentUpdate).where(*_WAITS, col(IncidentUpdate.kind).not_in(without))
    return (await s.scalars(wanted.order_by(col(IncidentUpdate.id)))).all()


async def reviews(s: AsyncSession, limit: int) -> Sequence[tuple[IncidentUpdate, Incident]]:
    """The reviews that wait, each with what it looks back at: first what was over first, at most ``limit``."""
    wanted = select(IncidentUpdate, Incident).join(Incident, col(Incident.id) == col(IncidentUpdate.incident_id))
    over = func.coalesce(col(Incident.resolved_at), col(IncidentUpdate.created_at))
    listed = wanted.where(*_WAITS, col(IncidentUpdate.kind) == UpdateKind.REVIEW).order_by(over).limit(limit)
    return [(update, incident) for update, incident in await s.execute(listed)]


async def of_incident(s: AsyncSession, incident_id: int) -> Sequence[IncidentUpdate]:
    """Every update of an incident, oldest first: waiting, approved, withdrawn and rejected."""
    return (await of_incidents(s, [incident_id])).get(incident_id, ())


async def of_incidents(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, Sequence[IncidentUpdate]]:
    """The same of several incidents, by incident."""
    wanted = select(IncidentUpdate).where(col(IncidentUpdate.incident_id).in_(incident_ids))
    found: dict[int, list[IncidentUpdate]] = defaultdict(list)
    for update in await s.scalars(wanted.order_by(col(IncidentUpdate.id))):
        found[update.incident_id].append(update)
    return found


async def revision(s: AsyncSession, update_id: int, number: int) -> Revision | None:
    """The words and facts of an update as they were at one revision."""
    return await s.get(Revision, (update_id, number))


async def first_worded(s: AsyncSession, update: IncidentUpdate) -> Revision | None:
    """The revision in which an update got the words that it has; later ones have other facts under them."""
    wanted = select(Revision).where(
        col(Revision.update_id) == update.id, col(Revision.text_sha256) == update.text_sha256
    )
    return await s.scalar(wanted.order_by(col(Revision.number)).limit(1))


async def write(  # noqa: PLR0913, PLR0917 - a draft is its words, its facts, and what it is a draft of
    s: AsyncSession,
    incident_id: int,
    kind: UpdateKind,
    stage: Stage,
    language: str,
    notice: Notice,
    facts: Facts,
    now: datetime,
) -> IncidentUpdate:
    """Write a new draft, as its revision 1."""
    update = IncidentUpdate(
        incident_id=incident_id,
        kind=kind,
        stage=stage,
        language=language,
        revision=1,
        created_at=now,
        changed_at=now,
        **_words(notice),
        **_facts(facts),
    )
    s.add(update)
    await s.flush()
    await _keep(s, update)
    return update


async def rewrite(
    s: AsyncSession, update_id: int, notice: Notice, facts: Facts, now: datetime, *, stage: Stage | None = None
) -> IncidentUpdate:
    """Follow reality with new words and facts, as the next revision; none is made if nothing is new.

    ``stage`` is where the incident now stands, if that has changed. Raises AlreadyApproved or Gone.
    """
    update = await unanswered(s, update_id)
    new = {**_words(notice), **_facts(facts), "stage": stage or update.stage}
    return await _revise(s, update, now=now, edited_by=None, **new)


async def refact(
    s: AsyncSession, update_id: int, facts: Facts, now: datetime, *, stage: Stage | None = None
) -> IncidentUpdate:
    """Put new facts under the words of a human's edit, as the next revision. Raises AlreadyApproved or Gone."""
    update = await unanswered(s, update_id)
    return await _revise(s, update, now=now, **_facts(facts), stage=stage or update.stage)


async def edit(  # noqa: PLR0913 - an edit is who, of which words, and what they saw
    s: AsyncSession,
    update_id: int,
    person_id: int,
    expected_revision: int,
    notice: Notice,
    now: datetime,
    *,
    ours: bool = False,
) -> IncidentUpdate:
    """Take a human's words for the draft, as the next revision; or, with ``ours``, our own again, at their wish.

    Raises Stale if the draft is no longer the revision that they edited, AlreadyApproved or Gone.
    """
    update = await unanswered(s, update_id)
    if update.revision != expected_revision:
        raise Stale(f"the draft was rewritten: it is revision {update.revision} now, and you saw {expected_revision}")
    edited = await _revise(s, update, now=now, edited_by=None if ours else person_id, **_words(notice))
    name, action = await people.name_of(s, person_id), "dropped edit" if ours else "edited"
    await audit.note(s, actor=name, action=action, subject=f"update:{update_id}", detail=edited.text_sha256, now=now)
    return edited


async def withdraw(s: AsyncSession, update_id: int, now: datetime) -> None:
    """Take a draft back because reality overtook it; it is kept. Raises AlreadyApproved, or Gone if it was rejected."""
    update = await s.get(IncidentUpdate, update_id)
    if update is None or update.withdrawn_at is None:
        (await unanswered(s, update_id)).withdrawn_at = now
        await s.flush()


async def reject(
    s: AsyncSession, update_id: int, person_id: int, reason: str, now: datetime, *, false_alarm: bool = False
) -> None:
    """Take a human's no, with their reason; the draft is kept. Raises AlreadyApproved or Gone.

    ``false_alarm`` says that it worked all the time, which is counted: a check that cries wolf wants another look.
    """
    update = await unanswered(s, update_id)
    update.rejected_at, update.rejected_by, update.reject_reason = now, person_id, reason
    await s.flush()
    name = await people.name_of(s, person_id)
    await audit.note(s, actor=name, action="rejected", subject=f"update:{update_id}", detail=reason, now=now)
    if false_alarm:
        await incidents.act(s, update.incident_id, person_id, ActKind.FALSE_ALARM, reason, now)


async def unanswered(s: AsyncSession, update_id: int) -> IncidentUpdate:
    """The draft, if it still waits for a human; else raises AlreadyApproved or Gone."""
    update = await s.get(IncidentUpdate, update_id)
    if update is None:
        raise Missing("there is no such draft")
    if await s.scalar(select(col(Approval.id)).where(col(Approval.update_id) == update_id)):
        raise AlreadyApproved("somebody has approved this draft already")
    if update.withdrawn_at is not None:
        raise Gone("the draft was withdrawn, because what it says is no longer so")
    if update.rejected_at is not None:
        raise Gone("the draft was rejected")
    return update


def notice_of(update: IncidentUpdate | Revision) -> Notice:
    """The words of every language, as they stand in the record; their hash is never taken from the row."""
    others = Notice.translations_from_json(update.translations)
    return Notice(update.title, update.body, update.short, update.spoken, others)


def said(update: IncidentUpdate, at: datetime) -> Said:
    """What an update said when it was approved, in every language."""
    abroad = tuple((language, words.title, words.body) for language, words in notice_of(update).translations)
    return Said(update.kind, at, update.title, update.body, abroad)


def _words(notice: Notice) -> dict[str, Any]:
    return {
        "title": notice.title,
        "body": notice.body,
        "short": notice.short,
        "spoken": notice.spoken,
        "translations": notice.translations_as_json(),
        "text_sha256": notice.sha256(),
    }


def _facts(facts: Facts) -> dict[str, Any]:
    return {"facts": facts.as_json(), "facts_sha256": facts.sha256(), "next_update_at": facts.next_update}


async def _revise(s: AsyncSession, update: IncidentUpdate, *, now: datetime, **changes: Any) -> IncidentUpdate:  # noqa: ANN401 - columns differ in type
    new = [
        name for name in ("text_sha256", "facts_sha256") if name in changes and changes[name] != getattr(update, name)
    ]
    if not new:
        return update
    for name, value in changes.items():
        setattr(update, name, value)
    update.revision += 1
    update.changed_at = now
    await _keep(s, update)
    return update


async def _keep(s: AsyncSession, update: IncidentUpdate) -> None:
    """Copy the present words and facts into a Revision, which nothing can change."""
    assert update.id is not None  # noqa: S101 - the record has given it one
    s.add(
        Revision(
            update_id=update.id,
            number=update.revision,
            facts=update.facts,
            facts_sha256=update.facts_sha256,
            at=update.changed_at,
            person_id=update.edited_by,
            **_words(notice_of(update)),
        )
    )
    await s.flush()
