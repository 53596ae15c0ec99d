"""Grounds: which numbers and times of a text stand in no fact, so that nobody measured them and nobody said them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from drafts.facts import Facts
from drafts.phrases import Phrases
from drafts.slots import CHECKED_MAX, NAMES_MAX
from drafts.times import Teller

_NOT_TOLD: Final = frozenset({"evidence", "title", "body"})
"""The ids of records; and our earlier messages, whose numbers were those of their own time."""
_NUMBER: Final = re.compile(r"\d+(?::\d+)?")


def invented(text: str, held: frozenset[str]) -> tuple[str, ...]:
    """The numbers and times of a text that are none of those ``held``, in the order of reading."""
    return tuple(number for number in _NUMBER.findall(text) if number not in held)


def held(facts: Facts, words: Phrases) -> frozenset[str]:
    """Every number and every time that the facts can account for, as this language tells it."""
    return frozenset(_held(facts, words))


def _held(facts: Facts, words: Phrases) -> Iterator[str]:
    teller = Teller(ZoneInfo(facts.timezone), words)
    for value in _values(asdict(facts)):
        yield from _told(value, teller)
    yield from (str(len(facts.working) - NAMES_MAX), str(len(facts.checked) - CHECKED_MAX))
    if facts.past:
        yield from (str(len(facts.past.promises)), str(len(facts.past.broken)))
    for end in (facts.at, facts.recovered_at, facts.silent_until, facts.past and facts.past.told_at):
        yield from _NUMBER.findall(teller.lasted(facts.since, end)) if end else ()


def _told(value: object, teller: Teller) -> Iterable[str]:
    if isinstance(value, datetime):
        local = value.astimezone(teller.zone)
        return (f"{local:%H:%M}", str(local.day), str(local.year), *_NUMBER.findall(teller.zone_of(local)))
    if isinstance(value, date):
        return (str(value.day), str(value.year))
    return _NUMBER.findall(str(value)) if isinstance(value, (str, int)) else ()


def _values(value: object) -> Iterator[object]:
    """Everything that the facts hold, however deep."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name not in _NOT_TOLD:
                yield from _values(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _values(one)
    else:
        yield value
