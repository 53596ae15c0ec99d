"""The config file, read strictly: a frozen Config, or every reason at once why there is none."""

from monitor.config.load import load
from monitor.config.problem import ConfigError, Problem
from monitor.config.schema import (
    ChannelOptions,
    Component,
    Config,
    Defaults,
    Desk,
    Metrics,
    Notices,
    Page,
    Site,
    Storage,
    Watch,
)
from monitor.config.values import Listen

__all__ = [
    "ChannelOptions",
    "Component",
    "Config",
    "ConfigError",
    "Defaults",
    "Desk",
    "Listen",
    "Metrics",
    "Notices",
    "Page",
    "Problem",
    "Site",
    "Storage",
    "Watch",
    "load",
]
