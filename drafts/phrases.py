"""The catalogue of one language: every word that a fact chooses, and how that language joins and counts.

What is common to a whole language, such as its months, its units and its plurals, comes from Babel (Unicode CLDR).
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from babel import Locale

TEMPLATES: Final = Path(__file__).parent / "templates"


class UnknownLanguage(ValueError):  # noqa: N818 - it names what is wrong, as Finding and its leaves do
    """There is no catalogue for this language."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's ``phrases.toml``. A pair of forms is (now, afterwards), or (one, many).

    ``zones`` are the abbreviations that this language has of its own, ``time_at_one`` tells the hour from 1:00, and
    ``first_day`` the first of a month, where it is no plain number. What is counted has a form for each plural
    category. ``fails`` is the verb of checks that fail now: of one, of many, and what follows it.
    """

    locale: Locale
    zones: dict[str, str]
    time: str
    time_at_one: str
    dated: str
    month_of_year: str
    percent: str
    point: str
    first_day: str
    span: str
    span_short: str
    span_long: str
    comma: str
    and_: str
    or_: str
    instant: str
    others: dict[str, str]
    subject: str
    verbs: tuple[str, ...]
    quoted: str
    then: tuple[tuple[str, str], ...]
    maybe: tuple[tuple[str, str], ...]
    maybe_so: str
    maybe_then: str
    effect: dict[str, dict[str, tuple[str, str]]]
    state: dict[str, tuple[str, str, str]]
    verb: dict[str, str]
    fails: dict[str, tuple[str, str, str]]
    saw: dict[str, str]

    @classmethod
    def of(cls, words: dict[str, Any]) -> Self:
        """A catalogue from what its file says."""
        named = {f"{key}_" if key in {"and", "or"} else key: _frozen(value) for key, value in words.items()}
        return cls(**{**named, "locale": Locale.parse(named["locale"])})

    def join(self, words: Sequence[str], last: str | None = None) -> str:
        """``a``, ``a and b``, ``a, b and c``; with ``last`` another word than "and"."""
        *head, tail = words
        return f"{self.comma.join(head)}{last or self.and_}{tail}" if head else tail

    def count(self, number: int, forms: dict[str, str]) -> str:
        """``1 other component``, ``2 other components``: the form of this language's plural category."""
        return f"{number} {forms.get(self.locale.plural_form(number)) or forms['other']}"

    def now_and_then(self, kind: str, fault: str) -> tuple[str, str] | None:
        """What a customer notices of this fault, now and afterwards; None where nobody can tell."""
        return self.effect.get(kind, {}).get(fault) or self.effect["other"].get(fault)

    def perhaps(self, effect: str) -> str:
        """An effect of which only some will notice something, told to one who may be among them."""
        return _rewrite(effect, self.maybe) or self.maybe_so.format(effect=effect)

    def perhaps_then(self, effect: str) -> str:
        """The same afterwards."""
        return self.maybe_then.format(effect=effect)

    def afterwards(self, effect: str) -> str:
        """A company's own words, told afterwards as well as a table of beginnings can."""
        return _rewrite(effect, self.then) or self.quoted.format(effect=effect)


def _rewrite(words: str, table: Sequence[tuple[str, str]]) -> str | None:
    return next((new + words.removeprefix(old) for old, new in table if words.startswith(old)), None)


@cache
def phrases(language: str) -> Phrases:
    """The catalogue of a language, read once. Raises UnknownLanguage."""
    return Phrases.of(catalogue(language))


def catalogue(language: str) -> dict[str, Any]:
    """What the file of a catalogue says. Raises UnknownLanguage."""
    path = TEMPLATES / language / "phrases.toml"
    if not language.isalpha() or not path.is_file():
        raise UnknownLanguage(f"there are no templates for the language {language!r}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _frozen(value: Any) -> Any:  # noqa: ANN401 - TOML may hold anything; the fields of Phrases say what it must
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {key: _frozen(item) for key, item in value.items()} if isinstance(value, dict) else value
