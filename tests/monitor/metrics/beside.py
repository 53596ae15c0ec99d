"""How our answers are held beside those of a real blackbox_exporter."""

from pathlib import Path
from typing import Any

import pytest

NOISE_S = 0.5

# What Debian's blackbox_exporter has and we leave out, and what we have alone.
LEFT_OUT = {
    "probe_http_last_modified_timestamp_seconds",
    "probe_ssl_last_chain_info",
}
OURS = {"probe_timeout_seconds", "probe_tls_cipher_info", "ownup_result_timestamp_seconds"}

# What later versions of it have: we too, or not.
LATER_OURS = {"probe_timeout_seconds", "probe_tls_cipher_info"}
LATER_LEFT_OUT = {
    "probe_expect_info",
    "probe_failed_due_to_bytes",
    "probe_failed_due_to_cel",
    "probe_websocket_duration_seconds",
}

STARTTLS_SMTP = [
    {"expect": "^220 "},
    {"send": "EHLO prober\r"},
    {"expect": "^250[- ]STARTTLS"},
    {"send": "STARTTLS\r"},
    {"expect": "^220 "},
    {"starttls": True},
    {"send": "EHLO prober\r"},
    {"expect": "^250 "},
    {"send": "QUIT\r"},
]
STARTTLS_IMAP = [
    {"expect": "OK"},
    {"send": "a STARTTLS"},
    {"expect": "^a OK"},
    {"starttls": True},
    {"send": "b LOGOUT"},
]

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def assert_alike(ours: Samples, theirs: Samples, *, but_for: frozenset[str] = frozenset()) -> None:
    """The same names and labels, the same values but for those that are named; durations within noise."""
    names = {name for name, _ in theirs} - LEFT_OUT
    assert names == {name for name, _ in ours} - OURS
    told = {key: value for key, value in theirs.items() if key[0] in names}
    assert set(told) <= set(ours)
    for (name, labels), value in told.items():
        noise = NOISE_S if "duration" in name or "lookup" in name else 0.0
        if name not in but_for:
            assert ours[name, labels] == pytest.approx(value, abs=noise), f"{name}{labels}"


def modules(authority_file: Path) -> dict[str, Any]:
    """Its modules for all that is compared."""
    tls = {"ca_file": str(authority_file)}
    http = {"preferred_ip_protocol": "ip4", "tls_config": tls}
    return {
        "http": {"prober": "http", "timeout": "5s", "http": http},
        "regex": {"prober": "http", "timeout": "5s", "http": {**http, "fail_if_body_not_matches_regexp": ["closed"]}},
        "tcp": {"prober": "tcp", "timeout": "5s"},
        "imaps": {
            "prober": "tcp",
            "timeout": "5s",
            "tcp": {"tls": True, "tls_config": tls, "query_response": [{"expect": "OK"}]},
        },
        "banner": {"prober": "tcp", "timeout": "1s", "tcp": {"query_response": [{"expect": "SSH"}]}},
        "smtp": {"prober": "tcp", "timeout": "5s", "tcp": {"tls_config": tls, "query_response": STARTTLS_SMTP}},
        "imap": {"prober": "tcp", "timeout": "5s", "tcp": {"tls_config": tls, "query_response": STARTTLS_IMAP}},
        "dns": {"prober": "dns", "timeout": "5s", "dns": {"query_name": "example.test", "query_type": "SOA"}},
        "ping": {"prober": "icmp", "timeout": "5s", "icmp": {"preferred_ip_protocol": "ip4"}},
        "grpc": {"prober": "grpc", "timeout": "5s", "grpc": {"preferred_ip_protocol": "ip4"}},
    }
