"""A human's yes or no: bound to the very words and facts they saw, or refused with what to do next."""

import json
from datetime import datetime
from typing import Final, TypedDict

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.desk import update
from monitor.desk.circumstances import circumstances
from monitor.desk.dossier import carriers
from monitor.desk.honesty import blocking, findings
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import approvals, assents, audit, drafts
from monitor.ledger.errors import (
    Alone,
    AlreadyApproved,
    Gone,
    Missing,
    NotTakenUp,
    Refused,
    Stale,
    Unconfirmed,
    Unsigned,
)

REASON_CHARS_MAX: Final = 500

ADVICE: Final = {
    Stale: "Read what changed, below. If the new text is right, approve that.",
    AlreadyApproved: "You find below who did, and how far it has got.",
    Missing: "The overview shows every draft that waits.",
    Gone: "Nothing is left to do here; the page of the incident tells the story.",
    NotTakenUp: "Say first that you are looking at it: the notice then bears your name.",
    Unconfirmed: "Look again in a few seconds.",
    Alone: "Another approver reads this page and agrees; then the button to publish is here.",
    Unsigned: "Call an approver, and send them the address of this page.",
}


async def approve(visit: Visit) -> web.Response:
    """Write the approval down. Publishing is not ours: it follows from the record."""
    try:
        async with visit.seat.ledger.write() as s:
            await _approve(s, visit)
    except Refused as refused:
        raise await _refusal(visit, "Not published", refused) from refused
    await visit.settled()
    return visit.goto(f"/updates/{visit.number()}", "approved")


async def agree(visit: Visit) -> web.Response:
    """Write down that a second approver agrees with the very words they saw; nothing is published by it."""
    try:
        async with visit.seat.ledger.write() as s:
            draft = await drafts.unanswered(s, visit.number())
            if draft.facts_sha256 != visit.field("facts"):
                raise Stale("its facts changed")
            await assents.give(s, **_seen(visit))
    except Refused as refused:
        raise await _refusal(visit, "Not written down", refused) from refused
    return visit.goto(f"/updates/{visit.number()}", "agreed")


async def reject(visit: Visit) -> web.Response:
    """Write a human's no down, with the reason."""
    reason, false_alarm = visit.field("reason").strip(), visit.field("false_alarm") == "yes"
    if not reason or len(reason) > REASON_CHARS_MAX:
        raise await _refusal(
            visit, "Not rejected", Refused(f"a reason is needed, of {REASON_CHARS_MAX} letters at most")
        )
    try:
        async with visit.seat.ledger.write() as s:
            draft = await drafts.unanswered(s, visit.number())
            if visit.field("revision") != str(draft.revision):
                raise Stale("its words changed")
            await drafts.reject(s, visit.number(), visit.person_id, reason, visit.now, false_alarm=false_alarm)
    except Refused as refused:
        raise await _refusal(visit, "Not rejected", refused) from refused
    return visit.goto(f"/updates/{visit.number()}", "false" if false_alarm else "rejected")


async def _approve(s: AsyncSession, visit: Visit) -> None:
    draft = await drafts.unanswered(s, visit.number())
    chosen = await carriers(s, visit.seat, draft.incident_id)
    found = findings(draft, await circumstances(s, visit.seat.config, draft, visit.person_id, visit.now), visit.now)
    overridden, reason = blocking(found), visit.field("override").strip()
    if overridden and not 0 < len(reason) <= REASON_CHARS_MAX:
        raise Refused("its words need a change, or a reason why they may stay")
    await approvals.approve(
        s,
        **_seen(visit),
        channels=[channel.name for channel in chosen.carried],
        left_out=chosen.left_out,
        four_eyes=visit.seat.config.desk.four_eyes,
        languages={channel.name: channel.language for channel in chosen.carried if channel.language},
    )
    if draft.facts_sha256 != visit.field("facts"):
        raise Stale("its facts changed")
    if not chosen.carried:
        raise Refused("no channel can carry it now")
    if overridden:
        await _note_override(s, visit, overridden, reason)


class _Seen(TypedDict):
    update_id: int
    person_id: int
    revision: int
    text_sha256: str
    now: datetime


def _seen(visit: Visit) -> _Seen:
    """Who says yes, and to which words."""
    revision = visit.field("revision")
    return {
        "update_id": visit.number(),
        "person_id": visit.person_id,
        "revision": int(revision) if revision.isdecimal() else 0,
        "text_sha256": visit.field("text"),
        "now": visit.now,
    }


async def _note_override(s: AsyncSession, visit: Visit, rules: tuple[str, ...], reason: str) -> None:
    assert visit.person is not None  # noqa: S101 - the gate lets nobody else through
    detail = json.dumps({"rules": rules, "reason": reason}, ensure_ascii=False)
    subject = f"update:{visit.number()}"
    await audit.note(s, actor=visit.person.name, action="overrode", subject=subject, detail=detail, now=visit.now)


async def _refusal(visit: Visit, what: str, refused: Refused) -> Refusal:
    """The refusal as the draft's own page shows it."""
    why = "the draft changed while you had it open" if isinstance(refused, Stale) else str(refused)
    refusal = Refusal(409, f"{what}: {why}.", ADVICE.get(type(refused), ""))
    refusal.shown = await update.show(visit, refusal=refusal)
    return refusal
