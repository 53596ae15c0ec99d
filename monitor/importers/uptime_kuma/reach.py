"""Monitors that ask no web server, as our kinds."""

import json
from ipaddress import ip_address
from typing import Final

from monitor.importers.address import host_and_port
from monitor.importers.spans import span
from monitor.importers.uptime_kuma.bench import Bench
from monitor.importers.uptime_kuma.options import named
from monitor.importers.woven import heartbeat_key
from probes.pattern import literal

_SMTP_PORT: Final = 25
_DNS_PORT: Final = 53
_BUFFER_S: Final = 1.0  # as Kuma has it, for clocks that differ
_MODES: Final = {"secure": "implicit", "starttls": "starttls", "nostarttls": "none"}
_MATCHES: Final = {
    "equals": r"\s{}\.?$",
    "contains": r"\s\S*{}\S*$",
    "starts_with": r"\s{}\S*$",
    "ends_with": r"\s\S*{}\.?$",
}


def port(bench: Bench) -> None:
    """Something takes connections."""
    told, monitor = bench.sketch.options, bench.monitor
    told |= {"host": monitor.hostname, "port": monitor.port}
    if monitor.tls_alert != "none":
        told["tls_mode"] = "implicit"
        bench.tls()
        bench.sketch.tls("expect_alert", monitor.tls_alert)


def ping(bench: Bench) -> None:
    """A host answers pings."""
    bench.sketch.options["host"] = bench.monitor.hostname


def dns(bench: Bench) -> None:
    """A name server knows records of a name: to Kuma an answer without any is none."""
    told, monitor = bench.sketch.options, bench.monitor
    servers = [server for server in monitor.resolver.replace(" ", "").split(",") if server]
    if not servers:
        bench.sketch.lose("it has no dns_resolve_server")
        return
    if len(servers) > 1:
        bench.sketch.note(f"dns_resolve_server: {', '.join(servers[1:])}: we ask one name server a target")
    server = f"[{servers[0]}]" if ":" in servers[0] else servers[0]
    record = monitor.record.upper()
    told["server"] = servers[0] if monitor.port in {0, _DNS_PORT} else f"{server}:{monitor.port}"
    told |= {"query": _reversed(monitor.hostname, record), "record": record}
    told["answer_must_match"] = [rf"\sIN\s{literal(record)}\s", *_conditions(bench)]


def push(bench: Bench) -> None:
    """Somebody says that they are alive."""
    monitor, told = bench.monitor, bench.sketch.options
    told["key"] = bench.web.secret("key", heartbeat_key(monitor.push_token))
    told["period"] = span(max(monitor.interval, 1.0))
    told["grace"] = span(monitor.maxretries * (monitor.retry_interval or monitor.interval) + _BUFFER_S)
    bench.sketch.note("/api/push/…: from now on POST to /ping/KEY at the desk's listener, while all is well")


def smtp(bench: Bench) -> None:
    """A mail server greets, and turns to TLS."""
    monitor = bench.monitor
    bench.sketch.options |= {"host": monitor.hostname, "port": monitor.port or _SMTP_PORT}
    bench.sketch.options["tls_mode"] = _MODES.get(monitor.smtp_security, "opportunistic")
    bench.tls()


def grpc(bench: Bench) -> None:
    """The standard health service; other calls need a definition that we do not read."""
    monitor, told = bench.monitor, bench.sketch.options
    found = host_and_port(monitor.grpc_url.partition("://")[2] or monitor.grpc_url)
    if (monitor.grpc_service.rpartition(".")[2], monitor.grpc_method.lower()) != ("Health", "check"):
        bench.sketch.lose("grpc-keyword: our kind grpc asks the health service only (grpc.health.v1)")
    elif found is None:
        bench.sketch.lose("grpcUrl: it should be a host and a port")
    else:
        told |= {"host": found[0], "port": found[1] or (443 if monitor.grpc_tls else 80)}
        if service := _service(monitor.grpc_body):
            told["service"] = service
        if monitor.grpc_tls:
            told["tls_mode"] = "implicit"
            bench.tls()


def websocket(bench: Bench) -> None:
    """A web server upgrades."""
    bench.web.stream(bench.monitor.url)
    if bench.monitor.headers or bench.monitor.auth_method not in {"", "null"}:
        bench.sketch.unlike("headers and authMethod: our kind websocket sends none of its own")
    if bench.monitor.url.lower().startswith("wss://"):
        bench.tls()


def _reversed(name: str, record: str) -> str:
    try:
        return ip_address(name).reverse_pointer if record == "PTR" else name
    except ValueError:
        return name


def _conditions(bench: Bench) -> list[str]:
    """Each of version 2's conditions, if it is one that a record can be matched by."""
    patterns = []
    for condition in bench.monitor.conditions:
        shape = _MATCHES.get(named(condition.get("operator")))
        value, joined = named(condition.get("value")), named(condition.get("andOr")) or "and"
        if shape and joined == "and" and condition.get("variable") == "record":
            patterns.append(shape.replace("{}", literal(value)))
        else:
            bench.sketch.note(f"conditions: {json.dumps(condition, ensure_ascii=False)}")
    return patterns


def _service(body: str) -> str:
    try:
        told = json.loads(body or "{}")
    except (ValueError, RecursionError):
        return ""
    return named(told.get("service")) if isinstance(told, dict) else ""
