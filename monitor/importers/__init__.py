"""The configs of other monitors, made into ours: one importer a monitor, and one word in a list."""

from typing import Final

from monitor.importers import blackbox, gatus, uptime_kuma
from monitor.importers.blueprint import Blueprint
from monitor.importers.importer import Importer
from monitor.importers.source import SourceError
from monitor.importers.writing import write

IMPORTERS: Final[tuple[Importer, ...]] = (blackbox, gatus, uptime_kuma)

__all__ = ["IMPORTERS", "Blueprint", "Importer", "SourceError", "write"]
