"""Calls bring people to the desk: whom, by which route, how soon again, until when. They tell the public nothing."""

from monitor.calls.kinds import KINDS, Kind
from monitor.calls.route import Route

__all__ = ["KINDS", "Kind", "Route"]
