"""The feeds, Atom (RFC 4287) and RSS 2.0: one entry for each update, newest first."""

from email.utils import format_datetime
from typing import Final

from monitor.page.answer import Answer
from monitor.page.links import Links
from monitor.page.moment import Case, Moment, Post
from monitor.page.render import written

ATOM: Final = "application/atom+xml"
RSS: Final = "application/rss+xml"
ENTRIES_MAX: Final = 50


def atom(moment: Moment, links: Links) -> Answer:
    """The newest updates of all incidents; an entry's id never changes, and neither do its words."""
    return Answer.of(_written("feed.xml", moment, links), ATOM, shared=True)


def rss(moment: Moment, links: Links) -> Answer:
    """The same for older readers."""
    return Answer.of(_written("rss.xml", moment, links), RSS, shared=True)


def _written(template: str, moment: Moment, links: Links) -> str:
    home = f"{moment.setting.site.public_url}{links.prefix}"
    return written(template, moment, home=home, entries=_entries(moment), rfc822=format_datetime)


def _entries(moment: Moment) -> list[tuple[Post, Case]]:
    entries = sorted(
        ((post, case) for case in moment.cases for post in case.posts),
        key=lambda entry: (entry[0].published_at, entry[0].id),
        reverse=True,
    )
    return entries[:ENTRIES_MAX]
