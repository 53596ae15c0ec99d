"""The keys of an Uptime Kuma backup that concern us; those of version 1.23 and of 2 have the same names."""

import json
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from monitor.importers.source import Foreign, Values


def _rows(value: object) -> object:
    """A list, which some exports have as an object by number."""
    return list(value.values()) if isinstance(value, dict) else value


def _table(value: object) -> object:
    """A table, which a backup holds as a text of JSON. Raises ValueError."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value or "{}")
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError("should be a text of JSON") from error


Rows = BeforeValidator(_rows)


class Monitor(Foreign):
    """One of ``monitorList``."""

    id: int = 0
    name: str
    type: str
    active: bool = True
    parent: int | None = None
    url: str = ""
    hostname: str = ""
    port: int = 0
    interval: float = Field(default=60.0, ge=0, le=1e8)
    retry_interval: float = Field(default=0.0, alias="retryInterval", ge=0, le=1e8)
    timeout: float = Field(default=0.0, ge=0, le=1e8)
    maxretries: int = Field(default=0, ge=0, le=10_000)
    upside_down: bool = Field(default=False, alias="upsideDown")
    ignore_tls: bool = Field(default=False, alias="ignoreTls")
    accepted: list[str] = Field(default=["200-299"], alias="accepted_statuscodes")
    maxredirects: int = 10
    method: str = "GET"
    headers: Annotated[dict[str, str], BeforeValidator(_table)] = Field(default_factory=dict)
    body: str = ""
    encoding: str = Field(default="json", alias="httpBodyEncoding")
    auth_method: str = Field(default="", alias="authMethod")
    username: str = Field(default="", alias="basic_auth_user")
    password: str = Field(default="", alias="basic_auth_pass")
    bearer_token: str = ""
    keyword: str = ""
    invert_keyword: bool = Field(default=False, alias="invertKeyword")
    json_path: str = Field(default="", alias="jsonPath")
    json_operator: str = Field(default="==", alias="jsonPathOperator")
    expected: str = Field(default="", alias="expectedValue")
    proxy: int | None = Field(default=None, alias="proxyId")
    ip_family: str = Field(default="", alias="ipFamily")
    resolver: str = Field(default="", alias="dns_resolve_server")
    record: str = Field(default="A", alias="dns_resolve_type")
    conditions: Annotated[list[Values], BeforeValidator(_table)] = Field(default_factory=list)
    push_token: str = Field(default="", alias="pushToken")
    smtp_security: str = Field(default="", alias="smtpSecurity")
    tls_alert: str = Field(default="none", alias="expectedTlsAlert")
    grpc_url: str = Field(default="", alias="grpcUrl")
    grpc_service: str = Field(default="", alias="grpcServiceName")
    grpc_method: str = Field(default="", alias="grpcMethod")
    grpc_body: str = Field(default="", alias="grpcBody")
    grpc_tls: bool = Field(default=False, alias="grpcEnableTls")
    notifications: dict[str, bool] = Field(default_factory=dict, alias="notificationIDList")
    tags: list[Values] = Field(default_factory=list)


class Notification(Foreign):
    """One of ``notificationList``."""

    id: int = 0
    name: str = ""
    config: Annotated[Values, BeforeValidator(_table)] = Field(default_factory=dict)


class Proxy(Foreign):
    """One of ``proxyList``."""

    id: int = 0
    protocol: str = "http"
    host: str = ""
    port: int = 0
    username: str = ""
    password: str = ""


class Clock(Foreign):
    """A time of day."""

    hours: int = Field(default=0, ge=0, le=23)
    minutes: int = Field(default=0, ge=0, le=59)


class Work(Foreign):
    """One of ``maintenanceList``; a backup has none, the API has."""

    title: str = "maintenance"
    strategy: str = "manual"
    active: bool = True
    interval_day: int = Field(default=1, alias="intervalDay")
    dates: list[str | None] = Field(default_factory=list, alias="dateRange")
    times: list[Clock] = Field(default_factory=list, alias="timeRange")
    weekdays: list[int] = Field(default_factory=list)
    days_of_month: list[str] = Field(default_factory=list, alias="daysOfMonth")
    cron: str = ""
    duration: float = Field(default=0.0, ge=0, le=1e8)
    timezone: str = "UTC"


class StatusPage(Foreign):
    """One of ``statusPageList``; a backup has none, the API has."""

    title: str = ""
    domains: list[str] = Field(default_factory=list, alias="domainNameList")
    custom_css: str = Field(default="", alias="customCSS")
    footer: str = Field(default="", alias="footerText")
    groups: list[Values] = Field(default_factory=list, alias="publicGroupList")


class Backup(Foreign):
    """The whole file."""

    version: str = ""
    monitors: Annotated[list[Monitor], Rows] = Field(alias="monitorList")
    notifications: Annotated[list[Notification], Rows] = Field(default_factory=list, alias="notificationList")
    proxies: Annotated[list[Proxy], Rows] = Field(default_factory=list, alias="proxyList")
    works: Annotated[list[Work], Rows] = Field(default_factory=list, alias="maintenanceList")
    pages: Annotated[list[StatusPage], Rows] = Field(default_factory=list, alias="statusPageList")


def named(value: Any) -> str:  # noqa: ANN401 - whatever stands in a table that we do not parse
    """A word out of a table that is not parsed."""
    return str(value) if isinstance(value, str | int) else ""
