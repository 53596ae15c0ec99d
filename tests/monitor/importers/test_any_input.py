"""Whatever stands in a foreign file: the config passes ``ownup check``, or one plain line tells where it is wrong."""

import copy
import json
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor import calls, publish
from monitor.config import load
from monitor.importers import IMPORTERS, Importer, SourceError, gatus, uptime_kuma, write
from monitor.importers.source import read_json, read_yaml
from tests.monitor.importers.conftest import FILES, STAND_IN

NASTY = st.sampled_from(
    [
        *(
            "",
            " ",
            "\0",
            "\n",
            '"""',
            "${HOME}",
            "${",
            "$$",
            "$1",
            "\\1",
            "\\g<password>",
            "[[target]]",
            "# no",
            "é" * 90,
        ),
        *(
            "http://",
            "https://[::1",
            "http://u:p@h/?token=abcdefg",
            "tcp://",
            "[::1]:25",
            "h:99999",
            "(",
            "[BODY]",
            "0x",
        ),
        *("[BODY].a == pat(*", "[STATUS] == any(", "[CERTIFICATE_EXPIRATION] > x", "[RESPONSE_TIME] < 1e9", "0", "1h"),
        *(
            "-1",
            "9" * 400,
            "1e400",
            "NaN",
            "99999999w",
            "$count(a)",
            "L",
            "*",
            "../..",
            "\x1b[31m",
            "\u202e",
            "n" * 300,
        ),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | NASTY | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NASTY | st.text(max_size=5), inner, max_size=3)
)
LITTLE = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a file."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(deeper for key, inner in pairs for deeper in places(inner, (*place, key)))]


def at(value: Any, place: tuple[Any, ...]) -> Any:
    """What stands at a place."""
    for key in place:
        value = value[key]
    return value


def changed(value: Any, place: tuple[Any, ...], to: Any) -> Any:
    """The same, with another value at one place."""
    if not place:
        return to
    value = copy.copy(value)
    value[place[0]] = changed(value[place[0]], place[1:], to)
    return value


def refusal(importer: Importer, texts: dict[str, str]) -> str:
    """Import: nothing if there is a config, which then passes, else why there is none."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for key, text in texts.items():
            directory.joinpath(key).write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            blueprint = importer.read(Namespace(**{key: directory / key for key in texts}))
        except SourceError as error:
            return str(error).replace(name, "")
        path = directory / "made.toml"
        path.write_text(write(blueprint), encoding="utf-8")
        environ = {key: value or STAND_IN for key, value in blueprint.variables.items()}
        load(path, publish.Kind, calls.Kind, environ=environ)
        return ""


def assert_plain(refused: str) -> None:
    """Each line begins with the file that is wrong."""
    assert all(line.startswith(("/file:", "/scrape:")) for line in refused.splitlines())


def like(value: Any) -> st.SearchStrategy[Any]:
    """Something of the same type, so that it gets past the border; or else anything."""
    texts = NASTY | st.text(max_size=20)
    alike = texts if isinstance(value, str) else st.integers() if isinstance(value, int) else VALUES
    return st.one_of(alike, alike, alike, VALUES)


def _values(path: Path) -> Any:
    return (read_json if path.suffix == ".json" else read_yaml)(path).values


ORIGINALS = {importer: {key: _values(path) for key, path in files.items()} for importer, files in FILES.items()}


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.NAME)
@given(data=st.data())
@LITTLE
def test_an_example_with_anything_anywhere(importer: Importer, data: st.DataObject) -> None:
    """One to three values of a good file are exchanged for anything."""
    files = dict(ORIGINALS[importer])
    for _ in range(data.draw(st.integers(1, 3))):
        key = data.draw(st.sampled_from(sorted(files)))
        place = data.draw(st.sampled_from(places(files[key])))
        files[key] = changed(files[key], place, data.draw(like(at(files[key], place))))
    as_text = json.dumps if importer is uptime_kuma else lambda value: yaml.safe_dump(value, allow_unicode=True)
    assert_plain(refusal(importer, {key: as_text(value) for key, value in files.items()}))


@pytest.mark.parametrize("importer", [gatus, uptime_kuma], ids=lambda importer: importer.NAME)
@given(text=st.text(max_size=200) | NASTY)
@LITTLE
def test_any_text_at_all(importer: Importer, text: str) -> None:
    """A file that is nothing of the sort."""
    assert_plain(refusal(importer, {"file": text}))


def test_the_examples_themselves_pass() -> None:
    """What the tests above begin with is good."""
    for importer, files in FILES.items():
        assert refusal(importer, {key: path.read_text() for key, path in files.items()}) == ""
