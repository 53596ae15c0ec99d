"""The config file, read strictly: a frozen Config, or every reason at once why there is none."""

from monitor.config.changes import Changes, changes
from monitor.config.desk import Desk, FourEyes
from monitor.config.load import load
from monitor.config.metrics import Metrics
from monitor.config.oidc import Oidc
from monitor.config.plan import Plan
from monitor.config.problem import ConfigError, Problem
from monitor.config.reading import UnreadableError, read_text
from monitor.config.schema import (
    Alerts,
    Calls,
    ChannelOptions,
    Component,
    Config,
    Defaults,
    Incidents,
    Link,
    Maintenance,
    Notices,
    Page,
    Person,
    RouteOptions,
    Site,
    Storage,
    Watch,
)
from monitor.config.subscribers import Subscribers
from monitor.config.values import Hours, HttpUrl, Listen
from monitor.config.wording import did_you_mean

__all__ = [
    "Alerts",
    "Calls",
    "Changes",
    "ChannelOptions",
    "Component",
    "Config",
    "ConfigError",
    "Defaults",
    "Desk",
    "FourEyes",
    "Hours",
    "HttpUrl",
    "Incidents",
    "Link",
    "Listen",
    "Maintenance",
    "Metrics",
    "Notices",
    "Oidc",
    "Page",
    "Person",
    "Plan",
    "Problem",
    "RouteOptions",
    "Site",
    "Storage",
    "Subscribers",
    "UnreadableError",
    "Watch",
    "changes",
    "did_you_mean",
    "load",
    "read_text",
]
