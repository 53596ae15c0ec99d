"""The reply kit's page: paste a message, read the answer to it. Nothing of what is pasted is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts
from drafts.reply import House, Question, Reply, language_of, reply
from monitor.desk.present import present
from monitor.desk.seat import Seat
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import incidents
from monitor.models import Incident

RECENT_MAX: Final = 10
ASKED: Final = {
    Question.FIXED: "when it will work",
    Question.WHY: "why it happened",
    Question.LOST: "whether something is lost",
    Question.AMENDS: "how it is made good",
    Question.TOLD: "why nobody told them",
    Question.LASTS: "how long it lasts",
    Question.OTHERS: "whether others have it too",
    Question.MEANWHILE: "what to do meanwhile",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """An incident that a message may be about."""

    incident: Incident
    facts: Facts

    @property
    def name(self) -> str:
        """What it hit, in the customers' words."""
        return ", ".join(part.component for part in self.facts.affected)


async def get(visit: Visit) -> web.Response:
    """Show the form."""
    return await _show(visit)


async def post(visit: Visit) -> web.Response:
    """Show the form with the answer to what was pasted."""
    return await _show(visit, message=visit.field("message").strip())


async def _show(visit: Visit, message: str = "") -> web.Response:
    async with visit.seat.ledger.read() as s:
        choices = await about(s)
        chosen = next((one for one in choices if str(one.incident.id) == visit.field("incident")), None)
        if message and chosen is None:
            raise Refusal(422, "No answer: say which incident it is about.", "Choose one of the list.")
    answer = _given(visit, chosen, message) if message and chosen else None
    return visit.page(
        "reply.html",
        choices=choices,
        chosen=chosen,
        message=message,
        answer=answer,
        asked=[ASKED[question] for question in answer.questions] if answer else [],
        language=answer.language if answer else "",
    )


def _given(visit: Visit, chosen: Choice, message: str) -> Reply:
    """The answer in the name of whoever is signed in."""
    assert visit.person is not None  # noqa: S101 - the gate lets nobody else through
    return answered(visit.seat, chosen, message, by=visit.person.name, now=visit.now)


def answered(seat: Seat, chosen: Choice, message: str, *, by: str, now: datetime) -> Reply:
    """The answer to a message about this incident, in the language of the message, with the name of who gives it."""
    facts, site = chosen.facts, seat.config.site
    promised = facts.next_update if facts.said else None
    signer = ", ".join(name for name in (by, site.signature) if name)
    told = facts.told_in(language_of(message, facts.language))
    house = House(contact=site.contact, credit_policy=seat.config.notices.credit_policy)
    return reply(message, replace(told, next_update=promised, at=now, signature=signer), house)


async def about(s: AsyncSession) -> Sequence[Choice]:
    """The incidents that people may write about: those that are open, and then the newest that are over."""
    known = [one for one in await incidents.recent(s, RECENT_MAX) if one.confirmed_at and not one.merged_into]
    facts = await present(s, known)
    found = [Choice(one, facts[one.id]) for one in known if one.id in facts and facts[one.id].affected]
    return sorted(found, key=lambda one: one.incident.resolved_at is not None)
