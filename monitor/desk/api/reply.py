"""Reply: a stranger's message answered from the record, and what its incident comes to by each plan."""

from typing import Annotated, Self

from pydantic import BaseModel, StringConstraints

from drafts.reply import MESSAGE_CHARS_MAX, Question
from monitor.desk import reparation
from monitor.desk.api.ask import Ask
from monitor.desk.api.words import Given, Text
from monitor.desk.reply import about, answered
from monitor.ledger.errors import Missing


class Message(Given):
    """What somebody wrote to us; it is not stored."""

    message: Annotated[Text, StringConstraints(min_length=1, max_length=MESSAGE_CHARS_MAX)]


class Answer(BaseModel):
    """An answer for all to read, and one for who wrote, in the language of the message. ``asks`` is what it asks."""

    language: str
    asks: tuple[Question, ...]
    public: str
    private: str


class Worked(BaseModel):
    """One component in one month by one plan, in words: what was measured, and what it comes to."""

    plan: str
    component: str
    month: str
    is_over: bool
    measured: dict[str, str]
    uptime: str
    owed: str
    at_worst: str
    given: str
    offer: str

    @classmethod
    def of(cls, line: reparation.Line) -> Self:
        """As it was worked out."""
        told = {name: getattr(line, name) for name in cls.model_fields}
        return cls(**{**told, "measured": dict(line.measured)})


class Reparation(BaseModel):
    """What an incident's months come to, and what a human has decided, "" as yet; the acts ``amends`` decide."""

    incident: int
    decision: str
    lines: tuple[Worked, ...]


async def reply(ask: Ask, number: int, given: Message) -> Answer:
    """Answer a message about an incident from what the record knows, in the person's name. Nothing of it is stored."""
    async with ask.read() as s:
        chosen = next((one for one in await about(s) if one.incident.id == number), None)
    if chosen is None:
        raise Missing("there is no such incident that people may write about now")
    told = answered(ask.seat, chosen, given.message, by=ask.bearer.person.name, now=ask.now)
    return Answer(language=told.language, asks=told.questions, public=told.public, private=told.private)


async def owed(ask: Ask, number: int) -> Reparation:
    """Work out what each plan's terms owe for an incident. Nothing is offered by it: a named human decides."""
    sheet = await reparation.worksheet(ask.seat, number, ask.times)
    return Reparation(incident=number, decision=sheet.decision, lines=tuple(map(Worked.of, sheet.lines)))
