"""``docs/config.md`` tells every key with its true default, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from monitor.calls import Route
from monitor.config import Defaults
from monitor.publish import Channel
from probes.target import Target
from tests.monitor.config.keys import TABLES, is_default, options

PAGE: Final = Path(__file__).parents[3] / "docs" / "config.md"
HEADING: Final = re.compile(r"#+ `(?:kind = \"(?P<kind>\w+)\"|\[+(?P<section>\w+)\]+)`")
ROW: Final = re.compile(r"\| `(?P<key>[a-z_.]+)` \| (?P<default>required|none|`[^|]+`) \|.*\|")
COMMON: Final[dict[str, type[BaseModel]]] = {"target": Target, "channel": Channel, "route": Route}


def rows() -> dict[str, dict[str, str]]:
    """What each table of the page says: by section and kind, each key and its default."""
    told: dict[str, dict[str, str]] = {}
    section = name = ""
    for line in PAGE.read_text().splitlines():
        if heading := HEADING.match(line):
            section = heading["section"] or section
            name = f"{section} {heading['kind']}" if heading["kind"] else section
        elif row := ROW.fullmatch(line):
            told.setdefault(name, {})[row["key"]] = row["default"]
    return told


def keys(name: str) -> Iterator[tuple[str, object, object]]:
    """The keys of a section, or those of a kind that not every kind of its section has."""
    section, _, kind = name.partition(" ")
    inherited = {key for key, *_ in options(Defaults)} if section == "target" else set()
    common = {*COMMON[section].model_fields, *inherited} if kind else inherited
    return (option for option in options(TABLES.get(name) or COMMON[name]) if option[0] not in common)


@pytest.mark.parametrize("name", [*TABLES, *COMMON])
def test_every_key_is_told_with_its_default(name: str) -> None:
    """The tables are as true as the code."""
    told = rows().get(name, {})
    expected = {key: (annotation, default) for key, annotation, default in keys(name)}
    assert told.keys() == expected.keys()
    for key, (annotation, default) in expected.items():
        if default is PydanticUndefined:
            assert told[key] == "required", key
        else:
            assert is_default(None if told[key] == "none" else told[key].strip("`"), annotation, default), key
