"""Check a config file: every problem at once, each with its line.

A company's own templates and phrases are told of outages that never were, and what is wrong with them is a problem too.
Exit code 0 if the file can be used, else 2.
"""

import argparse
import sys
from pathlib import Path

from monitor.commands.settings import read
from monitor.config import ConfigError
from monitor.overrides import overrides, rehearsed


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file to check."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the config file to check")


def run(arguments: argparse.Namespace) -> int:
    """Load it as the daemon would, and rehearse your words; every problem is a ConfigError, which ``main`` prints."""
    config = read(arguments.file)
    counts = ", ".join(
        f"{len(tables)} {name}{'' if len(tables) == 1 else 's'}"
        for name, tables in (("component", config.component), ("target", config.target), ("channel", config.channel))
    )
    wrong, mild = rehearsed(config, overrides(config))
    if wrong:
        raise ConfigError((*wrong, *mild))
    for problem in mild:
        print(f"{problem} (a warning)", file=sys.stderr)
    print(f"{config.path}: good ({counts})")
    return 0
