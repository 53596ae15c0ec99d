"""Time: absolute, with a zone, and a promise of the next word that is neither far nor past."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Final
from zoneinfo import ZoneInfo

from drafts.cadence import CEILING
from drafts.rules.reading import ZONE, Clock, clocks
from drafts.rules.rule import Hit, Level, Rule, Stage, Text, found, in_body, whole

ALIKE: Final = 0.9
_DAY: Final = timedelta(days=1)
_UTC: Final = frozenset({"UTC", "GMT", "Z"})

_IN_MINUTES: Final = re.compile(
    r"\b(?:in|within|every|innerhalb von|binnen|alle|dans|sous|toutes les|en|dentro de|cada)\s+"
    r"(?:(?:the next|den nächsten|les|los próximos|las próximas)\s+)?"
    r"(?P<number>\d{1,4}|an?|one|two|half an|einer|zwei|une|deux|una|dos)\s+(?P<unit>min|hour|hr|Stunde|heure|hora)",
    re.IGNORECASE,
)
_ZONE: Final = re.compile(rf"\b(?:{ZONE}|local time)\b")
_NUMBERS: Final = {
    **dict.fromkeys(("a", "an", "one", "einer", "une", "una"), 1.0),
    **dict.fromkeys(("two", "zwei", "deux", "dos"), 2.0),
    "half an": 0.5,
}


def promises(text: Text) -> Iterable[tuple[int, int]]:
    """The sentences that promise a next word at some time."""
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        timed = _IN_MINUTES.search(sentence) or next(clocks(sentence), None)
        if timed and text.tells(sentence, "promise"):
            yield start, end


def _no_promise(text: Text) -> Iterable[Hit]:
    if text.stage in {Stage.FIRST, Stage.UPDATE} and not any(True for _ in promises(text)):
        yield whole(text)


def _bad_promise(text: Text) -> Iterable[Hit]:
    if text.stage is Stage.PLANNED:
        return  # What is planned is days ahead.
    for start, end in promises(text):
        sentence = text.body.text[start:end]
        wait = _IN_MINUTES.search(sentence)
        promise = text.words["promise"].search(sentence)
        times = [time for time in clocks(sentence) if promise and promise.start() < time.start]
        if (wait and _minutes(wait) > CEILING) or any(_far_or_past(time, text) for time in times):
            yield Hit(start, end)


def _minutes(match: re.Match[str]) -> timedelta:
    number = match["number"].lower()
    count = _NUMBERS.get(number) or float(number)
    return timedelta(minutes=count) if match["unit"].lower() == "min" else timedelta(hours=count)


def _far_or_past(time: Clock, text: Text) -> bool:
    """Whether a promised time lies behind, or over an hour ahead; one without a zone can be neither kept nor broken."""
    if not time.zone:
        return True
    if text.posted_at is None or (time.zone.upper() not in _UTC and text.facts is None):
        return False
    return not timedelta(0) <= ahead(time, text.posted_at, text.facts.timezone if text.facts else "UTC") <= CEILING


def ahead(time: Clock, moment: datetime, timezone: str) -> timedelta:
    """How far a clock time, in UTC or the readers' own zone, lies from a moment: the nearest such, behind or ahead."""
    here = moment.astimezone(ZoneInfo("UTC" if time.zone.upper() in _UTC else timezone))
    gap = (timedelta(minutes=time.minutes) - timedelta(hours=here.hour, minutes=here.minute)) % _DAY
    return gap - _DAY if gap > _DAY / 2 else gap


def _zoneless(text: Text) -> Iterable[Hit]:
    for part, read in text.parts:
        for start, end in read.sentences():
            times = list(clocks(read.text[start:end]))
            if times and not any(time.zone for time in times) and not _ZONE.search(read.text, start, end):
                yield from (Hit(start + time.start, start + time.end, part) for time in times)


def _only_relative(text: Text) -> Iterable[Hit]:
    if not text.body.has_absolute_time():
        yield from in_body(found("relative")(text))


def _yearless(text: Text) -> Iterable[Hit]:
    """A page that shows when it was posted gives the year of a near day; the words alone do not."""
    level = Level.INFORM if text.posted_at and text.facts is None else None
    return (Hit(start, end, level=level) for start, end in text.body.yearless_days())


def _repeated(text: Text) -> Iterable[Hit]:
    if text.facts and text.facts.said:
        last = text.facts.said[-1].body.split()
        if SequenceMatcher(None, last, text.body.text.split(), autojunk=False).ratio() > ALIKE:
            yield whole(text)


CLOCK: Final = (
    Rule(
        "T01",
        Level.BLOCK,
        "“Soon” is a different time for everybody who waits.",
        "Give the time, with its zone; or say that you do not know when, and when you will write again.",
        found("soon"),
    ),
    Rule(
        "T02",
        Level.BLOCK,
        "Who does not know when the next word comes has to keep looking, or call.",
        "“We will write again by 14:30 UTC, even with no news.”",
        _no_promise,
        alone=Level.INFORM,
        misses="promise",
    ),
    Rule(
        "T03",
        Level.BLOCK,
        "A promise without a zone, already past, or over an hour away, cannot be relied on.",
        "Promise a time with its zone, at most 60 minutes ahead (30 for a total loss).",
        _bad_promise,
    ),
    Rule(
        "T04",
        Level.BLOCK,
        "A clock time without a zone is a different time for readers elsewhere.",
        "Add the zone, on the 24-hour clock: “14:02 UTC”.",
        _zoneless,
    ),
    Rule(
        "T05",
        Level.WARN,
        "A relative time is wrong as soon as it is read later.",
        "Give the time and its zone.",
        _only_relative,
    ),
    Rule(
        "T06",
        Level.WARN,
        "A day without its year cannot be placed by who reads it later.",
        "Add the year.",
        _yearless,
    ),
    Rule(
        "T07",
        Level.INFORM,
        "This is nearly the last message again.",
        "Say what was checked since, what it showed, and how long it has lasted.",
        _repeated,
        needs_facts=True,
    ),
)
