"""Approval: the one door between a draft and the public."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from drafts.facts import UpdateKind
from monitor.ledger import assents, audit, drafts, incidents, people
from monitor.ledger.errors import Alone, AlreadyApproved, Gone, NotTakenUp, Refused, Stale, Unconfirmed, Unsigned
from monitor.ledger.signing import refuse_unless_seen, signer
from monitor.models import ActKind, Approval, Assent, Delivery, Incident, IncidentUpdate, Stage

__all__ = [
    "Alone",
    "AlreadyApproved",
    "Gone",
    "NotTakenUp",
    "Refused",
    "Stale",
    "Unconfirmed",
    "Unsigned",
    "approve",
    "key",
    "of_update",
]

FIRST_WAIT_MAX: Final = timedelta(minutes=3)
KEYS: Final = UUID("6d0a9d5e-6f0c-5c2b-9f53-0d6c2c7f3b11")


async def approve(  # noqa: PLR0913 - a yes is who, to which words, over which ways, and when
    s: AsyncSession,
    *,
    update_id: int,
    person_id: int,
    revision: int,
    text_sha256: str,
    channels: Sequence[str],
    left_out: Mapping[str, str],
    now: datetime,
    languages: Mapping[str, str] = MappingProxyType({}),
    first: Collection[str] = (),
    four_eyes: bool = False,
) -> Approval:
    """Take a named human's yes to the very words they saw, and with it, in the same transaction, all that follows.

    ``revision`` and ``text_sha256`` are what the human had before them; ``left_out`` says, by channel, why it does not
    go that way; ``languages`` what its readers speak; for those in ``first`` the others wait. With ``four_eyes``
    another must have agreed before. Raises a leaf of Refused, and then nothing has changed.
    """
    update = await drafts.unanswered(s, update_id)
    incident = await _incident_to_speak_of(s, update)
    await signer(s, person_id)
    refuse_unless_seen(update, revision, text_sha256)
    await _refuse_unless_taken_up(s, update)
    agreed = await _second(s, update, person_id, four_eyes=four_eyes)
    approval = Approval(
        update_id=update_id,
        person_id=person_id,
        text_sha256=text_sha256,
        revision=revision,
        at=now,
        assent_id=agreed.id if agreed else None,
    )
    s.add(approval)
    await s.flush()
    s.add_all(_deliveries(approval, _languages(update, channels, languages), first, now))
    await _move(s, incident, update, now)
    await _note(s, approval, agreed, channels, left_out)
    return approval


async def _note(
    s: AsyncSession, yes: Approval, agreed: Assent | None, channels: Sequence[str], left_out: Mapping[str, str]
) -> None:
    actor, other = await people.name_of(s, yes.person_id), await people.name_of(s, agreed.person_id) if agreed else None
    detail, subject = _detail(yes, channels, left_out, agreed=other), f"update:{yes.update_id}"
    await audit.note(s, actor=actor, action="approved", subject=subject, detail=detail, now=yes.at)


async def of_update(s: AsyncSession, update_id: int) -> Approval | None:
    """The approval of an update; without one it is a draft."""
    return await s.scalar(select(Approval).where(col(Approval.update_id) == update_id))


def key(approval: Approval, channel: str) -> str:
    """The idempotency key of approved words on one channel: the same for ever, so that a receiver can tell a repeat.

    The hash of the words is part of it, since the first update of another record has the same id.
    """
    return str(uuid5(KEYS, f"{approval.update_id}/{approval.text_sha256}/{channel}"))


async def of_incident(s: AsyncSession, incident_id: int) -> Mapping[int, Approval]:
    """The approvals of an incident's updates, by the update."""
    return await of_incidents(s, [incident_id])


async def of_incidents(s: AsyncSession, incident_ids: Collection[int]) -> Mapping[int, Approval]:
    """The approvals of the updates of several incidents, by the update."""
    wanted = select(Approval).join(IncidentUpdate, col(IncidentUpdate.id) == col(Approval.update_id))
    found = await s.scalars(wanted.where(col(IncidentUpdate.incident_id).in_(incident_ids)))
    return {approval.update_id: approval for approval in found}


async def _incident_to_speak_of(s: AsyncSession, update: IncidentUpdate) -> Incident:
    incident = await s.get_one(Incident, update.incident_id)
    if incident.resolved_at is not None and not update.kind.outlasts:
        raise Gone("the incident is over")
    if update.kind is UpdateKind.FIRST and incident.confirmed_at is None:
        raise Unconfirmed("the failure is not confirmed yet: the next looks will tell in a few seconds")
    return incident


async def _refuse_unless_taken_up(s: AsyncSession, update: IncidentUpdate) -> None:
    acts = await incidents.acts(s, update.incident_id)
    if update.kind is UpdateKind.FIRST and not any(act.kind is ActKind.ACKNOWLEDGED for act in acts):
        raise NotTakenUp("nobody has taken this up yet")


async def _second(s: AsyncSession, update: IncidentUpdate, person_id: int, *, four_eyes: bool) -> Assent | None:
    agreed = await assents.by_another(s, update, person_id)
    if four_eyes and agreed is None:
        raise Alone("a second approver has to agree with these very words first")
    return agreed


def _languages(update: IncidentUpdate, channels: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    told = {update.language, *dict(drafts.notice_of(update).translations)}
    chosen = {channel: wanted.get(channel, update.language) for channel in channels}
    return {channel: language if language in told else update.language for channel, language in chosen.items()}


def delivery(approval: Approval, channel: str, language: str, at: datetime) -> Delivery:
    """One sending of approved words, not before ``at``."""
    assert approval.id is not None  # noqa: S101 - it stands in the record
    return Delivery(
        approval_id=approval.id, channel=channel, language=language, key=key(approval, channel), next_attempt_at=at
    )


def _deliveries(
    approval: Approval, languages: Mapping[str, str], first: Collection[str], now: datetime
) -> list[Delivery]:
    then = now + FIRST_WAIT_MAX if languages.keys() & set(first) else now
    return [
        delivery(approval, channel, language, now if channel in first else then)
        for channel, language in languages.items()
    ]


async def _move(s: AsyncSession, incident: Incident, update: IncidentUpdate, now: datetime) -> None:
    """The incident stands where its newest approved words say; words that say it is over are the end of it."""
    assert incident.id is not None  # noqa: S101 - it stands in the record
    if update.stage is Stage.RESOLVED and incident.resolved_at is None:
        await incidents.close(s, incident.id, now)
    else:
        incident.stage = update.stage
        await s.flush()


def _detail(approval: Approval, channels: Sequence[str], left_out: Mapping[str, str], *, agreed: str | None) -> str:
    """What the audit keeps of a yes: the hash of the words, where they go, where not and why, and who agreed before."""
    return json.dumps(
        {
            "text_sha256": approval.text_sha256,
            "revision": approval.revision,
            "channels": list(channels),
            "left_out": dict(left_out),
            **({"agreed": agreed} if agreed else {}),
        },
        ensure_ascii=False,
        sort_keys=True,
    )
