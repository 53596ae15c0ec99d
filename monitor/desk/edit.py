"""Editing a draft: a human's words for it, kept beside what the program wrote, and never over somebody else's."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts
from drafts.notice import FORMS, Notice
from monitor.desk import update as page
from monitor.desk.decide import ADVICE
from monitor.desk.number import number
from monitor.desk.telling import LANGUAGES, tellings
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import drafts
from monitor.ledger.errors import Refused, Stale
from monitor.markdown import honest
from monitor.models import IncidentUpdate
from monitor.overrides import Overrides


async def get(visit: Visit) -> web.Response:
    """Show the words in a form."""
    try:
        return await _form(visit)
    except Refused:
        return visit.goto(f"/updates/{visit.number()}")


async def post(visit: Visit) -> web.Response:
    """Save the words as the draft's next revision."""
    languages = tuple(language for language in LANGUAGES if field(language, "title") in visit.form)
    limits = dict(_limits(languages))
    words = {name: _typed(visit, name) for name in limits}
    wrong = [name for name, most in limits.items() if not 0 < len(words[name]) <= most]
    if wrong:
        advice = "; ".join(
            f"{name}: from 1 to {limits[name]} letters, and yours has {len(words[name])}" for name in wrong
        )
        raise await _refusal(visit, words, Refusal(422, "Not saved.", f"{advice}."))
    try:
        async with visit.seat.ledger.write() as s:
            await save(s, visit.number(), visit.person_id, _seen(visit), _notice(words, languages), visit.now)
    except Stale:
        refusal = Refusal(
            409,
            "Not saved: the draft changed while you were writing.",
            "Your words are still in the form. Read what changed, put it in, and save again.",
        )
        raise await _refusal(visit, words, refusal) from None
    except Refused as refused:
        refusal = Refusal(409, f"Not saved: {refused}.", ADVICE.get(type(refused), ""))
        refusal.shown = await page.show(visit, refusal=refusal)
        raise refusal from refused
    return visit.goto(f"/updates/{visit.number()}", "edited")


async def ours(visit: Visit) -> web.Response:
    """Put our own words, by the facts of now, in the place of an edit that reality has overtaken."""
    try:
        async with visit.seat.ledger.write() as s:
            await restore(
                s, visit.number(), visit.person_id, _seen(visit), visit.field("facts"), visit.now, own=visit.seat.own
            )
    except Refused as refused:
        refusal = Refusal(409, f"Not done: {refused}.", ADVICE.get(type(refused), ""))
        refusal.shown = await page.show(visit, refusal=refusal)
        raise refusal from refused
    return visit.goto(f"/updates/{visit.number()}", "ours")


def _typed(visit: Visit, name: str) -> str:
    """What somebody typed, without what hides or turns text; a title is one line."""
    words = honest(visit.field(name)).strip()
    return " ".join(words.split()) if name.endswith("title") else words


def _seen(visit: Visit) -> int:
    return number(visit.field("revision")) or 0


def field(language: str, form: str) -> str:
    """What a form of a further language is called in the page's form; those of the leading one have plain names."""
    return f"{language}-{form}"


def _limits(languages: Iterable[str]) -> Iterable[tuple[str, int]]:
    yield from FORMS.items()
    for language in languages:
        yield from ((field(language, form), most) for form, most in FORMS.items())


def _notice(words: Mapping[str, str], languages: Iterable[str]) -> Notice:
    def told(named: Callable[[str], str]) -> Notice:
        return Notice(words[named("title")], words[named("body")], words[named("short")], words[named("spoken")])

    others = tuple((one, told(partial(field, one))) for one in languages)
    return replace(told(str), translations=others)


async def save(s: AsyncSession, update_id: int, person_id: int, seen: int, notice: Notice, now: datetime) -> None:
    """Take a human's words for a draft that is still the revision that they saw, in every language that it is told in.

    Raises Stale, AlreadyApproved or Gone.
    """
    draft = await drafts.unanswered(s, update_id)
    told = dict(drafts.notice_of(draft).translations)
    if told.keys() != dict(notice.translations).keys():
        raise Stale("it is told in other languages now")
    await drafts.edit(s, update_id, person_id, seen, notice, now)


async def restore(  # noqa: PLR0913 - a hand's deed is what they saw, and whose words take its place
    s: AsyncSession, update_id: int, person_id: int, seen: int, facts: str, now: datetime, *, own: Overrides
) -> None:
    """Put our templates' words, by facts of this hash, in place of an edit. Raises Stale, AlreadyApproved or Gone."""
    draft = await drafts.unanswered(s, update_id)
    if draft.facts_sha256 != facts:
        raise Stale("its facts changed")
    notice = own.write(draft.kind, Facts.from_json(draft.facts))
    await drafts.edit(s, draft.id, person_id, seen, notice, now, ours=True)


async def _refusal(visit: Visit, words: Mapping[str, str], refusal: Refusal) -> Refusal:
    refusal.shown = await _form(visit, words=words, refusal=refusal)
    return refusal


def _overtaken(visit: Visit, draft: IncidentUpdate) -> str:
    """What an open form is told by its live connection; the words in it stay as they are."""
    stale = "Live" in visit.request.headers and visit.request.query.get("since") != str(draft.revision)
    return "The draft has changed while you write. Saving shows you how, and loses nothing of yours." if stale else ""


async def _form(
    visit: Visit, *, words: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> web.Response:
    async with visit.seat.ledger.read() as s:
        if await drafts.get(s, visit.number()) is None:
            raise page.missing()
        draft = await drafts.unanswered(s, visit.number())
    presence = visit.desk.streams.presence
    if visit.person:
        presence.note(draft.id, (visit.person_id, visit.person.name), visit.now, edits=True)
    return visit.page(
        "edit.html",
        status=refusal.status if refusal else 200,
        again=f"/updates/{draft.id}/edit",
        live=f"/updates/{draft.id}/edit?since={draft.revision}",
        overtaken=_overtaken(visit, draft),
        others=presence.others(draft.id, visit.person_id, visit.now),
        update=draft,
        words={**dict(_present(drafts.notice_of(draft))), **(words or {})},
        tellings=tellings(draft),
        field=field,
        limits=FORMS,
        seen=lambda: page.seen(draft),
        refusal=refusal,
        changed=await page.changes(visit, draft) if refusal else (),
    )


def _present(notice: Notice) -> Iterable[tuple[str, str]]:
    """Every word of a draft, under the names of the form."""
    yield from ((form, getattr(notice, form)) for form in FORMS)
    for language, told in notice.translations:
        yield from ((field(language, form), getattr(told, form)) for form in FORMS)
