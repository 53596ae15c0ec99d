"""``config.example.toml`` shows every key there is, with its true default, and nothing else."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from pydantic_core import PydanticUndefined

from monitor import calls
from monitor.calls import Route
from monitor.config import Defaults, load
from monitor.publish import Channel, Kind
from probes.target import Target
from tests.monitor.config.keys import TABLES, is_default, options

EXAMPLE: Final = Path(__file__).parents[3] / "config.example.toml"
HEADER: Final = re.compile(r"(?:# )?\[+(?P<section>\w+)\]+")
LINE: Final = re.compile(r"(?P<off># )?(?P<key>[a-z_.]+) =(?: (?P<value>\S.*?))?(?:\s+# (?P<note>.+))?")
NAME: Final = re.compile(r"[a-z_]+_file = ")


@dataclass(frozen=True, slots=True)
class Shown:
    """One key of the example: its text, and what its comment says is the default."""

    value: str | None
    off: bool
    note: str

    @property
    def default(self) -> str | None:
        """The default as TOML, None if there is none; a required key has no default to show."""
        told = re.match(r"default (?P<toml>\"[^\"]*\"|\S+?)(?::|;|$)", self.note)
        return (None if told["toml"] == "none" else told["toml"]) if told else self.value


def blocks() -> Iterator[tuple[str, dict[str, Shown]]]:
    """Each table of the example, with its section or, where it has one, its kind."""
    section, keys = "", dict[str, Shown]()
    for line in [*EXAMPLE.read_text().splitlines(), "[end]"]:
        if header := HEADER.match(line):
            yield _name(section, keys), keys
            section, keys = header["section"], {}
        elif (shown := LINE.fullmatch(line)) and not NAME.match(line):
            keys.setdefault(shown["key"], Shown(shown["value"], bool(shown["off"]), shown["note"] or ""))


def _name(section: str, keys: dict[str, Shown]) -> str:
    kind = keys.get("kind")
    return f"{section} {tomllib.loads(f'x = {kind.value}')['x']}" if kind else section


EXPLAINED_ONCE: Final = {
    "target": {*(key for key, *_ in options(Defaults)), *Target.model_fields},
    "channel": {*Channel.model_fields},
    "route": {*Route.model_fields},
}


@pytest.fixture(scope="module")
def shown() -> dict[str, dict[str, Shown]]:
    """The first table of each section and kind."""
    first: dict[str, dict[str, Shown]] = {}
    for name, keys in blocks():
        first.setdefault(name, keys)
    return first


def test_the_example_is_a_good_config() -> None:
    """As it stands, without a variable set."""
    config = load(EXAMPLE, Kind, calls.Kind, environ={})
    assert [target.kind for target in config.target] == ["http", "smtp", "imap"]
    assert [channel.kind for channel in config.channel] == ["page", "email", "webhook"]
    assert [person.routes for person in config.person] == [("on-call-mail",)]


@pytest.mark.parametrize("name", TABLES)
def test_every_key_is_shown_with_its_default(name: str, shown: dict[str, dict[str, Shown]]) -> None:
    """Commented out as the default, or in use with a comment that says the default, or that the key is required."""
    common = EXPLAINED_ONCE.get(name.partition(" ")[0], set[str]())
    for key, annotation, default in options(TABLES[name]):
        one = shown[name].get(key)
        if key in common and (one is None or default is PydanticUndefined):
            continue
        assert one, key
        if default is PydanticUndefined:
            assert one.off or one.note.startswith("required"), key
        else:
            assert is_default(one.default, annotation, default), key


@pytest.mark.parametrize(
    ("name", "first"), [("target", "target http"), ("channel", "channel page"), ("route", "route email")]
)
def test_what_all_kinds_have_is_explained_at_the_first(
    name: str, first: str, shown: dict[str, dict[str, Shown]]
) -> None:
    """Later tables of the section show only what is their own."""
    assert EXPLAINED_ONCE[name] <= {*shown[first], *(shown["defaults"] if name == "target" else ())}


def test_no_key_is_shown_that_is_not_there() -> None:
    """A commented key is one that could be used."""
    for name, keys in blocks():
        if name:
            assert keys.keys() <= {key for key, *_ in options(TABLES[name.replace("anchor", "target")])}, name


def test_every_section_and_kind_is_shown(shown: dict[str, dict[str, Shown]]) -> None:
    """A kind that nobody sees is used by nobody."""
    assert TABLES.keys() <= shown.keys()
