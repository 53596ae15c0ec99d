"""What one look tells the court: the few values that judging rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Self

from monitor.court.latency import Slow
from monitor.court.topology import Node, Way
from probes.finding import Outcome
from probes.look import Result
from probes.reason import Reason

# A failure that our own side could have caused as well: no byte of the far end proves that the way to it is open.
DOUBTFUL: Final = frozenset(
    {
        Reason.DNS_NXDOMAIN,
        Reason.DNS_TIMEOUT,
        Reason.DNS_FAILED,
        Reason.DNS_NO_ADDRESS,
        Reason.CONNECT_TIMEOUT,
        Reason.CONNECT_REFUSED,
        Reason.CONNECTION_CLOSED,
        Reason.TLS_TIMEOUT,
        Reason.TIMEOUT,
        Reason.GREETING_TIMEOUT,
        Reason.UNREACHABLE,
    }
)
_OF_THE_RESOLVER: Final = frozenset({Reason.DNS_NXDOMAIN, Reason.DNS_TIMEOUT, Reason.DNS_FAILED, Reason.DNS_NO_ADDRESS})
# What a certificate will do next week, nobody's customer feels today.
_INTERNAL: Final = frozenset({Reason.CERT_EXPIRING})


@dataclass(frozen=True, slots=True)
class Testimony:
    """One Result in brief. ``at`` is when the look began; it ended ``duration_s`` later.

    ``exhibit`` is whatever the caller wants back as evidence with the Plea; the court never looks at it.
    """

    target: str
    outcome: Outcome
    reason: Reason | None
    at: datetime
    duration_s: float = 0.0
    detail: str = ""
    exhibit: Any = None
    phases: Mapping[str, float] = field(default_factory=dict)
    address: str = ""

    @classmethod
    def of(cls, result: Result) -> Self:
        """The testimony of a Result, which is its exhibit."""
        return cls(
            result.target,
            result.outcome,
            result.reason,
            result.started_at,
            result.duration_s,
            result.detail,
            result,
            result.phases,
            result.address,
        )

    def isolated(self, why: str) -> Self:
        """The same look as one that says nothing of its target, since our own side is in doubt."""
        return replace(self, outcome=Outcome.UNKNOWN, reason=Reason.ISOLATED, detail=why)

    def slow(self, slow: Slow) -> Self:
        """The same look as one that took longer than usual."""
        return replace(self, outcome=Outcome.DEGRADED, reason=Reason.LATENCY, detail=str(slow))

    def partial(self, why: str) -> Self:
        """The same good look as one of a target that fails in part."""
        return replace(self, outcome=Outcome.DEGRADED, reason=Reason.PARTIAL, detail=why)

    @property
    def failed(self) -> bool:
        """A customer would have been failed."""
        return self.outcome is Outcome.FAILED

    @property
    def felt(self) -> bool:
        """Degraded in a way that customers feel."""
        return self.outcome is Outcome.DEGRADED and self.reason not in _INTERNAL

    def doubts(self, node: Node) -> Way | None:
        """The way that may be closed on our own side, or None if this says nothing against it."""
        if not self.failed or self.reason not in DOUBTFUL or node.family is None:
            return None
        if self.reason in _OF_THE_RESOLVER:
            return "dns" if node.named else None
        return node.family

    def proves(self, node: Node) -> tuple[Way, ...]:
        """The ways that were open, or this could not have been seen."""
        family = node.family
        if family is None or self.outcome is Outcome.UNKNOWN:
            return ()
        stuck = self.doubts(node)
        if stuck is None:
            return ("dns", family) if node.named else (family,)
        return ("dns",) if stuck != "dns" and node.named else ()
