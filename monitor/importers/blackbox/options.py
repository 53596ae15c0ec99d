"""The options of blackbox_exporter's modules, by the names of its documentation."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from monitor.importers.source import Foreign, Values
from monitor.importers.spans import Span
from probes.pattern import Pattern


def _bytes(value: object) -> object:
    return value if isinstance(value, bytes) else str(value)


class Tls(Foreign):
    """``tls_config``."""

    insecure_skip_verify: bool = False
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    server_name: str = ""
    min_version: str = ""
    max_version: str = ""


class BasicAuth(Foreign):
    """``basic_auth``."""

    username: str = ""
    password: str = ""
    username_file: str = ""
    password_file: str = ""


class Authorization(Foreign):
    """``authorization``."""

    type: str = "Bearer"
    credentials: str = ""
    credentials_file: str = ""


class SignIn(Foreign):
    """What Prometheus' own client has for signing in and for the way, in ``http`` and in ``http_config``."""

    basic_auth: BasicAuth | None = None
    authorization: Authorization | None = None
    bearer_token: str = ""
    bearer_token_file: str = ""
    oauth2: Values | None = None
    proxy_url: str = ""
    no_proxy: str = ""
    proxy_from_environment: bool = False
    proxy_connect_header: Values = Field(default_factory=dict)
    tls_config: Tls = Tls()
    follow_redirects: bool = True
    enable_http2: bool = True


class HeaderRule(Foreign):
    """``http_header_match_spec``."""

    header: str
    regexp: str
    allow_missing: bool = False


class HeaderValues(Foreign):
    """One of ``http_headers``."""

    values: list[str] = Field(default_factory=list)
    secrets: list[str] = Field(default_factory=list)
    files: list[str] = Field(default_factory=list)


class Addressed(Foreign):
    """Which address is looked at."""

    preferred_ip_protocol: str = "ip6"
    ip_protocol_fallback: bool = True
    source_ip_address: str = ""


class Http(SignIn, Addressed):
    """``http_probe``."""

    valid_status_codes: list[int] = Field(default_factory=list)
    valid_http_versions: list[str] = Field(default_factory=list)
    method: str = "GET"
    headers: dict[str, str] = Field(default_factory=dict)
    http_headers: dict[str, HeaderValues] = Field(default_factory=dict)
    body: str = ""
    body_file: str = ""
    body_size_limit: str = ""
    compression: str = ""
    fail_if_ssl: bool = False
    fail_if_not_ssl: bool = False
    fail_if_body_json_matches_cel: str = ""
    fail_if_body_json_not_matches_cel: str = ""
    fail_if_body_matches_regexp: list[str] = Field(default_factory=list)
    fail_if_body_not_matches_regexp: list[str] = Field(default_factory=list)
    fail_if_header_matches: list[HeaderRule] = Field(default_factory=list)
    fail_if_header_not_matches: list[HeaderRule] = Field(default_factory=list)
    skip_resolve_phase_with_proxy: bool = False
    enable_http3: bool = False


class Step(Foreign):
    """One of ``query_response``."""

    expect: Pattern = ""
    expect_bytes: Annotated[str | bytes, BeforeValidator(_bytes)] = ""
    labels: list[Values] = Field(default_factory=list)
    send: Annotated[str | bytes, BeforeValidator(_bytes)] = ""
    starttls: bool = False


class Tcp(Addressed):
    """``tcp_probe``."""

    query_response: list[Step] = Field(default_factory=list)
    tls: bool = False
    tls_config: Tls = Tls()


class Records(Foreign):
    """``validate_answer_rrs`` and the like."""

    fail_if_matches_regexp: list[str] = Field(default_factory=list)
    fail_if_all_match_regexp: list[str] = Field(default_factory=list)
    fail_if_not_matches_regexp: list[str] = Field(default_factory=list)
    fail_if_none_matches_regexp: list[str] = Field(default_factory=list)


class Dns(Addressed):
    """``dns_probe``."""

    query_name: str = ""
    query_type: str = "ANY"
    query_class: str = "IN"
    transport_protocol: str = "udp"
    dns_over_tls: bool = False
    recursion_desired: bool = True
    valid_rcodes: list[str] = Field(default_factory=list)
    validate_answer_rrs: Records = Records()
    validate_authority_rrs: Records = Records()
    validate_additional_rrs: Records = Records()
    tls_config: Tls = Tls()


class Icmp(Addressed):
    """``icmp_probe``."""

    dont_fragment: bool = False
    payload_size: int = 0
    ttl: int = 0


class Grpc(Addressed):
    """``grpc_probe``."""

    service: str = ""
    tls: bool = False
    tls_config: Tls = Tls()
    metadata: Values = Field(default_factory=dict)


class Websocket(Addressed):
    """``websocket_probe``."""

    http_config: SignIn = SignIn()
    headers: Values = Field(default_factory=dict)
    query_response: list[Step] = Field(default_factory=list)


class Module(Foreign):
    """One module."""

    prober: str
    timeout: Span = 0.0
    http: Http = Http()
    tcp: Tcp = Tcp()
    dns: Dns = Dns()
    icmp: Icmp = Icmp()
    grpc: Grpc = Grpc()
    websocket: Websocket = Websocket()


class Modules(Foreign):
    """The whole file."""

    modules: dict[str, Module] = Field(default_factory=dict)
