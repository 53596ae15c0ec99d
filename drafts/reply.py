"""The reply kit: an angry message gets its questions answered in public, and an invitation to talk in private.

The questions are found by plain words, and whoever answers is told which were found. What is known is said, what is not
is said to be unknown, and nothing asks anybody to take their words down.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final

from drafts.facts import Facts
from drafts.markdown import one_line
from drafts.notice import IncompleteFacts
from drafts.phrases import TEMPLATES, phrases
from drafts.rules.vocabulary import Vocabulary
from drafts.slots import Slots
from drafts.wording import ours

MESSAGE_CHARS_MAX: Final = 5000


class Question(StrEnum):
    """What people ask in an outage; each has its words, and its answer, in every language."""

    FIXED = "fixed"
    WHY = "why"
    LOST = "lost"
    AMENDS = "amends"
    TOLD = "told"
    LASTS = "lasts"
    OTHERS = "others"
    MEANWHILE = "meanwhile"


@dataclass(frozen=True, slots=True)
class House:
    """What a house says to everybody: where a person can be reached, and what can be counted on for compensation."""

    contact: str = ""
    credit_policy: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The questions that were found, the answer for all to read, and the invitation for one."""

    language: str
    questions: tuple[Question, ...]
    public: str
    private: str


@dataclass(frozen=True, slots=True)
class _Aside:
    """What an answer needs beside the slots. ``is_late`` where we promised a word and have not kept it."""

    first_said_at: datetime | None
    contact: str
    credit_policy: str
    is_late: bool


def language_of(message: str, default: str) -> str:
    """The language in which most of its questions are asked; ``default`` where none is."""
    found = {one: len(questions(message, one)) for one in sorted(path.name for path in TEMPLATES.iterdir())}
    best = max(found, key=lambda one: (found[one], one == default))
    return best if found[best] else default


def questions(message: str, language: str) -> tuple[Question, ...]:
    """What it asks, by the words of this language; of a long message only the beginning is read."""
    words, text = _words(language), message[:MESSAGE_CHARS_MAX].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return tuple(question for question in Question if words[question].search(text))


def reply(message: str, facts: Facts, house: House) -> Reply:
    """Answer a message from these facts, in their language. Raises IncompleteFacts if nothing is affected."""
    if not facts.affected:
        raise IncompleteFacts("an answer names what is affected, and these facts name nothing")
    asked = questions(message, facts.language)
    words = ours(facts.language)
    slots = Slots.fill(facts, words.phrases, one_line)
    aside = _Aside(
        first_said_at=facts.said[0].at if facts.said else None,
        contact=one_line(house.contact),
        credit_policy=one_line(house.credit_policy),
        is_late=bool(facts.next_update and facts.at and facts.next_update < facts.at),
    )

    def part(name: str) -> str:
        return one_line(str(words.part("reply", name)(slots, aside)))

    answers = [part(question) for question in asked] or [part("stands")]
    return Reply(
        facts.language, asked, " ".join(filter(None, (*dict.fromkeys(answers), part("following")))), part("private")
    )


@cache
def _words(language: str) -> Vocabulary:
    phrases(language)  # an unknown language is named as such, not as a missing file
    return Vocabulary(tomllib.loads((TEMPLATES / language / "questions.toml").read_text(encoding="utf-8")))
