"""The daemon: every station as a task of one group, from the first look to the last byte."""

from monitor.daemon.listeners import CannotListen
from monitor.daemon.run import run

__all__ = ["CannotListen", "run"]
