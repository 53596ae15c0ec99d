"""The drill: an outage rehearsed end to end on sample servers, told to a sandbox only, and scored at the end."""

from monitor.drill.rehearsal import Plan, rehearse
from monitor.drill.score import Score

__all__ = ["Plan", "Score", "rehearse"]
