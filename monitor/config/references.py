"""What one table says of another: names that must be different, and names that must exist."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from monitor.config.document import Document, value_at
from monitor.config.problem import Complaint, Key
from monitor.config.schema import Desk, Metrics, Page
from monitor.config.values import Listen
from monitor.config.wording import did_you_mean

_DIFFERENT: Final = (("component", "id"), ("component", "name"), ("target", "name"), ("channel", "name"))
_LISTENERS: Final = {"page": Page().listen, "desk": Desk().listen, "metrics": Metrics().listen}


def disagreements(document: Document) -> Iterator[Complaint]:
    """Every complaint about what stands in more than one place of a document, valid or not."""
    for section, name in _DIFFERENT:
        yield from _duplicates(document, section, name)
    yield from _unknown_components(document)
    yield from _same_listeners(document)


def _rows(document: Document, section: str) -> Sequence[Any]:
    rows = document.meant.get(section)
    return rows if isinstance(rows, list) else ()


def _column(document: Document, section: str, name: str) -> Iterator[tuple[Key, str]]:
    """What each table of a section calls ``name``, or is called by default."""
    for index, row in enumerate(_rows(document, section)):
        table = document.tables.get((section, index))
        field = table.model.model_fields.get(name) if table else None
        value = value_at((name,), row) or (field.default if field else None)
        if isinstance(value, str):
            yield (section, index, name), value


def _duplicates(document: Document, section: str, name: str) -> Iterator[Complaint]:
    seen: set[str] = set()
    for key, value in _column(document, section, name):
        if value in seen:
            yield Complaint(key, f'another {section} has the {name} "{value}"')
        seen.add(value)


def _unknown_components(document: Document) -> Iterator[Complaint]:
    known = {value for _, value in _column(document, "component", "id")}
    for key, value in (*_column(document, "target", "component"), *_carriers(document)):
        if value not in known:
            yield Complaint(key, f'there is no [[component]] with the id "{value}"' + did_you_mean(value, known))


def _carriers(document: Document) -> Iterator[tuple[Key, str]]:
    for index, channel in enumerate(_rows(document, "channel")):
        carriers = value_at(("carried_by",), channel)
        for place, value in enumerate(carriers if isinstance(carriers, list) else ()):
            if isinstance(value, str):
                yield ("channel", index, "carried_by", place), value


def _same_listeners(document: Document) -> Iterator[Complaint]:
    seen: dict[Listen, str] = {}
    for section, default in _LISTENERS.items():
        try:
            listen = Listen.parse(value_at((section, "listen"), document.meant) or default)
        except ValueError:
            continue  # its own validation complains
        if listen in seen and listen.port:
            yield Complaint((section, "listen"), f"[{seen[listen]}] listens on {listen} already")
        seen.setdefault(listen, section)
