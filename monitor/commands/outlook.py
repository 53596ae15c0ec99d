"""Readiness as text: a paragraph for each component, and one for what is missing."""

from collections.abc import Iterator, Sequence

from monitor.readiness import Outlook, Readiness

NOTHING = "nothing"
NOBODY = "nobody"


def paragraphs(found: Readiness) -> Iterator[Sequence[str]]:
    """One list of lines for each paragraph."""
    for outlook in found.outlooks:
        yield list(_lines(outlook))
    gaps = [f"  - {gap}" for gap in found.missing]
    yield ["Missing:", *gaps] if gaps else ["Nothing is missing."]


def _lines(outlook: Outlook) -> Iterator[str]:
    along = f" (and with it {', '.join(outlook.takes_along)})" if outlook.takes_along else ""
    yield f"If {outlook.component} died{along}:"
    yield f"  reaches customers   {', '.join(outlook.channels) or NOTHING}"
    for lost in outlook.lost:
        yield f"  does not            {lost.name}: it needs {' and '.join(lost.needs)}"
    for dead in outlook.dead:
        yield f"  dead in our texts   {dead.address}, in {dead.where}"
    yield f"  would be called     {'; '.join(_called(outlook)) or NOBODY}"


def _called(outlook: Outlook) -> Iterator[str]:
    for one in outlook.called:
        if one.routes:
            yield f"{one.name} by {', '.join(one.routes)}"
