"""A draft offer: what is owed for a month and what is given beyond, in plain sentences for a human to decide on."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from babel.dates import format_date

from drafts.markdown import one_line
from drafts.phrases import phrases
from drafts.times import length
from drafts.wording import ours

_FILE: Final = "offer"
_MACRO: Final = "text"


@dataclass(frozen=True, slots=True)
class Reparation:
    """What was measured and worked out for one component in the month that begins with ``month``.

    ``owed`` and ``given`` are percents of the month's fee: what the terms of the plan owe, and what goes beyond.
    """

    language: str
    plan: str
    component: str
    month: date
    down: timedelta
    owed: float
    given: float


@dataclass(frozen=True, slots=True)
class _Told:
    plan: str
    component: str
    month: str
    lasted: str
    owed: str
    given: str


def offer(reparation: Reparation) -> str:
    """Write the offer; empty where nothing is owed and nothing given."""
    if not (reparation.owed or reparation.given):
        return ""
    words, month = phrases(reparation.language), reparation.month
    told = _Told(
        plan=one_line(reparation.plan),
        component=one_line(reparation.component),
        month=words.month_of_year.format(month=format_date(month, "LLLL", locale=words.locale), year=month.year),
        lasted=length(reparation.down, words),
        owed=percent(reparation.owed, reparation.language),
        given=percent(reparation.given, reparation.language),
    )
    return one_line(str(ours(reparation.language).part(_FILE, _MACRO)(told)))


def percent(share: float, language: str) -> str:
    """``99.9%``, ``99,9 %``: as that language writes it; empty for nothing."""
    words = phrases(language)
    return words.percent.format(number=f"{share:g}".replace(".", words.point)) if share else ""
