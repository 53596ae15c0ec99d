"""An offer: what our own words say by now, where reality has moved on under a human's edit; it is merged by nobody."""

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import Facts
from drafts.notice import IncompleteFacts
from monitor.desk.change import Change, worded
from monitor.desk.telling import LANGUAGES
from monitor.ledger import drafts
from monitor.models import IncidentUpdate
from monitor.overrides import Overrides


async def offer(s: AsyncSession, update: IncidentUpdate, own: Overrides) -> tuple[Change, ...]:
    """What changed in our words since a human edited them, in every language; nothing if the facts have not moved."""
    edit = await drafts.first_worded(s, update) if update.edited_by is not None else None
    if edit is None or edit.facts_sha256 == update.facts_sha256:
        return ()
    try:
        before, after = (own.write(update.kind, Facts.from_json(facts)) for facts in (edit.facts, update.facts))
    except IncompleteFacts:
        return ()
    changes = list(worded(before.told_in(update.language), after.told_in(update.language)))
    for language, words in after.translations:
        changes += worded(before.told_in(language), words, f"{LANGUAGES.get(language, language)}: ")
    return tuple(changes)
