"""The record of our own promises, month by month: how many we kept, how soon we spoke, what we had to correct."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import median
from zoneinfo import ZoneInfo

from drafts.promises import Fate, Word, promises
from monitor.page.moment import Case, Moment


@dataclass(frozen=True, slots=True)
class MonthKept:
    """The incidents first told of in one month; ``lag_minutes`` is the median from first failure to first word."""

    month: date
    kept: int
    due: int
    lag_minutes: int
    corrections: int


def months_kept(moment: Moment) -> list[MonthKept]:
    """Every month with an incident, newest first."""
    zone = ZoneInfo(moment.setting.site.timezone)

    def of(case: Case) -> date:
        return case.first.published_at.astimezone(zone).date().replace(day=1)

    return [_kept(month, list(cases), moment) for month, cases in groupby(moment.incidents, of)]


def _kept(month: date, cases: Sequence[Case], moment: Moment) -> MonthKept:
    made = [promise for case in cases for promise in promises(_words(case))]
    fates = [fate for promise in made if (fate := promise.fate(moment.now)) is not Fate.OPEN]
    lags = [(case.first.published_at - case.opened_at).total_seconds() for case in cases]
    corrections = sum(post.corrects is not None for case in cases for post in case.posts)
    return MonthKept(month, fates.count(Fate.KEPT), len(fates), round(median(lags) / 60), corrections)


def _words(case: Case) -> list[Word]:
    return [Word(post.published_at, post.next_update_at) for post in case.posts if not post.review]
