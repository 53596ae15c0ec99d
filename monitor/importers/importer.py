"""What an importer is: a module that reads the files of one other monitor."""

import argparse
from typing import Protocol

from monitor.importers.blueprint import Blueprint


class Importer(Protocol):
    """A module that stands in ``IMPORTERS``; ``NAME`` is how it is called on the command line."""

    NAME: str
    SUMMARY: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare its files."""

    def read(self, arguments: argparse.Namespace) -> Blueprint:
        """Read them. Raises SourceError."""
