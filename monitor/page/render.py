"""From a Moment to HTML: templates that escape everything, and the notice's Markdown as the only markup let in."""

import hashlib
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor import markdown
from monitor.models import Stage
from monitor.page.answer import Answer
from monitor.page.moment import Case, Moment
from monitor.page.times import Times, span

HTML: Final = "text/html"
KEPT: Final = "public, max-age=31536000, immutable"
STATIC: Final = {"page.css": "text/css", "mark.svg": "image/svg+xml"}

LABELS: Final = {
    None: "No incident reported",
    Stage.INVESTIGATING: "Problem, being looked into",
    Stage.IDENTIFIED: "Problem, cause found",
    Stage.MONITORING: "Working again, under watch",
    Stage.RESOLVED: "Resolved",
}
"""What a stage is called where a customer reads it."""


def home(moment: Moment) -> Answer:
    """What works now, what is open, and what was resolved lately."""
    return _page("home.html", moment)


def history(moment: Moment) -> Answer:
    """Every incident that was ever published, by month."""
    times = _times(moment)
    months = groupby(moment.cases, lambda case: times.month(case.first.published_at))
    return _page("history.html", moment, months=[(month, list(cases)) for month, cases in months])


def incident(moment: Moment, case: Case) -> Answer:
    """One incident with all that was said of it."""
    return _page("incident.html", moment, case=case)


def missing(moment: Moment) -> Answer:
    """There is nothing at this address."""
    return _page("missing.html", moment, status=404)


@cache
def static() -> dict[str, Answer]:
    """The style and the mark, by their path: the path changes with the bytes, so they may be kept for ever."""
    folder = files("monitor.page") / "static"
    return {
        address(name): Answer.of((folder / name).read_text(), content_type, cache_control=KEPT)
        for name, content_type in STATIC.items()
    }


@cache
def address(name: str) -> str:
    """Where a static file is served."""
    body = (files("monitor.page") / "static" / name).read_bytes()
    stem, _, ending = name.partition(".")
    return f"/static/{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}"


def written(template: str, moment: Moment, **more: object) -> str:
    """Fill a template with a moment, and what else it shows."""
    return _environment().get_template(template).render(moment=moment, site=moment.site, times=_times(moment), **more)


def _page(template: str, moment: Moment, *, status: int = 200, **more: object) -> Answer:
    return Answer.of(written(template, moment, **more), HTML, status=status)


def _times(moment: Moment) -> Times:
    return Times(ZoneInfo(moment.site.timezone), moment.now)


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
    environment.globals.update(labels=LABELS, span=span, address=address)
    return environment
