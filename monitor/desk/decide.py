"""A human's yes or no on a draft's page: written down for the very words they saw, or refused with what to do next."""

from typing import Final

from aiohttp import web

from monitor.desk import answers, update
from monitor.desk.answers import Seen
from monitor.desk.number import number
from monitor.desk.visit import Refusal, Visit
from monitor.ledger.errors import (
    Alone,
    AlreadyApproved,
    Gone,
    Missing,
    NotTakenUp,
    Poor,
    Refused,
    Stale,
    Uncarried,
    Unconfirmed,
    Unsigned,
)

ADVICE: Final = {
    Stale: "Read what changed, below. If the new text is right, approve that.",
    AlreadyApproved: "You find below who did, and how far it has got.",
    Missing: "The overview shows every draft that waits.",
    Gone: "Nothing is left to do here; the page of the incident tells the story.",
    NotTakenUp: "Say first that you are looking at it: the notice then bears your name.",
    Unconfirmed: "Look again in a few seconds.",
    Alone: "Another approver reads this page and agrees; then the button to publish is here.",
    Poor: "Below stands which words, and what to write instead; or say beside the button why they may stay.",
    Uncarried: "Tell customers another way, by telephone or on another page: the words stand below.",
    Unsigned: "Call an approver, and send them the address of this page.",
}


async def approve(visit: Visit) -> web.Response:
    """Write the approval down. Publishing is not ours: it follows from the record."""
    try:
        async with visit.seat.ledger.write() as s:
            await answers.approve(s, visit.seat, _seen(visit), override=visit.field("override"), now=visit.now)
    except Refused as refused:
        raise await _refusal(visit, "Not published", refused) from refused
    await visit.settled()
    return visit.goto(f"/updates/{visit.number()}", "approved")


async def agree(visit: Visit) -> web.Response:
    """Write down that a second approver agrees with the very words they saw; nothing is published by it."""
    try:
        async with visit.seat.ledger.write() as s:
            await answers.agree(s, _seen(visit), visit.now)
    except Refused as refused:
        raise await _refusal(visit, "Not written down", refused) from refused
    return visit.goto(f"/updates/{visit.number()}", "agreed")


async def reject(visit: Visit) -> web.Response:
    """Write a human's no down, with the reason."""
    reason, false_alarm = visit.field("reason").strip(), visit.field("false_alarm") == "yes"
    try:
        async with visit.seat.ledger.write() as s:
            await answers.reject(s, _seen(visit), reason=reason, false_alarm=false_alarm, now=visit.now)
    except Refused as refused:
        raise await _refusal(visit, "Not rejected", refused) from refused
    return visit.goto(f"/updates/{visit.number()}", "false" if false_alarm else "rejected")


def _seen(visit: Visit) -> Seen:
    """Who answers, and which words and facts the page had shown them."""
    return Seen(
        update_id=visit.number(),
        person_id=visit.person_id,
        revision=number(visit.field("revision")) or 0,
        text_sha256=visit.field("text"),
        facts_sha256=visit.field("facts"),
    )


async def _refusal(visit: Visit, what: str, refused: Refused) -> Refusal:
    """The refusal as the draft's own page shows it."""
    why = "the draft changed while you had it open" if isinstance(refused, Stale) else str(refused)
    refusal = Refusal(409, f"{what}: {why}.", ADVICE.get(type(refused), ""))
    refusal.shown = await update.show(visit, refusal=refusal)
    return refusal
