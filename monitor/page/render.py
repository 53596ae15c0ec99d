"""From a Moment to HTML: templates that escape everything, and the notice's Markdown as the only markup let in."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor import markdown
from monitor.ledger.history import Day
from monitor.ledger.subscribers import Choice
from monitor.page.answer import Answer
from monitor.page.bars import HEIGHT, WIDTH, Past, past
from monitor.page.furniture import addresses
from monitor.page.links import Links
from monitor.page.moment import Case, Moment
from monitor.page.record import months_kept
from monitor.page.times import Times
from monitor.page.words import words

HTML: Final = "text/html"
MONTHS_SHOWN: Final = 3

Month = tuple[int, int]
"""Year and month, in the site's zone."""


def home(moment: Moment, links: Links) -> Answer:
    """What works now, what is open, and what was resolved lately."""
    return _page("home.html", moment, links, "/")


def history(moment: Moment, links: Links) -> Answer:
    """The incidents of the newest months, and the way to all others."""
    shown = months(moment)[:MONTHS_SHOWN]
    return _page("history.html", moment, links, "/history", month=None, **_of_months(moment, shown))


def month(moment: Moment, links: Links, one: Month) -> Answer:
    """The incidents that were published in one month."""
    return _page("history.html", moment, links, _path(one), month=one, **_of_months(moment, [one]))


def months(moment: Moment) -> list[Month]:
    """Every month of which there is something to tell, newest first."""
    return sorted({_month(moment, case) for case in moment.cases}, reverse=True)


def incident(moment: Moment, links: Links, case: Case) -> Answer:
    """One incident, or planned work, with all that was said of it."""
    return _page("incident.html", moment, links, f"/incidents/{case.id}", case=case)


def promises(moment: Moment, links: Links) -> Answer:
    """How we kept what we promised."""
    return _page("promises.html", moment, links, "/promises", kept=months_kept(moment))


def subscribe(moment: Moment, links: Links) -> Answer:
    """The form by which a reader asks to be told."""
    return _page("subscribe.html", moment, links, "/subscribe", problem=None, address="", way="", chosen=Choice(""))


def door(template: str, moment: Moment, links: Links, path: str, *, status: int = 200, **more: object) -> Answer:
    """An answer to one reader, which nobody may keep."""
    return replace(_page(template, moment, links, path, status=status, **more), cache_control="no-store")


def missing(moment: Moment, links: Links) -> Answer:
    """There is nothing at this address."""
    return _page("missing.html", moment, links, "/", status=404)


def written(template: str, moment: Moment, **more: object) -> str:
    """Fill a template with a moment, and what else it shows."""
    setting, said = moment.setting, words(moment.language)
    context = {"moment": moment, "setting": setting, "site": setting.site, "w": said, "times": _times(moment)}
    return _environment().get_template(template).render(context, **more)


def _page(template: str, moment: Moment, links: Links, path: str, *, status: int = 200, **more: object) -> Answer:
    """``path`` is where the same page stands in every language."""
    others = [(words(language), links.told_in(prefix(moment, language))) for language in moment.setting.languages]

    def drawn(days: Sequence[Day]) -> Past | None:
        return past(days, _times(moment), words(moment.language), measures=moment.setting.measures)

    text = written(
        template,
        moment,
        links=links,
        path=path,
        tellings=others,
        files=addresses(moment.setting.theme),
        past=drawn,
        **more,
    )
    return Answer.of(text, HTML, status=status)


def _times(moment: Moment) -> Times:
    return Times(ZoneInfo(moment.setting.site.timezone), moment.now, words(moment.language).locale)


def prefix(moment: Moment, language: str) -> str:
    """Where a language's pages stand: the leading one's at the root."""
    return "" if language == moment.setting.languages[0] else f"/{language}"


def _of_months(moment: Moment, shown: Sequence[Month]) -> dict[str, Any]:
    by_month = {one: list(cases) for one, cases in groupby(moment.cases, lambda case: _month(moment, case))}
    told = Counter(_month(moment, case) for case in moment.cases)
    return {
        "shown": [(date(*one, 1), by_month.get(one, [])) for one in shown],
        "others": [(date(*one, 1), _path(one), told[one]) for one in months(moment) if one not in shown],
    }


def _month(moment: Moment, case: Case) -> Month:
    here = case.first.published_at.astimezone(ZoneInfo(moment.setting.site.timezone))
    return here.year, here.month


def _path(one: Month) -> str:
    return f"/history/{one[0]}-{one[1]:02}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["markdown"] = lambda text: Markup(markdown.html(text))  # noqa: S704 - it lets no HTML through
    environment.filters["visible"] = markdown.visible
    environment.globals.update(bar_width=WIDTH, bar_height=HEIGHT)
    return environment
