"""Check a config file: every problem at once, each with its line.

Exit code 0 if the file can be used, else 2.
"""

import argparse
from pathlib import Path

from monitor.commands.settings import read


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file to check."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the config file to check")


def run(arguments: argparse.Namespace) -> int:
    """Load it as the daemon would; every problem is a ConfigError, which ``main`` prints."""
    config = read(arguments.file)
    counts = ", ".join(
        f"{len(tables)} {name}{'' if len(tables) == 1 else 's'}"
        for name, tables in (("component", config.component), ("target", config.target), ("channel", config.channel))
    )
    print(f"{config.path}: good ({counts})")
    return 0
