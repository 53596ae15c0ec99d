"""The config file that a command works on."""

import argparse
from pathlib import Path
from typing import Any, Final

from monitor.config import ChannelOptions, Config, load

CONFIG_FILE: Final = Path("config.toml")


def add_config(parser: argparse.ArgumentParser) -> None:
    """Declare ``--config FILE``."""
    parser.add_argument("--config", type=Path, default=CONFIG_FILE, metavar="FILE", help="default: %(default)s")


def read(path: Path) -> Config[Any]:
    """Load a config file with every channel kind there is. Raises ConfigError."""
    return load(path, ChannelOptions)
