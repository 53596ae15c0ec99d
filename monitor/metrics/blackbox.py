"""One target's last Result in the names of blackbox_exporter, which dashboards and rules out there already know.

Its label values are closed sets here too: what a server says of itself stands in the transcript, never in a series.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import ip_address
from typing import Final

from monitor.metrics.families import FAMILIES, Family
from probes.finding import Outcome
from probes.health import Serving
from probes.look import Certificate, Result
from probes.reason import Reason
from probes.target import Target

_PASSED: Final = frozenset({Outcome.OK, Outcome.DEGRADED})
_MISMATCHED: Final = frozenset({Reason.BODY_MISMATCH, Reason.HEADER_MISMATCH})

# What /metrics has too is told there in the same words.
_HEADS: Final = {family.name: family.header() for family in FAMILIES} | {
    name: Family(name, "gauge", meaning).header()
    for name, meaning in (
        ("probe_timeout_seconds", "How long a look may take"),
        ("probe_ip_protocol", "4 or 6, if it connected"),
        ("probe_ip_addr_hash", "A number that changes when the address does, if it connected (FNV-1a, 32 bits)"),
        ("probe_failed_due_to_regex", "1 if the text or a header was not as expected"),
        ("probe_http_content_length", "The length that the last answer announced, -1 if it announced none"),
        ("probe_http_uncompressed_body_length", "The length of the body, its content coding undone"),
        ("probe_http_version", "The version of HTTP that the last answer spoke"),
        ("probe_ssl_last_chain_expiry_timestamp_seconds", "When the chain that we trust expires, in Unix time"),
        ("probe_tls_cipher_info", "The TLS cipher of the last look"),
        ("probe_dns_duration_seconds", "How long each phase of the last look took"),
        ("probe_dns_query_succeeded", "1 if the name server answered"),
        ("probe_dns_answer_rrs", "How many records the answer section has"),
        ("probe_dns_authority_rrs", "How many records the authority section has"),
        ("probe_dns_additional_rrs", "How many records the additional section has"),
        ("probe_dns_serial", "The serial of the zone"),
        ("probe_icmp_duration_seconds", "How long each phase of the last look took"),
        ("probe_icmp_reply_hop_limit", "The hop limit of the reply"),
        ("probe_grpc_status_code", "The status code of gRPC that the last call was answered with, 0 if there was none"),
        ("probe_grpc_ssl", "1 if the last call went over TLS"),
        ("probe_grpc_duration_seconds", "How long each phase of the last look took"),
        ("probe_grpc_healthcheck_response", "1 for the state that the server told, 0 for the others"),
        ("probe_websocket_status_code", "The status of the answer to our upgrade, 0 if there was none"),
        ("probe_websocket_connection_upgraded", "1 if the server took up WebSocket"),
        ("probe_websocket_failed_due_to_regex", "1 if a message was not as expected"),
    )
}

_Sample = tuple[str, str, float]
"""A name, its labels as they are written, and the value."""


@dataclass(frozen=True, slots=True)
class _Prober:
    """What blackbox_exporter tells of one sort of probe, whatever came of it.

    ``phases`` are a family, and its phases, each with those of ours that it is made of. ``numbers`` are its name, ours,
    and the value where a Result has none; None leaves the series out. ``states`` are its name, our number, and what
    that can say.
    """

    phases: tuple[str, Mapping[str, tuple[str, ...]]] = ("", {})
    numbers: tuple[tuple[str, str, float | None], ...] = ()
    mismatch: str = ""
    states: tuple[str, str, tuple[IntEnum, ...]] = ("", "", ())


def _like_ours(*phases: str) -> Mapping[str, tuple[str, ...]]:
    return {phase: (phase,) for phase in phases}


_STREAM: Final = _Prober(mismatch="probe_failed_due_to_regex")
_PROBERS: Final = {
    "http": _Prober(
        phases=("probe_http_duration_seconds", _like_ours("resolve", "connect", "tls", "processing", "transfer")),
        numbers=(
            ("probe_http_status_code", "status_code", 0),
            ("probe_http_content_length", "content_length", -1),
            ("probe_http_uncompressed_body_length", "body_bytes", 0),
            ("probe_http_redirects", "redirects", 0),
            ("probe_http_ssl", "ssl", 0),
            ("probe_http_version", "http_version", 0),
        ),
        mismatch="probe_failed_due_to_regex",
    ),
    "dns": _Prober(
        phases=("probe_dns_duration_seconds", _like_ours("resolve", "connect", "request")),
        numbers=(
            ("probe_dns_query_succeeded", "query_succeeded", 0),
            ("probe_dns_answer_rrs", "answer_rrs", 0),
            ("probe_dns_authority_rrs", "authority_rrs", 0),
            ("probe_dns_additional_rrs", "additional_rrs", 0),
            ("probe_dns_serial", "serial", None),
        ),
    ),
    "icmp": _Prober(
        phases=("probe_icmp_duration_seconds", _like_ours("resolve", "setup", "rtt")),
        numbers=(("probe_icmp_reply_hop_limit", "hop_limit", None),),
    ),
    "grpc": _Prober(
        phases=("probe_grpc_duration_seconds", {"resolve": ("resolve",), "check": ("connect", "tls", "check")}),
        numbers=(
            ("probe_grpc_status_code", "grpc_status", 0),
            ("probe_grpc_ssl", "ssl", 0),
        ),
        states=("probe_grpc_healthcheck_response", "serving_status", tuple(Serving)),
    ),
    "websocket": _Prober(
        numbers=(
            ("probe_websocket_status_code", "status_code", 0),
            ("probe_websocket_connection_upgraded", "upgraded", 0),
        ),
        mismatch="probe_websocket_failed_due_to_regex",
    ),
}


def text(target: Target, result: Result) -> str:
    """The Result in the text format."""
    lines, last = "", ""
    for name, labels, value in _samples(target, result):
        lines += f"{_HEADS[name] if name != last else ''}{name}{labels} {float(value)!r}\n"
        last = name
    return lines


def transcript(target: Target, result: Result) -> str:
    """The Result for human eyes: what came of the look, who said what and when, and the metrics."""
    found = f"{result.outcome} ({result.reason}): {result.detail}" if result.reason else str(result.outcome)
    said = "".join(f"{line.at_s:11.6f} {line.who:<4} {line.text}\n" for line in result.evidence)
    began = f"{result.started_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"The last look at {target.name}, at {began}: {found}\n\n{said}\nIts metrics:\n{text(target, result)}"


def _samples(target: Target, result: Result) -> Iterator[_Sample]:
    yield "probe_success", "", result.outcome in _PASSED
    yield "probe_duration_seconds", "", result.duration_s
    yield "probe_timeout_seconds", "", target.timeout
    yield "probe_dns_lookup_time_seconds", "", result.phases.get("resolve", 0.0)
    yield "ownup_result_timestamp_seconds", "", result.started_at.timestamp()
    if (ip_protocol := result.numbers.get("ip_protocol")) is not None:
        yield "probe_ip_protocol", "", ip_protocol
    if result.address:
        yield "probe_ip_addr_hash", "", _hash(ip_address(result.address).packed)
    yield from _of_prober(_PROBERS.get(result.kind, _STREAM), result)
    if result.certificate:
        yield from _of_certificate(result.certificate)
    if (expires_at := result.numbers.get("chain_expires_at")) is not None:
        yield "probe_ssl_last_chain_expiry_timestamp_seconds", "", expires_at


def _of_prober(prober: _Prober, result: Result) -> Iterator[_Sample]:
    family, phases = prober.phases
    for phase, parts in phases.items():
        yield family, f'{{phase="{phase}"}}', sum(result.phases.get(part, 0.0) for part in parts)
    for name, number, without in prober.numbers:
        value = result.numbers.get(number, without)
        if value is not None:
            yield name, "", value
    name, number, states = prober.states
    for state in states:
        yield name, f'{{{number}="{state.name}"}}', result.numbers.get(number) == state
    if prober.mismatch:
        yield prober.mismatch, "", result.reason in _MISMATCHED


def _of_certificate(shown: Certificate) -> Iterator[_Sample]:
    yield "probe_ssl_earliest_cert_expiry", "", shown.earliest_not_after.timestamp()
    if shown.tls_version:
        yield "probe_tls_version_info", f'{{version="{shown.tls_version}"}}', 1
    if shown.cipher:
        yield "probe_tls_cipher_info", f'{{cipher="{shown.cipher}"}}', 1


def _hash(data: bytes) -> int:
    """FNV-1a of 32 bits (draft-eastlake-fnv), which blackbox_exporter takes too."""
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value
