"""Endpoints that are no web address: TCP, TLS, STARTTLS, WebSocket, ICMP, DNS, gRPC, SSH."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from monitor.importers.address import host_and_port
from monitor.importers.blueprint import Option
from monitor.importers.gatus.bench import Bench
from monitor.importers.gatus.condition import Condition, those
from monitor.importers.gatus.http import http
from probes.pattern import literal

RCODES: Final = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED")
_SSH_PORT: Final = 22
_GRPC_PORTS: Final = {"grpc": 80, "grpcs": 443}


def _place(bench: Bench, port: int | None = None) -> None:
    found = host_and_port(bench.endpoint.url.partition("://")[2])
    if found is None or (found[1] or port) is None:
        bench.sketch.lose("url: it should be a host and a port")
    else:
        bench.sketch.options |= {"host": found[0], "port": found[1] or port}


def _spoken(bench: Bench, what: str, value: str) -> None:
    """Conditions that a good look proves."""
    for condition in those(bench.conditions, what):
        if condition.holds(value):
            bench.spoken_for(condition)


def _tcp(bench: Bench) -> None:
    _place(bench)
    _talk(bench)
    _spoken(bench, "CONNECTED", "true")


def _tls(bench: Bench) -> None:
    _tcp(bench)
    bench.sketch.options["tls_mode"] = "implicit"
    bench.tls()


def _talk(bench: Bench, *, always: bool = False) -> None:
    """What is sent, and the lines that must come back; Gatus looks at all that comes at once."""
    if not (bench.endpoint.body or always):
        return
    steps: list[Option] = [{"send": bench.line()}]
    for condition in those(bench.conditions, "BODY"):
        if condition.sign == "==":
            steps.append({"expect": condition.searched()})
            bench.spoken_for(condition)
    bench.sketch.options["dialogue"] = steps if len(steps) > 1 else [*steps, {"expect": ""}]


def _starttls(bench: Bench) -> None:
    _place(bench)
    bench.tls()
    _spoken(bench, "CONNECTED", "true")


def _websocket(bench: Bench) -> None:
    bench.web.stream(bench.endpoint.url)
    _talk(bench, always=True)
    if bench.endpoint.headers:
        bench.sketch.unlike("headers: our kind websocket sends none of its own")
    if bench.endpoint.url.startswith("wss://"):
        bench.tls()
    _spoken(bench, "CONNECTED", "true")


def _icmp(bench: Bench) -> None:
    bench.sketch.options["host"] = bench.endpoint.url.partition("://")[2].strip("[]")
    _spoken(bench, "CONNECTED", "true")


def _grpc(bench: Bench) -> None:
    scheme = bench.endpoint.url.partition("://")[0]
    _place(bench, _GRPC_PORTS[scheme])
    if scheme == "grpcs":
        bench.sketch.options["tls_mode"] = "implicit"
        bench.tls()
    asked = [one for one in bench.conditions if (one.what, one.path) == ("BODY", ".status") and one.holds("SERVING")]
    for condition in asked:
        bench.spoken_for(condition)
    if not asked:
        bench.sketch.unlike("no condition asks for [BODY].status == SERVING, and our kind grpc always does")
    _spoken(bench, "CONNECTED", "true")


def _ssh(bench: Bench) -> None:
    """A server that greets as SSH does; nobody signs in, and no command runs."""
    _place(bench, _SSH_PORT)
    bench.sketch.options["dialogue"] = [{"expect": "^SSH-"}]
    shell = bench.endpoint.ssh
    if shell and (shell.username or shell.password or shell.private_key):
        bench.sketch.note("ssh: we neither sign in nor run a command; we wait for the server's greeting")
    _spoken(bench, "CONNECTED", "true")
    _spoken(bench, "STATUS", "0")


def _dns(bench: Bench) -> None:
    question, told = bench.endpoint.dns, bench.sketch.options
    assert question is not None  # noqa: S101 - asked by the caller
    told |= {"server": bench.endpoint.url, "query": question.query_name, "record": question.query_type.upper()}
    codes = those(bench.conditions, "DNS_RCODE")
    told["expect_rcodes"] = [code for code in RCODES if all(one.holds(code) for one in codes)]
    for condition in codes:
        bench.spoken_for(condition)
    _spoken(bench, "CONNECTED", "true")
    for key, sign in (("answer_must_match", "=="), ("answer_must_not_match", "!=")):
        wanted = [one for one in those(bench.conditions, "BODY") if one.sign == sign]
        if wanted:
            told[key] = [_record(one, question.query_type.upper()) for one in wanted]
        for condition in wanted:
            bench.spoken_for(condition)


def _record(condition: Condition, record: str) -> str:
    """A whole record whose last field, without its quotes, is what the condition asks for."""
    return rf'\sIN\s{literal(record)}\s(?:\S+\s)*"?{condition.pattern}"?$'


_KINDS: Final[Mapping[str, tuple[str, Callable[[Bench], None]]]] = {
    "http": ("http", http),
    "https": ("http", http),
    "tcp": ("tcp", _tcp),
    "tls": ("tcp", _tls),
    "starttls": ("smtp", _starttls),
    "ws": ("websocket", _websocket),
    "wss": ("websocket", _websocket),
    "icmp": ("icmp", _icmp),
    "grpc": ("grpc", _grpc),
    "grpcs": ("grpc", _grpc),
    "ssh": ("tcp", _ssh),
}


def reach(bench: Bench) -> None:
    """Fill the sketch by what the url begins with; an endpoint with a ``dns`` is a question to a name server."""
    scheme = re.match(r"[a-z]+(?=://)", bench.endpoint.url)
    found = ("dns", _dns) if bench.endpoint.dns else _KINDS.get(scheme[0]) if scheme else None
    if found is None:
        bench.sketch.lose(f"url: we have no kind for {scheme[0] if scheme else 'what begins so'}")
        return
    bench.sketch.kind, fill = found
    fill(bench)
    bench.client()
