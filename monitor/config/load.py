"""From a path to a Config, or to all the problems at once."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError, create_model

from monitor.config.document import Document, tell
from monitor.config.environment import expand
from monitor.config.inheritance import ground, inherit, inherited
from monitor.config.lines import line_of, lines
from monitor.config.paths import anchor
from monitor.config.problem import Complaint, ConfigError, Key, Problem
from monitor.config.reading import UnreadableError, read_text
from monitor.config.references import disagreements
from monitor.config.schema import Config, RouteOptions
from monitor.config.secrets import literal_secrets, read_files
from monitor.config.tables import tables
from monitor.config.wording import complaints

CONFIG_BYTES_MAX: Final = 16 * 1024 * 1024

Environ = Mapping[str, str]
Toml = dict[str, Any]


def load(path: Path, channel: Any, route: Any = RouteOptions, *, environ: Environ = os.environ) -> Config[Any]:  # noqa: ANN401 - a union has no type
    """Read a config file whose channels and routes are of the given kinds, or unions of kinds.

    ``${VARIABLE}`` and ``NAME_file`` are resolved here, once. Raises ConfigError with every problem of the file.
    """
    model = _model(channel, route)
    text = _read(path)
    written = _parse(path, text)
    document, found = _resolve(path, written, model, environ)
    config = None
    try:
        config = model.model_validate({**document.meant, "path": path})
    except ValidationError as error:
        found += [complaint for complaint in complaints(error, document) if not inherited(complaint.key, written)]
    found += disagreements(document)
    if config is None or found:
        raise ConfigError(_problems(path, text, written, found))
    return config


def _model(channel: Any, route: Any) -> type[Config[Any]]:  # noqa: ANN401 - likewise
    return create_model("Config", __base__=Config[channel], route=(tuple[route, ...], ()))


def _read(path: Path) -> str:
    try:
        return read_text(path, CONFIG_BYTES_MAX)
    except UnreadableError as error:
        raise ConfigError((Problem(path, 0, "", f"cannot be read: {error}"),)) from None


def _parse(path: Path, text: str) -> Toml:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told = re.fullmatch(r"(?P<why>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)", str(error))
        line = int(told["line"]) if told else text.count("\n") + 1
        why = f"{told['why']} (column {told['column']})" if told else str(error)
        raise ConfigError((Problem(path, line, "", f"not TOML: {why[0].lower()}{why[1:]}"),)) from None
    except RecursionError:
        raise ConfigError((Problem(path, 0, "", "nested too deeply"),)) from None


def _resolve(path: Path, written: Toml, model: type[Config[Any]], environ: Environ) -> tuple[Document, list[Complaint]]:
    """Put in variables, files and defaults, and complain of what cannot be put in."""
    found = [Complaint(("path",), "unknown key")] if "path" in written else []
    found += literal_secrets(tables(model, written))
    meant: Toml = expand(written, environ, found)
    found += read_files(tables(model, meant), path.parent)
    anchor(tables(model, meant), path.absolute().parent)
    inherit(meant, model)
    ground(meant, found)
    return Document(written, meant, {table.key: table for table in tables(model, meant)}), found


def _problems(path: Path, text: str, written: Toml, found: list[Complaint]) -> tuple[Problem, ...]:
    """The complaints in the order of the file, less those that only follow from another one of the same key."""
    heard: list[Complaint] = []
    for complaint in found:
        if not any(_one_within_the_other(complaint.key, other.key) for other in heard):
            heard.append(complaint)
    where = lines(text)
    told = [Problem(path, line_of(it.key, where), tell(it.key, written), it.reason) for it in heard]
    return tuple(sorted(told, key=lambda problem: (problem.line, problem.key)))


def _one_within_the_other(one: Key, other: Key) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]
