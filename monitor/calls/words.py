"""What a call says: short, plain, in the words of the draft, and without anything that must stay inside.

It is said in the language of who is called, and so are the draft's words where it is told in that one, too.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from monitor.calls.ladder import Wanted
from monitor.calls.matter import Matter
from monitor.markdown import visible
from monitor.models import Signal, Why

TITLE_CHARS_MAX: Final = 200
FOLDER: Final = files("monitor.calls") / "phrases"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one call."""

    title: str
    text: str


@cache
def phrases(language: str) -> Mapping[str, str]:
    """What calls say in one language."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def say(matter: Matter, wanted: Wanted, *, url: str, timezone: str, language: str = "en") -> Words:
    """What this call says about a matter; ``url`` is where the desk is."""
    told, (subject, short) = phrases(language), matter.abroad.get(language, (matter.subject, matter.short))
    facts = {"subject": subject, "promised": _clock(matter.promised, timezone), "first": matter.first}
    title = told[matter.why].format(**facts)
    link = url + matter.path
    if wanted.signal is Signal.TAKEN:
        return Words(
            _cut(told["taken"].format(taken_by=matter.taken_by, subject=subject)), _lines(told["taken_text"], link)
        )
    what = "back" if matter.why is Why.CONFIRMED and matter.first else matter.why
    again = told["again"].format(title=title) if wanted.round else title
    return Words(_cut(again), _lines(short, told[f"{what}_text"].format(**facts), link))


def farewell(title: str, link: str, language: str = "en") -> Words:
    """What those are told who were called by ``title``, now that nobody need come."""
    told = phrases(language)
    return Words(_cut(told["over"].format(title=title)), _lines(told["over_text"], link))


def _clock(at: datetime | None, timezone: str) -> str:
    return f"{at.astimezone(ZoneInfo(timezone)):%H:%M %Z}" if at else ""


def _cut(title: str) -> str:
    """One line, in which nothing turns or hides what stands beside it on whatever screen it comes to."""
    title = visible(" ".join(title.split()))
    return title if len(title) <= TITLE_CHARS_MAX else f"{title[: TITLE_CHARS_MAX - 1]}…"


def _lines(*lines: str) -> str:
    return "\n\n".join(visible(line) for line in lines if line)
