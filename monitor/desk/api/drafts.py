"""Drafts: the list of those that wait, one with all that a yes rests on, and a human's words for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import UpdateKind
from drafts.honesty import Level
from drafts.notice import FORMS, Notice
from monitor.desk.api.ask import Ask
from monitor.desk.api.endpoint import Version
from monitor.desk.api.words import Given, Moment, Nothing, Paged, Text
from monitor.desk.dossier import Dossier, read
from monitor.desk.edit import restore, save
from monitor.desk.honesty import Found, blocking, findings
from monitor.desk.plain import known, unknown
from monitor.desk.telling import Telling, tellings
from monitor.ledger import claims, drafts
from monitor.ledger.errors import Missing, Stale
from monitor.models import Delivery, DeliveryState, IncidentUpdate, Stage

_TAG_CHARS = 12


class DraftLine(BaseModel):
    """A draft in a list. ``etag`` names the very words and facts that it has now."""

    id: int
    incident: int
    kind: UpdateKind
    title: str
    short: str
    revision: int
    etag: str
    waits_since: datetime
    next_update_at: datetime | None

    @classmethod
    def of(cls, update: IncidentUpdate) -> Self:
        """As the record has it."""
        told = update.model_dump(include={"id", "kind", "title", "short", "revision", "next_update_at"})
        return cls(incident=update.incident_id, etag=tag(update), waits_since=update.created_at, **told)


class DraftList(BaseModel):
    """A part of the list, the oldest first; ``next`` is the cursor of the part behind it."""

    items: tuple[DraftLine, ...]
    next: str | None


class Words(BaseModel):
    """A notice in one language; ``body`` is our little Markdown."""

    language: str
    title: str
    body: str
    short: str
    spoken: str

    @classmethod
    def of(cls, telling: Telling) -> Self:
        """As the record has it."""
        notice = telling.notice
        return cls(
            language=telling.language, title=notice.title, body=notice.body, short=notice.short, spoken=notice.spoken
        )


class Finding(BaseModel):
    """What the rules of honesty find; a ``B`` blocks an approval that gives no reason."""

    rule: str
    level: Level
    language: str
    words: str
    why: str
    instead: str

    @classmethod
    def of(cls, found: Found) -> Self:
        """As the rules have it."""
        one = found.finding
        return cls(
            rule=one.rule, level=one.level, language=found.language, words=one.words, why=one.why, instead=one.instead
        )


class Fact(BaseModel):
    """One fact that the words rest on."""

    about: str
    sentence: str


class Sent(BaseModel):
    """One sending of approved words; ``id`` is what sending it once more refers to."""

    id: int
    channel: str
    state: DeliveryState
    attempts: int
    delivered_at: datetime | None
    error: str

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """As the record has it."""
        return cls(**delivery.model_dump(include=set(cls.model_fields)))


class Yes(BaseModel):
    """Who approved it, and the hash of the very words they saw."""

    by: str
    at: datetime
    text_sha256: str


class DraftWhole(DraftLine):
    """One message of an incident, whatever became of it, with all that a yes rests on.

    It ``waits`` until somebody has answered, and is ``ready`` once it may be approved; a yes repeats ``text_sha256``.
    """

    stage: Stage
    waits: bool
    ready: bool
    text_sha256: str
    languages: tuple[Words, ...]
    facts: tuple[Fact, ...]
    unknown: tuple[str, ...]
    findings: tuple[Finding, ...]
    blocked_by: tuple[str, ...]
    carried_by: tuple[str, ...]
    left_out: dict[str, str]
    taken_by: str | None
    edited_by: str | None
    agreed_by: tuple[str, ...]
    approval: Yes | None
    rejected_by: str | None
    reject_reason: str | None
    withdrawn_at: datetime | None
    deliveries: tuple[Sent, ...]


def _limit(form: str) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=FORMS[form])


class Wording(Given):
    """Words for one language, within the limits of the desk's form."""

    title: Annotated[Text, _limit("title")]
    body: Annotated[Text, _limit("body")]
    short: Annotated[Text, _limit("short")]
    spoken: Annotated[Text, _limit("spoken")]

    def notice(self) -> Notice:
        """As the record keeps it."""
        return Notice(self.title, self.body, self.short, self.spoken)


class Edit(Wording):
    """Words for the draft: those of its first language, and ``translations`` for each other that it is told in."""

    translations: Annotated[
        dict[Annotated[str, StringConstraints(pattern="^[a-z]{2}$")], Wording], Field(max_length=8)
    ] = Field(default_factory=dict)

    def notice(self) -> Notice:
        """As the record keeps it."""
        others = tuple((language, words.notice()) for language, words in self.translations.items())
        return Notice(self.title, self.body, self.short, self.spoken, translations=others)


