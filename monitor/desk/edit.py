"""Editing a draft: a human's words for it, kept beside what the program wrote, and never over somebody else's."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from drafts.notice import Notice
from monitor.desk import update as page
from monitor.desk.decide import ADVICE
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import drafts
from monitor.ledger.errors import Refused, Stale
from monitor.markdown import honest

LIMITS: Final = {"title": 200, "body": 6000, "short": 280, "spoken": 3000}


async def get(visit: Visit) -> web.Response:
    """Show the words in a form."""
    try:
        return await _form(visit)
    except Refused:
        return visit.goto(f"/updates/{visit.number()}")


async def post(visit: Visit) -> web.Response:
    """Save the words as the draft's next revision."""
    words = {name: honest(visit.field(name)).strip() for name in LIMITS}
    wrong = [name for name, most in LIMITS.items() if not 0 < len(words[name]) <= most]
    if wrong:
        advice = "; ".join(
            f"{name}: from 1 to {LIMITS[name]} letters, and yours has {len(words[name])}" for name in wrong
        )
        raise await _refusal(visit, words, Refusal(422, "Not saved.", f"{advice}."))
    try:
        await _save(visit, Notice(**words))
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


async def _save(visit: Visit, notice: Notice) -> None:
    revision = visit.field("revision")
    seen = int(revision) if revision.isdecimal() else 0
    async with visit.seat.ledger.write() as s:
        await drafts.edit(s, visit.number(), visit.person_id, seen, notice, visit.now)


async def _refusal(visit: Visit, words: Mapping[str, str], refusal: Refusal) -> Refusal:
    refusal.shown = await _form(visit, words=words, refusal=refusal)
    return refusal


async def _form(
    visit: Visit, *, words: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> web.Response:
    async with visit.seat.ledger.read() as s:
        if await drafts.get(s, visit.number()) is None:
            raise page.missing()
        draft = await drafts.unanswered(s, visit.number())
    return visit.page(
        "edit.html",
        status=refusal.status if refusal else 200,
        update=draft,
        words=words or {name: getattr(draft, name) for name in LIMITS},
        limits=LIMITS,
        seen=lambda: page.seen(draft),
        refusal=refusal,
        changed=await page.changes(visit, draft) if refusal else (),
    )
