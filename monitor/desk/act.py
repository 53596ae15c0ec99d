"""Saying what happened: the small forms by which a human's words become facts that a notice may state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Said
from drafts.markdown import one_line
from monitor.desk.number import number
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import approvals, claims, drafts, incidents
from monitor.ledger.errors import Stale
from monitor.models import Act, ActKind, Incident

WORDS_CHARS_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class Field:
    """One line that a human fills in, with an example of what it wants."""

    name: str
    label: str
    example: str


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of act is asked for: ``folded`` names it, ``button`` does it.

    ``quotes`` where its first line must be words that we have published, ``answers`` where something must have been
    published at all, and ``outlasts`` where it may still be said once the incident is over.
    """

    kind: ActKind
    folded: str
    fields: tuple[Field, ...]
    button: str
    quotes: bool = False
    answers: bool = False
    outlasts: bool = False

    @property
    def adds(self) -> bool:
        """Whether each such act stands beside the last, where others take its place."""
        return self.kind is ActKind.CHECKED


FORMS: Final = (
    Form(
        ActKind.CHECKED,
        "We checked something",
        (Field("what", "We checked", "the disks of the mail server"), Field("showed", "It showed", "they have room")),
        "Add this check",
    ),
    Form(
        ActKind.CAUSE,
        "The cause is confirmed",
        (Field("cause", "The cause", "the disk that holds the mail queue is full"),),
        "Mark it as confirmed",
        outlasts=True,
    ),
    Form(
        ActKind.ESTIMATE,
        "I can say when it will be fixed",
        (Field("until", "When", "by 18:00 UTC"), Field("basis", "On what basis", "half of the queue has been moved")),
        "Set this estimate in my name",
    ),
    Form(
        ActKind.REPAIR,
        "This is what helped",
        (Field("repair", "What was done", "we moved the old logs to another disk"),),
        "Say what helped",
        outlasts=True,
    ),
    Form(
        ActKind.LOSS,
        "Whether data was lost",
        (Field("loss", "What was lost", "none; what was waiting has been sent"),),
        "Say what was lost",
        outlasts=True,
    ),
    Form(
        ActKind.AMENDS,
        "How we make it good",
        (Field("amends", "What we give", "a day's fee is taken off every bill for November"),),
        "Say how we make it good",
        outlasts=True,
    ),
    Form(
        ActKind.NO_AMENDS,
        "Nothing is given for it",
        (Field("because", "None, because", "it lasted four minutes, at night, and nobody lost anything"),),
        "Say why nothing is given",
        outlasts=True,
    ),
    Form(
        ActKind.FACTOR,
        "What made it possible, or made it last",
        (Field("factor", "A condition, not a person", "nobody is called when the disk is nearly full"),),
        "Add it to the review",
        outlasts=True,
    ),
    Form(
        ActKind.CORRECTION,
        "Something that we published was wrong",
        (
            Field("wrong", "We said (its very words; its title takes all of it back)", "Website passes our checks"),
            Field("truth", "What is so instead", "Website fails too, since 14:10 UTC"),
        ),
        "Draft the correction",
        quotes=True,
        outlasts=True,
    ),
    Form(
        ActKind.FALSE_ALARM,
        "It was a false alarm",
        (Field("alarm", "Why nothing was wrong for customers", "our check used a password that had expired"),),
        "Draft the retraction of all that we published of it",
        answers=True,
        outlasts=True,
    ),
)
BY_KIND: Final = {form.kind.value: form for form in FORMS}


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says what of an incident, line by line; ``seen`` is the last such act that they knew, None if any will do."""

    incident_id: int
    person_id: int
    form: Form
    lines: tuple[str, ...]
    seen: int | None


async def post(visit: Visit) -> web.Response:
    """Write down what a human says happened; it is their words, with their name, that notices quote."""
    form = BY_KIND.get(visit.field("kind"))
    if form is None:
        raise Refusal(422, "Not written down: nobody here knows that kind of act.", "Use a form of the page.")
    lines = [_line(visit, field) for field in form.fields]
    known = number(visit.field("seen"))
    async with visit.seat.ledger.write() as s:
        await say(s, Saying(visit.number(), visit.person_id, form, tuple(lines), known), visit.now)
    await visit.settled()
    return visit.goto(home(visit), "told")


async def say(s: AsyncSession, saying: Saying, now: datetime) -> Act:
    """Write it down, unless the incident no longer takes it, or somebody has said something else since ``seen``."""
    incident = await incidents.get(s, saying.incident_id)
    if incident is None:
        raise Refusal(404, "There is no such incident.", "The overview shows what is open and what was.")
    if saying.form not in open_forms(incident):
        raise Refusal(409, "Not written down: this incident is over.", "No draft can say it any more.")
    _check_published(saying.form, saying.lines, await _published(s, saying.incident_id))
    words = "\n".join(saying.lines)
    try:
        return await claims.say(s, incident.id, saying.person_id, saying.form.kind, words, saying.seen, now)
    except Stale as stale:
        raise Refusal(409, f"Not written down: {stale}.", "Open the page anew: it shows what they said.") from stale


def open_forms(incident: Incident) -> tuple[Form, ...]:
    """What may be said of an incident as it stands: of one that is over, what is still to be set right."""
    if incident.resolved_at is None:
        return FORMS
    return tuple(form for form in FORMS if form.outlasts) if incident.confirmed_at else ()


def offered(incident: Incident, *, told: bool) -> tuple[Form, ...]:
    """The same without what makes no sense as long as nothing of it is public."""
    return tuple(form for form in open_forms(incident) if told or not (form.quotes or form.answers))


def home(visit: Visit) -> str:
    """The page that the form stood on: a draft's, or the incident's own."""
    update = number(visit.field("update"))
    return f"/updates/{update}" if update else f"/incidents/{visit.number()}"


async def _published(s: AsyncSession, incident_id: int) -> list[Said]:
    """What we have said of an incident, and can neither change nor take away."""
    return [
        drafts.said(update, approval.at)
        for update in await drafts.of_incident(s, incident_id)
        if (approval := await approvals.of_update(s, update.id))
    ]


def _check_published(form: Form, lines: Sequence[str], published: Sequence[Said]) -> None:
    if form.quotes and not any(said.holds(lines[0]) for said in published):
        raise Refusal(
            422,
            "Not written down: nothing that we published here holds these words.",
            "Copy them from the message, as customers read it.",
        )
    if form.answers and not published:
        raise Refusal(
            409,
            "Not written down: nothing was published of this incident, so there is nothing to take back.",
            "If a draft waits, reject it, with the reason.",
        )


def _line(visit: Visit, field: Field) -> str:
    """One field as one line: a line break is what parts the fields in the record."""
    words = one_line(visit.field(field.name))
    if not 0 < len(words) <= WORDS_CHARS_MAX:
        raise Refusal(
            422,
            f"Not written down: “{field.label}” needs from 1 to {WORDS_CHARS_MAX} letters.",
            f"For example: {field.example}.",
        )
    return words