class Promised(Given):
    """By when the next word is due."""

    at: Moment


async def listed(ask: Ask, query: Paged) -> DraftList:
    """List the drafts that wait for a human, the oldest first."""
    async with ask.read() as s:
        waiting = [update for update in await drafts.waiting(s) if update.id > (query.beyond or 0)]
    items = tuple(map(DraftLine.of, waiting[: query.limit]))
    return DraftList(items=items, next=str(items[-1].id) if len(waiting) > query.limit else None)


async def get(ask: Ask, number: int) -> DraftWhole:
    """Get one message of an incident, with all that a yes rests on. Its ETag is what answers to it must show."""
    async with ask.read() as s:
        return await whole(s, ask, number)


async def edit(ask: Ask, number: int, version: Version, given: Edit) -> DraftWhole:
    """Put a person's words in the place of the draft's. Nothing is published by it."""
    async with ask.write() as s:
        seen = await unchanged(s, number, version)
        await save(s, number, ask.person_id, seen.revision, given.notice(), ask.now)
        return await whole(s, ask, number)


async def ours(ask: Ask, number: int, version: Version, given: Nothing) -> DraftWhole:
    """Drop an edit: put our own words, by what is known now, in its place."""
    del given
    async with ask.write() as s:
        seen = await unchanged(s, number, version)
        await restore(s, number, ask.person_id, seen.revision, seen.facts_sha256, ask.now, own=ask.seat.own)
        return await whole(s, ask, number)


async def promise(ask: Ask, number: int, version: Version, given: Promised) -> DraftWhole:
    """Choose when the next word is due, within the limit. The draft says so a moment later, as a new version."""
    async with ask.write() as s:
        seen = await unchanged(s, number, version)
        await claims.promise(s, number, ask.person_id, revision=seen.revision, at=given.at, now=ask.now)
        return await whole(s, ask, number)


async def unchanged(s: AsyncSession, number: int, version: Version) -> IncidentUpdate:
    """The draft, if it waits and is the version that the program has shown. Raises Stale, AlreadyApproved or Gone."""
    draft = await drafts.unanswered(s, number)
    if version != tag(draft):
        raise Stale(f"the draft changed since you got it: it is revision {draft.revision} now")
    return draft


def tag(update: IncidentUpdate) -> str:
    """The entity tag of a draft: another for other words, and for other facts under the same words."""
    return f'"{update.revision}-{update.text_sha256[:_TAG_CHARS]}-{update.facts_sha256[:_TAG_CHARS]}"'


async def whole(s: AsyncSession, ask: Ask, number: int) -> DraftWhole:
    """One message as it stands in this session. Raises Missing."""
    dossier = await read(s, ask.seat, number, ask.person_id, ask.now)
    if dossier is None:
        raise Missing("there is no such draft")
    update = dossier.update
    found = findings(update, dossier.circumstances, ask.now) if dossier.waits else ()
    return DraftWhole(
        **DraftLine.of(update).model_dump(),
        stage=update.stage,
        waits=dossier.waits,
        ready=dossier.ready,
        text_sha256=update.text_sha256,
        languages=tuple(map(Words.of, tellings(update))),
        facts=tuple(Fact(about=one.about, sentence=one.sentence) for one in known(dossier.facts, ask.times)),
        unknown=unknown(dossier.facts),
        findings=tuple(map(Finding.of, found)),
        blocked_by=blocking(found),
        carried_by=tuple(channel.name for channel in dossier.carriers.carried),
        left_out=dict(dossier.carriers.left_out),
        **_answered(dossier),
    )


def _answered(dossier: Dossier) -> Mapping[str, object]:
    """What people did to it."""
    update, names, yes = dossier.update, dossier.names, dossier.approval
    return {
        "taken_by": dossier.taken_by,
        "edited_by": names.get(update.edited_by or 0),
        "agreed_by": tuple(names[one.person_id] for one in dossier.agreed),
        "approval": Yes(by=names[yes.person_id], at=yes.at, text_sha256=yes.text_sha256) if yes else None,
        "rejected_by": names.get(update.rejected_by or 0),
        "reject_reason": update.reject_reason,
        "withdrawn_at": update.withdrawn_at,
        "deliveries": tuple(map(Sent.of, dossier.deliveries)),
    }
