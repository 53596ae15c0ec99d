"""The Atom feed (RFC 4287): one entry for each update, newest first."""

from typing import Final

from monitor.page.answer import Answer
from monitor.page.moment import Moment
from monitor.page.render import written

ATOM: Final = "application/atom+xml"
ENTRIES_MAX: Final = 50


def atom(moment: Moment) -> Answer:
    """The newest updates of all incidents; an entry's id never changes, and neither do its words."""
    entries = sorted(
        ((post, case) for case in moment.cases for post in case.posts),
        key=lambda entry: (entry[0].published_at, entry[0].id),
        reverse=True,
    )
    return Answer.of(written("feed.xml", moment, entries=entries[:ENTRIES_MAX]), ATOM, shared=True)
