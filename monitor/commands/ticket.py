"""A Result as text that can be pasted into a ticket, and as one line of JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from probes.look import Certificate, Line, Result

_ARROWS: Final = {"us": ">", "them": "<", "note": "*"}  # as curl -v draws them


def as_text(result: Result) -> str:
    """The finding, when and how long, the certificate, and the dialogue with the seconds since the look began."""
    return "\n".join(_lines(result))


def as_json(result: Result) -> str:
    """One object on one line; times are ISO 8601, durations seconds, what is not known is null."""
    certificate = result.certificate and asdict(result.certificate)
    return json.dumps(
        {
            "target": result.target,
            "kind": result.kind,
            "outcome": result.outcome,
            "reason": result.reason,
            "detail": result.detail,
            "duration_s": round(result.duration_s, 6),
            "phases": {name: round(length_s, 6) for name, length_s in result.phases.items()},
            "certificate": certificate,
            "evidence": [asdict(line) for line in result.evidence],
            "numbers": dict(result.numbers),
            "side": result.side,
        },
        default=datetime.isoformat,
        ensure_ascii=False,
    )


def _lines(result: Result) -> Iterator[str]:
    side = f" (side: {result.side})" if result.side else ""
    yield f"{result.target} ({result.kind}): {result.outcome}" + (f", {result.reason}" if result.reason else "") + side
    if result.reason:
        yield f"  {result.reason.meaning}" + (f": {result.detail}" if result.detail else "")
    yield f"  looked at {_utc(result.started_at)} for {result.duration_s:.3f} s" + _phases(result)
    if result.certificate:
        yield from _certificate(result.certificate, result.started_at)
    yield from map(_said, result.evidence)


def _phases(result: Result) -> str:
    stages = ", ".join(f"{name} {length_s:.3f}" for name, length_s in result.phases.items())
    return f" ({stages})" if stages else ""


def _certificate(certificate: Certificate, now: datetime) -> Iterator[str]:
    yield f"  certificate {certificate.subject}, issued by {certificate.issuer}, for {', '.join(certificate.names)}"
    days = (certificate.not_after - now).days
    yield f"    valid {_utc(certificate.not_before)} to {_utc(certificate.not_after)} ({days} days left)"
    if certificate.earliest_not_after < certificate.not_after:
        yield f"    a certificate of the chain expires first: {_utc(certificate.earliest_not_after)}"
    yield f"    {certificate.tls_version}, {certificate.cipher}, SHA-256 {certificate.fingerprint_sha256}"


def _said(line: Line) -> str:
    return f"  {line.at_s:8.3f} {_ARROWS[line.who]} {line.text}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
