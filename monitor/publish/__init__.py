"""Publish carries what a human approved to the channels, and nothing else; only here are channels touched."""

from monitor.channels.channel import Channel
from monitor.channels.kinds import KINDS, Kind
from monitor.publish.drain import Outcome, drain

__all__ = ["KINDS", "Channel", "Kind", "Outcome", "drain"]
