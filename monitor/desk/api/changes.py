"""Changes: what is another in a draft than when a program got it, word by word, as the desk shows it."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from monitor.desk.api.ask import Ask
from monitor.desk.api.drafts import tag
from monitor.desk.api.words import RowNumber
from monitor.desk.change import Change, between
from monitor.ledger import drafts
from monitor.ledger.errors import Missing


class Since(BaseModel):
    """The revision that was got."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: RowNumber


class Span(BaseModel):
    """Some words that stayed, went, or came."""

    how: Literal["same", "gone", "new"]
    text: str


class Changed(BaseModel):
    """One fact, or one form of the words, with what went and what came."""

    what: str
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, change: Change) -> Self:
        """As it was found."""
        return cls(what=change.what, spans=tuple(Span(how=span.how, text=span.text) for span in change.spans))


class ChangeList(BaseModel):
    """All that changed; ``revision`` and ``etag`` are those of the draft as it is now."""

    revision: int
    etag: str
    items: tuple[Changed, ...]


async def since(ask: Ask, number: int, query: Since) -> ChangeList:
    """Tell what changed in a draft since a revision of it, in its facts and its words; nothing if it is still that."""
    async with ask.read() as s:
        update = await drafts.get(s, number)
        opened = await drafts.revision(s, number, query.since)
    if update is None or opened is None:
        raise Missing("there is no such draft, or it never was that revision")
    items = tuple(map(Changed.of, between(opened, update, ask.times)))
    return ChangeList(revision=update.revision, etag=tag(update), items=items)
