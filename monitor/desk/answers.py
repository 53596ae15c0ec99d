"""A human's answer to a draft, given on a page or through the API: bound to the very words and facts they saw."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.desk import second
from monitor.desk.circumstances import circumstances
from monitor.desk.dossier import carriers
from monitor.desk.honesty import findings
from monitor.desk.seat import Seat
from monitor.ledger import approvals, assents, audit, drafts, people
from monitor.ledger.errors import Poor, Refused, Stale, Uncarried

REASON_CHARS_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Who answers which draft, and what they had before them when they did."""

    update_id: int
    person_id: int
    revision: int
    text_sha256: str
    facts_sha256: str


async def approve(s: AsyncSession, seat: Seat, seen: Seen, *, override: str, now: datetime) -> None:
    """Write a yes down, with the reason why words may stay that the rules would hold back.

    Publishing is not ours: it follows from the record. Raises a leaf of Refused, and then nothing has changed.
    """
    draft = await drafts.unanswered(s, seen.update_id)
    chosen = await carriers(s, seat, draft.incident_id, now)
    found = findings(draft, await circumstances(s, seat.config, draft, seen.person_id, now), now)
    four_eyes, reason = seat.config.desk.four_eyes, override.strip()
    overridden = second.overridable(four_eyes, found)
    if overridden and not 0 < len(reason) <= REASON_CHARS_MAX:
        raise Poor("its words need a change, or a reason why they may stay")
    await approvals.approve(
        s,
        update_id=seen.update_id,
        person_id=seen.person_id,
        revision=seen.revision,
        text_sha256=seen.text_sha256,
        now=now,
        channels=[channel.name for channel in chosen.carried],
        left_out=chosen.left_out,
        four_eyes=second.required(four_eyes, found),
        languages={channel.name: channel.language for channel in chosen.carried if channel.language},
        first=[channel.name for channel in chosen.carried if channel.goes_first],
    )
    if draft.facts_sha256 != seen.facts_sha256:
        raise Stale("its facts changed")
    if not chosen.carried:
        raise Uncarried("no channel can carry it now")
    if overridden:
        await _note_override(s, seen, overridden, reason, now)


async def agree(s: AsyncSession, seen: Seen, now: datetime) -> None:
    """Write down that a second approver agrees with the very words they saw; nothing is published by it."""
    draft = await drafts.unanswered(s, seen.update_id)
    if draft.facts_sha256 != seen.facts_sha256:
        raise Stale("its facts changed")
    await assents.give(
        s,
        update_id=seen.update_id,
        person_id=seen.person_id,
        revision=seen.revision,
        text_sha256=seen.text_sha256,
        now=now,
    )


async def reject(s: AsyncSession, seen: Seen, *, reason: str, false_alarm: bool, now: datetime) -> None:
    """Write a no down, with the reason."""
    if not 0 < len(reason) <= REASON_CHARS_MAX:
        raise Refused(f"a reason is needed, of {REASON_CHARS_MAX} letters at most")
    draft = await drafts.unanswered(s, seen.update_id)
    if seen.revision != draft.revision:
        raise Stale("its words changed")
    await drafts.reject(s, seen.update_id, seen.person_id, reason, now, false_alarm=false_alarm)


async def _note_override(s: AsyncSession, seen: Seen, rules: tuple[str, ...], reason: str, now: datetime) -> None:
    detail = json.dumps({"rules": rules, "reason": reason}, ensure_ascii=False)
    actor, subject = await people.name_of(s, seen.person_id), f"update:{seen.update_id}"
    await audit.note(s, actor=actor, action="overrode", subject=subject, detail=detail, now=now)
