"""What a command is: a module whose name is the command's and whose docstring is its help."""

import argparse
from typing import Protocol


class Command(Protocol):
    """A module of this package that stands in ``COMMANDS``."""

    __name__: str
    __doc__: str | None

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what may stand behind the command's name."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it, and give the exit code. Raises Trouble or ConfigError, which are said in one line each."""


class Trouble(Exception):  # noqa: N818 - it is said to a human, without the word "error"
    """Something the user can put right, said in one line; the exit code is 2."""


def name_of(command: Command) -> str:
    """What stands behind ``ownup``: the module's name, without the ``_`` that keeps it from being a keyword."""
    return command.__name__.rpartition(".")[2].rstrip("_")
