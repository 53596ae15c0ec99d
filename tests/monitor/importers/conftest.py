"""The examples of other monitors' files, and a config that is made of one."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor import calls, publish
from monitor.commands.settings import Settings
from monitor.config import load
from monitor.importers import Importer, blackbox, gatus, uptime_kuma, write

EXAMPLES = Path(__file__).parent / "examples"
STAND_IN = "x" * 24

FILES = {
    blackbox: {"file": EXAMPLES / "modules.yml", "scrape": EXAMPLES / "prometheus.yml"},
    gatus: {"file": EXAMPLES / "gatus.yaml"},
    uptime_kuma: {"file": EXAMPLES / "backup.json"},
}


@dataclass(frozen=True, slots=True)
class Made:
    """The text that an importer wrote, the variables that it asks for, and the config that it is."""

    text: str
    variables: dict[str, str | None]
    config: Settings


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Made]:
    """Make a config of the files of an importer; raises SourceError, or ConfigError where ``ownup check`` would."""

    def make(importer: Importer, **files: Path) -> Made:
        blueprint = importer.read(Namespace(**files))
        text = write(blueprint)
        path = tmp_path / "made.toml"
        path.write_text(text, encoding="utf-8")
        environ = {name: value or STAND_IN for name, value in blueprint.variables.items()}
        return Made(text, blueprint.variables, load(path, publish.Kind, calls.Kind, environ=environ))

    return make
