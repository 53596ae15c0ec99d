"""Maintenance windows of Gatus: every day, or some days of the week, at one time of day."""

import re
from typing import Final

from monitor.importers.blueprint import Planned, Sketch
from monitor.importers.gatus.options import Window
from monitor.importers.spans import span

_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
# Gatus only keeps quiet meanwhile; a draft that announces it each time would be news.
_UNANNOUNCED: Final = "0s"


def planned(window: Window, name: str, *covers: Sketch) -> Planned:
    """The window as a maintenance of ours."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", window.start)
    days = ",".join(day[:3].upper() for day in _DAYS if day in window.every) or "*"
    cron = f"{int(match[2])} {int(match[1])} * * {days}" if match else window.start
    options = {"name": name[:80], "cron": cron, "lasts": span(window.duration)}
    return Planned({**options, "timezone": window.timezone, "announce": _UNANNOUNCED}, covers=covers)
