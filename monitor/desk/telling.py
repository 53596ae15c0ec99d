"""A Telling: the words of a notice in one of its languages, as the desk shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from drafts.notice import Notice
from monitor.desk.sheets import prose
from monitor.ledger import drafts
from monitor.models import IncidentUpdate, Revision

LANGUAGES: Final = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice in one language; ``leads`` if it is the one that the others follow."""

    language: str
    notice: Notice
    leads: bool = True

    @property
    def name(self) -> str:
        """What the language is called."""
        return LANGUAGES.get(self.language, self.language)

    @property
    def body(self) -> Markup:
        """The text as readers see it."""
        return prose(self.notice.body)


def tellings(update: IncidentUpdate) -> tuple[Telling, ...]:
    """Every language of an update, the leading one first."""
    return tuple(_tellings(update, update.language))


def of_revision(seen: Revision, language: str) -> dict[str, Notice]:
    """The words of a revision by language, where ``language`` leads."""
    return {one.language: one.notice for one in _tellings(seen, language)}


def _tellings(row: IncidentUpdate | Revision, language: str) -> Iterator[Telling]:
    notice = drafts.notice_of(row)
    yield Telling(language, notice.told_in(""))
    yield from (Telling(other, words, leads=False) for other, words in notice.translations)
