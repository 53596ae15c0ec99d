"""Routes: which answer stands at which path, of a server or of a copy."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from monitor.page import api, badge, feed, render
from monitor.page.answer import Answer
from monitor.page.links import Links
from monitor.page.moment import Case, Moment
from monitor.page.setting import Setting

Make = Callable[[Moment, Links], Answer]
"""From a moment in one language, and the way its pages lead, to an answer."""

_INCIDENT: Final = re.compile(r"/incidents/([1-9][0-9]{0,11})")
_MONTH: Final = re.compile(r"/history/([0-9]{4})-([01][0-9])")
_BADGE: Final = re.compile(r"/badge/([a-z0-9._-]{1,80})\.svg")

PAGES: Final[Mapping[str, Make]] = {"/": render.home, "/history": render.history}
_FEEDS: Final[Mapping[str, Make]] = {"/feed.atom": feed.atom, "/feed.rss": feed.rss}
# Statuspage's own addresses of its feeds, so that who subscribed there need not change.
_FEEDS_OF_OLD: Final[Mapping[str, Make]] = {"/history.atom": feed.atom, "/history.rss": feed.rss}
_PROMISES: Final = "/promises"
SUBSCRIBE: Final = "/subscribe"
# What is there only if the config wants it.
_SWITCHED: Final[Mapping[str, tuple[Make, Callable[[Setting], object]]]] = {
    _PROMISES: (render.promises, lambda setting: setting.promises),
    SUBSCRIBE: (render.subscribe, lambda setting: setting.ways),
}


def spoken(setting: Setting, path: str) -> tuple[str, str]:
    """The language of a path, and what stands behind it; the leading language needs no word of its own."""
    first, _, rest = path.removeprefix("/").partition("/")
    return (first, f"/{rest}") if first in setting.languages[1:] else (setting.languages[0], path)


def found(moment: Moment, path: str) -> Make | None:
    """What makes the answer at a path, its language taken off; None if nothing is there."""
    if make := PAGES.get(path) or _FEEDS.get(path) or _FEEDS_OF_OLD.get(path) or api.ANSWERS.get(path):
        return make
    if path in _SWITCHED and _SWITCHED[path][1](moment.setting):
        return _SWITCHED[path][0]
    if one := case(moment, path):
        return partial(render.incident, case=one)
    if (match := _MONTH.fullmatch(path)) and (month := (int(match[1]), int(match[2]))) in render.months(moment):
        return partial(render.month, one=month)
    if (match := _BADGE.fullmatch(path)) and (component := moment.component(match[1])):
        return partial(badge.badge, component=component)
    return None


def case(moment: Moment, path: str) -> Case | None:
    """The incident whose page is at this path, if there is one."""
    match = _INCIDENT.fullmatch(path)
    return moment.case(int(match[1])) if match else None


def pages(moment: Moment) -> Iterator[str]:
    """The path of every page there is, in each language."""
    yield from PAGES
    if moment.setting.promises:
        yield _PROMISES
    yield from (f"/history/{year}-{month:02}" for year, month in render.months(moment))
    yield from (f"/incidents/{one.id}" for one in moment.cases)


def files(moment: Moment) -> Iterator[str]:
    """The path of every answer that is no page: feeds in each language, and in the leading one all for programs."""
    yield from _FEEDS
    if moment.language == moment.setting.languages[0]:
        yield from (*_FEEDS_OF_OLD, *api.ANSWERS)
        yield from (f"/badge/{component.id}.svg" for component in moment.components)
