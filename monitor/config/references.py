"""What one table says of another: names that must be different, and names that must exist."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from monitor.config.desk import Desk
from monitor.config.document import Document, value_at
from monitor.config.metrics import Metrics
from monitor.config.problem import Complaint, Key
from monitor.config.schema import Notices, Page
from monitor.config.values import Listen
from monitor.config.wording import did_you_mean

_DIFFERENT: Final = (
    ("component", "id"),
    ("component", "name"),
    ("target", "name"),
    ("channel", "name"),
    ("route", "name"),
    ("person", "name"),
    ("plan", "name"),
)
_NAMED_ALIKE: Final = {"target": ("target", "anchor")}
_LISTENERS: Final = {"page": Page().listen, "desk": Desk().listen, "metrics": Metrics().listen}


def disagreements(document: Document) -> Iterator[Complaint]:
    """Every complaint about what stands in more than one place of a document, valid or not."""
    for section, name in _DIFFERENT:
        yield from _duplicates(document, section, name)
    yield from _unknown_components(document)
    yield from _unknown_targets(document)
    yield from _unknown_routes(document)
    yield from _same_listeners(document)
    yield from _unknown_languages(document)
    yield from _locked_out(document)
    yield from _subscribed(document)


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
    seen: dict[str, str] = {}
    for one in _NAMED_ALIKE.get(section, (section,)):
        for key, value in _column(document, one, name):
            if value in seen:
                yield Complaint(key, f'another {seen[value]} has the {name} "{value}"')
            seen.setdefault(value, one)


def _unknown_components(document: Document) -> Iterator[Complaint]:
    known = {value for _, value in _column(document, "component", "id")}
    carried = (*_lists(document, "channel", "carried_by"), *_lists(document, "route", "carried_by"))
    told = (*_column(document, "target", "component"), *carried)
    told += (*_lists(document, "component", "depends_on"), *_lists(document, "maintenance", "components"))
    told += (*_lists(document, "plan", "components"),)
    mapped = value_at(("alerts", "components"), document.meant)
    if isinstance(mapped, dict):
        told += tuple((("alerts", "components", label), value) for label, value in mapped.items())
    for key, value in told:
        if value not in known:
            yield Complaint(key, f'there is no [[component]] with the id "{value}"' + did_you_mean(value, known))


def _unknown_targets(document: Document) -> Iterator[Complaint]:
    known = {value for _, value in _column(document, "target", "name")}
    for key, value in (*_lists(document, "target", "depends_on"), *_lists(document, "maintenance", "targets")):
        if value not in known:
            yield Complaint(key, f'there is no [[target]] with the name "{value}"' + did_you_mean(value, known))


def _unknown_routes(document: Document) -> Iterator[Complaint]:
    known = {value for _, value in _column(document, "route", "name")}
    for key, value in _lists(document, "person", "routes"):
        if value not in known:
            yield Complaint(key, f'there is no [[route]] with the name "{value}"' + did_you_mean(value, known))


def _unknown_languages(document: Document) -> Iterator[Complaint]:
    """Channels of a language in which nothing is drafted: nobody would have approved a word of it."""
    notices = document.meant.get("notices")
    told = notices if isinstance(notices, dict) else {}
    also = told.get("also_in", ())
    drafted = [told.get("language", Notices().language), *(also if isinstance(also, list) else ())]
    for key, language in _column(document, "channel", "language"):
        if language not in drafted:
            yield Complaint(key, f'no notice is drafted in "{language}": add it to also_in of [notices]')


def _locked_out(document: Document) -> Iterator[Complaint]:
    """A desk that nobody could sign in to."""
    doors = (("oidc", "issuer"), ("desk", "user_header"))
    closed = value_at(("desk", "passwords"), document.meant) is False
    if closed and not any(value_at(door, document.meant) for door in doors):
        yield Complaint(("desk", "passwords"), "nobody could sign in: there is no [oidc] and no user_header")


def _subscribed(document: Document) -> Iterator[Complaint]:
    """Who tells subscribers: one channel for each way, so that nobody is told twice, and links that can be signed."""
    seen = set[str]()
    for index, _ in enumerate(_rows(document, "channel")):
        table = document.tables.get(("channel", index))
        way = getattr(table.model, "subscribed", "") if table else ""
        if way and value_at(("subscribers", "secret"), document.meant) is None:
            yield Complaint(("channel", index, "kind"), "needs the secret of [subscribers], which signs their links")
        if way and way in seen:
            yield Complaint(
                ("channel", index, "kind"), f"another channel tells who subscribed by {way}, and one is enough"
            )
        seen.add(way)


def _lists(document: Document, section: str, name: str) -> Iterator[tuple[Key, str]]:
    """Each word that the tables of a section list under ``name``."""
    for index, row in enumerate(_rows(document, section)):
        words = value_at((name,), row)
        for place, value in enumerate(words if isinstance(words, list) else ()):
            if isinstance(value, str):
                yield (section, index, name, place), value


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
