"""Beginnings: the time that a text gives for the start of an outage, held against the first failed look."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from drafts.facts import Facts
from drafts.rules.clock import ahead
from drafts.rules.reading import MONTH, clocks
from drafts.rules.rule import Hit, Level, Rule, Text, facts_of

LATER: Final = timedelta(minutes=2)
BEFORE_CHARS: Final = 30
HALF_DAY: Final = timedelta(hours=12)
LONG_BEFORE: Final = timedelta(days=1)
_DATE: Final = re.compile(rf"\b([0-3]?\d)(?:st|nd|rd|th)? ({MONTH}) (20\d\d)\b")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _beginnings(text: Text) -> Iterator[tuple[Hit, timedelta]]:
    """Times that the text gives for the beginning, each with how much later than the first failed look it is."""
    facts = facts_of(text)
    if facts.planned:
        return  # It begins when we say so, and not with a failed look.
    begun = [facts.since, *(one.since for one in facts.affected if one.since)]
    begun += [facts.began.at] if facts.began else []
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        for clock in clocks(sentence):
            gaps = [ahead(clock, moment, facts.timezone) for moment in begun]
            if (
                _is_beginning(sentence[: clock.start], text)
                and not text.tells(sentence, "elsewhen")
                and not any(abs(gap) <= LATER for gap in gaps)
            ):
                yield Hit(start + clock.start, start + clock.end), gaps[0]


def _is_beginning(before: str, text: Text) -> bool:
    """Whether the words before a time say that something began then: "since", "from about", "started at"."""
    words = before[-BEFORE_CHARS:].split()
    while words and text.words["about"].fullmatch(words[-1]):
        words.pop()
    begins = bool(words) and text.words["beginning"].fullmatch(words[-1]) is not None
    return begins and not text.tells(before, "recovery")


def _impossible(text: Text) -> Iterable[Hit]:
    facts = facts_of(text)
    for hit, gap in _beginnings(text):
        after_post = text.posted_at is not None and facts.since + gap > text.posted_at
        if after_post or HALF_DAY - abs(gap) <= LATER:
            yield hit
    months = {(day.year, day.month) for day in (*_record(facts), *_planned(facts))}
    for match in _DATE.finditer(text.body.text):
        if (int(match[3]), _month(match[2])) not in months and not _long_before(match, facts):
            yield Hit(*match.span())


def _record(facts: Facts) -> Iterator[datetime]:
    """Every time in the record, in UTC and as its readers see it."""
    corrected = facts.correction and facts.correction.truth
    acts = (facts.acknowledged, facts.cause, facts.estimate, facts.repair, facts.loss, facts.amends, corrected)
    begun = facts.began.at if facts.began else None
    times = [facts.since, begun, facts.last_good, facts.recovered_at, facts.watch_until, facts.next_update, facts.at]
    for moment in (*times, *(act.at for act in acts if act), *(said.at for said in facts.said), *_plans(facts)):
        if moment is not None:
            yield moment.astimezone(ZoneInfo(facts.timezone))
            yield moment.astimezone(UTC)


def _planned(facts: Facts) -> Iterator[date]:
    """The days of what a review says is done about it."""
    for action in facts.past.actions if facts.past else ():
        yield action.due_on
        if action.done_on:
            yield action.done_on


def _plans(facts: Facts) -> tuple[datetime | None, ...]:
    plan = facts.planned
    return (plan.start, plan.end, plan.told_start, plan.told_end) if plan else ()


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1


def _long_before(match: re.Match[str], facts: Facts) -> bool:
    """Whether the date lies before the record, but within a year of it: perhaps a long outage that we had not seen."""
    day = (int(match[3]), _month(match[2]), int(match[1]))
    begun = facts.since - LONG_BEFORE
    return (begun.year - 1, begun.month, begun.day) < day < (begun.year, begun.month, begun.day)


def _long_before_the_record(text: Text) -> Iterable[Hit]:
    if facts_of(text).planned:
        return
    for match in _DATE.finditer(text.body.text):
        if _long_before(match, facts_of(text)):
            yield Hit(*match.span())


def _later_than_seen(text: Text) -> Iterable[Hit]:
    return (hit for hit, gap in _beginnings(text) if LATER < gap < HALF_DAY - LATER)


BEGINNING: Final = (
    Rule(
        "M06",
        Level.BLOCK,
        "This time cannot be: it is ahead of the message, half a day off, or in another month than the record.",
        "Take the time from the record.",
        _impossible,
        needs_facts=True,
    ),
    Rule(
        "M06b",
        Level.WARN,
        "The record begins over a day later: a slip, or a long outage that we had not seen?",
        "Correct the date, or say how you know of the earlier beginning.",
        _long_before_the_record,
        needs_facts=True,
    ),
    Rule(
        "M07",
        Level.WARN,
        "Our first failed look was earlier: the outage is told shorter than it was.",
        "Give the time of the first failed look.",
        _later_than_seen,
        needs_facts=True,
    ),
)
