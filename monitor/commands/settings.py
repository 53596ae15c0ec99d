"""The config file that a command works on."""

import argparse
from pathlib import Path
from typing import Final

from monitor import calls, publish
from monitor.config import Config, load

CONFIG_FILE: Final = Path("config.toml")

Settings = Config[publish.Kind]


def add_config(parser: argparse.ArgumentParser) -> None:
    """Declare ``--config FILE``."""
    parser.add_argument("--config", type=Path, default=CONFIG_FILE, metavar="FILE", help="default: %(default)s")


def read(path: Path) -> Settings:
    """Load a config file with every kind of channel and route there is. Raises ConfigError."""
    return load(path, publish.Kind, calls.Kind)
