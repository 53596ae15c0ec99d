"""The keys of a Gatus config, by the names of its documentation."""

from typing import Any

from pydantic import ConfigDict, Field

from monitor.importers.source import Foreign, Values
from monitor.importers.spans import Span


class Keyed(Foreign):
    """A table whose keys are written with hyphens."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))


class ClientTls(Keyed):
    """``client.tls``."""

    certificate_file: str = ""
    private_key_file: str = ""
    renegotiation: str = "never"


class Client(Keyed):
    """``client``."""

    insecure: bool = False
    ignore_redirect: bool = False
    timeout: Span = 10.0
    dns_resolver: str = ""
    oauth2: Values | None = None
    proxy_url: str = ""
    identity_aware_proxy: Values | None = None
    tls: ClientTls = ClientTls()
    network: str = ""
    tunnel: str = ""
    store_cookies: bool = False


class Window(Keyed):
    """``maintenance``, and one of ``maintenance-windows``."""

    enabled: bool = True
    start: str = ""
    duration: Span = 0.0
    timezone: str = "UTC"
    every: list[str] = Field(default_factory=list)


class Question(Keyed):
    """``dns``."""

    query_type: str = "A"
    query_name: str = ""


class Shell(Keyed):
    """``ssh``."""

    username: str = ""
    password: str = ""
    private_key: str = ""


class Endpoint(Keyed):
    """One of ``endpoints``."""

    enabled: bool = True
    name: str
    group: str = ""
    url: str
    method: str = "GET"
    conditions: list[str] = Field(default_factory=list)
    interval: Span = 60.0
    graphql: bool = False
    body: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    dns: Question | None = None
    ssh: Shell | None = None
    alerts: list[dict[str, Any]] = Field(default_factory=list)
    maintenance_windows: list[Window] = Field(default_factory=list)
    client: Client = Client()
    ui: Values = Field(default_factory=dict)
    extra_labels: Values = Field(default_factory=dict)


class Rhythm(Keyed):
    """``heartbeat``."""

    interval: Span = 0.0


class External(Keyed):
    """One of ``external-endpoints``."""

    enabled: bool = True
    name: str
    group: str = ""
    token: str = ""
    alerts: list[dict[str, Any]] = Field(default_factory=list)
    heartbeat: Rhythm = Rhythm()
    maintenance_windows: list[Window] = Field(default_factory=list)


class Suite(Keyed):
    """One of ``suites``."""

    name: str = "unnamed"
    group: str = ""


class Ui(Keyed):
    """``ui``."""

    header: str = ""
    logo: str = ""
    custom_css: str = ""
    buttons: list[Values] = Field(default_factory=list)


class Gatus(Keyed):
    """The whole file."""

    endpoints: list[Endpoint] = Field(default_factory=list)
    external_endpoints: list[External] = Field(default_factory=list)
    suites: list[Suite] = Field(default_factory=list)
    maintenance: Window | None = None
    alerting: Values = Field(default_factory=dict)
    announcements: list[Any] = Field(default_factory=list)
    ui: Ui = Ui()
