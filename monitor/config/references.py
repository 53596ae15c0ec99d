"""What one table says of another: names that must be different, and names that must exist."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from monitor.config.document import value_at
from monitor.config.problem import Complaint, Key
from monitor.config.values import Listen
from monitor.config.wording import did_you_mean

_DIFFERENT: Final = (("component", "id"), ("component", "name"), ("target", "name"), ("channel", "name"))
_LISTENERS: Final = ("page", "desk", "metrics")


def disagreements(document: Mapping[str, Any]) -> Iterator[Complaint]:
    """Every complaint about what stands in more than one place of a document, valid or not."""
    for section, name in _DIFFERENT:
        yield from _duplicates(document, section, name)
    yield from _unknown_components(document)
    yield from _same_listeners(document)


def _column(document: Mapping[str, Any], section: str, name: str) -> Iterator[tuple[Key, str]]:
    rows = document.get(section)
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        value = value_at((name,), row)
        if isinstance(value, str):
            yield (section, index, name), value


def _duplicates(document: Mapping[str, Any], section: str, name: str) -> Iterator[Complaint]:
    seen: set[str] = set()
    for key, value in _column(document, section, name):
        if value in seen:
            yield Complaint(key, f'another {section} has the {name} "{value}"')
        seen.add(value)


def _unknown_components(document: Mapping[str, Any]) -> Iterator[Complaint]:
    known = {value for _, value in _column(document, "component", "id")}
    for key, value in (*_column(document, "target", "component"), *_carriers(document)):
        if value not in known:
            yield Complaint(key, f'there is no [[component]] with the id "{value}"' + did_you_mean(value, known))


def _carriers(document: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    channels = document.get("channel")
    for index, channel in enumerate(channels if isinstance(channels, list) else ()):
        carriers = value_at(("carried_by",), channel)
        for place, value in enumerate(carriers if isinstance(carriers, list) else ()):
            if isinstance(value, str):
                yield ("channel", index, "carried_by", place), value


def _same_listeners(document: Mapping[str, Any]) -> Iterator[Complaint]:
    seen: dict[Listen, str] = {}
    for section in _LISTENERS:
        try:
            listen = Listen.parse(value_at((section, "listen"), document))
        except ValueError:
            continue  # its own validation complains
        if listen in seen and listen.port:
            yield Complaint((section, "listen"), f"[{seen[listen]}] listens on {listen} already")
        seen.setdefault(listen, section)
