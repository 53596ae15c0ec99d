"""What a human claims of an incident beyond its acts: who has it, when it began, what is one cause."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.markdown import one_line
from monitor.desk.act import WORDS_CHARS_MAX, home
from monitor.desk.number import number
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import claims, merge, sightings
from monitor.ledger.errors import Gone, Missing, Refused, Stale

COMPONENT: Final = "component:"
TARGET: Final = "target:"

ADVICE: Final = {
    Missing: "The overview shows what is open and what was.",
    Gone: "Its page tells the story.",
    Stale: "Open the page anew, read what was done, and decide then.",
}

T = TypeVar("T")


async def begin(visit: Visit) -> web.Response:
    """Open an incident on a human's word."""
    chosen, words, at = _chosen(visit, COMPONENT), _words(visit, "noticed"), _moment(visit)
    incident = await _done(
        visit,
        "Not begun",
        lambda s: sightings.begin(s, chosen, visit.person_id, words=words, noticed_at=at, now=visit.now),
    )
    return visit.goto(f"/incidents/{incident.id}", "begun")


async def notice(visit: Visit) -> web.Response:
    """Say that more fails than our looks have seen."""
    chosen, words, at = _chosen(visit, COMPONENT), _words(visit, "noticed"), _moment(visit)
    await _done(
        visit,
        "Not added",
        lambda s: sightings.add(s, visit.number(), chosen, visit.person_id, words=words, noticed_at=at, now=visit.now),
    )
    return visit.goto(home(visit), "told")


async def clear(visit: Visit) -> web.Response:
    """Say that what humans noticed is over."""
    words = _words(visit, "how")
    await _done(
        visit, "Not written down", lambda s: sightings.clear(s, visit.number(), visit.person_id, words, visit.now)
    )
    return visit.goto(home(visit), "told")


async def take_up(visit: Visit) -> web.Response:
    """Say "I am looking at it", which notices may state as a fact."""
    await _done(visit, "Not taken up", lambda s: claims.take_up(s, visit.number(), visit.person_id, visit.now))
    return visit.goto(home(visit), "taken")


async def take_over(visit: Visit) -> web.Response:
    """Take an incident over from whoever has it."""
    seen = _seen(visit)
    await _done(
        visit, "Not taken over", lambda s: claims.take_over(s, visit.number(), visit.person_id, seen, visit.now)
    )
    return visit.goto(home(visit), "over")


async def customer_first(visit: Visit) -> web.Response:
    """Write down that a customer told us first: it is counted, and said to nobody."""
    await _done(
        visit, "Not written down", lambda s: claims.customer_first(s, visit.number(), visit.person_id, visit.now)
    )
    return visit.goto(home(visit), "first")


async def back_date(visit: Visit) -> web.Response:
    """Say that it began before our looks saw it, and how one knows."""
    at, reason, seen = _moment(visit), _words(visit, "reason"), _seen(visit)
    await _done(
        visit,
        "Not written down",
        lambda s: claims.back_date(s, visit.number(), visit.person_id, at=at, reason=reason, seen=seen, now=visit.now),
    )
    return visit.goto(home(visit), "told")


async def join(visit: Visit) -> web.Response:
    """Make one incident of two."""
    other = number(visit.field("other")) or 0
    kept = await _done(visit, "Not merged", lambda s: merge.merge(s, visit.number(), other, visit.person_id, visit.now))
    return visit.goto(f"/incidents/{kept.id}", "merged")


async def split(visit: Visit) -> web.Response:
    """Make two incidents of one."""
    chosen = _chosen(visit, TARGET)
    new = await _done(visit, "Not split", lambda s: merge.split(s, visit.number(), chosen, visit.person_id, visit.now))
    return visit.goto(f"/incidents/{new.id}", "split")


async def promise(visit: Visit) -> web.Response:
    """Choose when the next word is due."""
    seen = number(visit.field("revision")) or 0
    try:
        at = datetime.fromisoformat(visit.field("at"))
    except ValueError:
        at = visit.now
    at = at if at.tzinfo else visit.now
    await _done(
        visit,
        "Not changed",
        lambda s: claims.promise(s, visit.number(), visit.person_id, revision=seen, at=at, now=visit.now),
    )
    return visit.goto(f"/updates/{visit.number()}", "promised")


async def _done(visit: Visit, what: str, deed: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Do it, and let the draft follow; or tell why not."""
    try:
        async with visit.seat.ledger.write() as s:
            result = await deed(s)
    except Refused as refused:
        status = 404 if isinstance(refused, Missing) else 409
        raise Refusal(status, f"{what}: {refused}.", ADVICE.get(type(refused), "Nothing was changed.")) from refused
    await visit.settled()
    return result


def _seen(visit: Visit) -> int:
    """The act that the page showed as the last of its kind."""
    return number(visit.field("seen")) or 0


def _chosen(visit: Visit, prefix: str) -> list[str]:
    """What was ticked: a box for each is a field of its own."""
    return [name.removeprefix(prefix) for name in visit.form if name.startswith(prefix)]


def _words(visit: Visit, name: str) -> str:
    words = one_line(visit.field(name))
    if not 0 < len(words) <= WORDS_CHARS_MAX:
        raise Refusal(
            422, f"Not written down: a sentence of 1 to {WORDS_CHARS_MAX} letters is needed.", "Say it shortly."
        )
    return words


def _moment(visit: Visit) -> datetime:
    """A time that somebody typed, in the zone of the readers."""
    try:
        local = datetime.fromisoformat(visit.field("at"))
    except ValueError:
        raise Refusal(422, "Not written down: a day and a time are needed.", "For example 2026-11-22 14:05.") from None
    return local if local.tzinfo else local.replace(tzinfo=ZoneInfo(visit.seat.config.site.timezone))
