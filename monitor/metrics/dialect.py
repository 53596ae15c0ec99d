"""The dialects of a scrape: Prometheus' text format, and OpenMetrics for whoever says to prefer it."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics


class Dialect(StrEnum):
    """A way of writing the same samples; the value is its content type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


_OPENMETRICS: Final = "application/openmetrics-text"
_VERSIONS: Final = {"", "1.0.0"}


def preferred(accept: str) -> Dialect:
    """What a header ``Accept`` asks for (RFC 9110, 12.5.1): text, unless OpenMetrics 1.0 is named and liked as much."""
    ranges = list(_ranges(accept))
    named = max((q for media, version, q in ranges if media == _OPENMETRICS and version in _VERSIONS), default=0.0)
    for text in ("text/plain", "text/*", "*/*"):
        if heard := [q for media, _, q in ranges if media == text]:
            return Dialect.OPENMETRICS if 0.0 < named >= max(heard) else Dialect.TEXT
    return Dialect.OPENMETRICS if named else Dialect.TEXT


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a header ``Accept-Encoding`` asks for gzip by name."""
    return any(coding == "gzip" and q > 0 for coding, _, q in _ranges(accept_encoding))


def told(registry: CollectorRegistry, dialect: Dialect) -> bytes:
    """What a registry holds, and the end of the scrape where the dialect has one."""
    return openmetrics.generate_latest(registry) if dialect is Dialect.OPENMETRICS else generate_latest(registry)


def _ranges(header: str) -> Iterator[tuple[str, str, float]]:
    """The choices of a header: what, of which version, and how much it is liked."""
    for choice in header.lower().split(","):
        what, *parameters = (part.strip() for part in choice.split(";"))
        named = dict(parameter.partition("=")[::2] for parameter in parameters)
        yield what, named.get("version", ""), _quality(named.get("q", "1"))


def _quality(text: str) -> float:
    """From 0 (never) to 1; what is no number at all is never."""
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
