"""What a call says: short, plain, in the words of the draft, and without anything that must stay inside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from monitor.calls.ladder import Wanted
from monitor.calls.matter import Matter
from monitor.models import Signal, Why

TITLE_CHARS_MAX: Final = 200

_TITLES: Final = {
    Why.CONFIRMED: "{subject}",
    Why.APPROVAL: "A draft waits for a yes or a no: {subject}",
    Why.DUE: "Update due at {promised}: {subject}",
    Why.LATE: "Update late, promised for {promised}: {subject}",
    Why.BLIND: "Ownup cannot see what customers see",
}
_TEXTS: Final = {
    Why.CONFIRMED: "Nobody has taken it up yet. Open it and press “I am looking at it”, and these calls stop.",
    Why.APPROVAL: "It has waited for too long. Read it, and say yes or no.",
    Why.DUE: "Customers were promised the next word by {promised}. What we can say lies ready.",
    Why.LATE: "Customers were promised the next word by {promised}, and have not had it. Even no news is news to them.",
    Why.BLIND: "{subject}. Nothing is called down meanwhile, so an outage would go unnoticed.",
}

_BACK: Final = (
    "It fails again, and {first} had it in hand. Open it and press “I am looking at it”, and these calls stop."
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one call."""

    title: str
    text: str


def say(matter: Matter, wanted: Wanted, *, url: str, timezone: str) -> Words:
    """What this call says about a matter; ``url`` is where the desk is."""
    facts = {"subject": matter.subject, "promised": _clock(matter.promised, timezone), "first": matter.first}
    title = _TITLES[matter.why].format(**facts)
    if wanted.signal is Signal.TAKEN:
        return Words(
            _cut(f"{matter.taken_by} looks at it: {matter.subject}"), _lines("You need not come.", url + matter.path)
        )
    again = "Again: " if wanted.round else ""
    text = _BACK if matter.why is Why.CONFIRMED and matter.first else _TEXTS[matter.why]
    return Words(_cut(again + title), _lines(matter.short, text.format(**facts), url + matter.path))


def farewell(title: str, link: str) -> Words:
    """What those are told who were called by ``title``, now that nobody need come."""
    return Words(_cut(f"Over: {title}"), _lines("Nobody need come any more.", link))


def _clock(at: datetime | None, timezone: str) -> str:
    return f"{at.astimezone(ZoneInfo(timezone)):%H:%M %Z}" if at else ""


def _cut(title: str) -> str:
    return title if len(title) <= TITLE_CHARS_MAX else f"{title[: TITLE_CHARS_MAX - 1]}…"


def _lines(*lines: str) -> str:
    return "\n\n".join(line for line in lines if line)
