"""One look at one target: the question, the answer, the one timeout and the one net."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from traceback import format_exc
from typing import Final

from pydantic import TypeAdapter

from probes.finding import Degraded, Failed, Finding, Outcome, Side, Unknown
from probes.kept import Kept
from probes.notebook import Certificate, Notebook
from probes.reason import Reason
from probes.target import Target
from probes.transcript import Line, Transcript, harmless

__all__ = ["Certificate", "Kept", "Line", "Outcome", "Reason", "Result", "Target", "look"]

log = logging.getLogger("ownup.probes")

_WORST_FIRST: Final = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.DEGRADED)
_WORKS: Final = frozenset({Outcome.OK, Outcome.DEGRADED})

Keep = Callable[[Kept], None]
"""Takes over the connection of a look, to hold and to close."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one look gave. Durations are seconds on the monotonic clock; ``started_at`` is UTC.

    ``side`` is where on the way of a message the fault lies, for kinds that look at more than one server; ``address``
    that at which the target itself was reached.
    """

    target: str
    kind: str
    outcome: Outcome
    reason: Reason | None
    detail: str
    started_at: datetime
    duration_s: float
    phases: Mapping[str, float]
    certificate: Certificate | None
    evidence: tuple[Line, ...]
    numbers: Mapping[str, float]
    side: Side | None = None
    address: str = ""

    def as_json(self) -> str:
        """One JSON object on one line, with the fields that ``ownup look --json`` promises."""
        return _RESULT.dump_json(self).decode()


_RESULT: Final = TypeAdapter(Result)


async def look(target: Target, *, keep: Keep | None = None) -> Result:
    """Look once at a target. It always returns a Result, within ``target.longest_s`` seconds and a little.

    If the target still works, and its connection may stay open as a ``tripwire``, ``keep`` is given it before that.
    Here stand the one timeout and the one ``except Exception``: our own bug gives ``unknown/broken``, never a word
    against the target.
    """
    started_at = datetime.now(UTC)
    notes = Notebook(Transcript(target.secrets()), monotonic(), keeps=keep is not None and target.tripwire)
    finding: Finding | None = None
    try:
        async with asyncio.timeout(target.longest_s):
            await target.look(notes)
    except Finding as found:
        finding = found
    except TimeoutError:
        finding = _late(target, notes)
    except Exception as bug:  # noqa: BLE001 - the one net of the program; it is logged below
        # The words of an error may quote what was sent or heard, so its traceback is masked like a transcript.
        trace = notes.transcript.mask(format_exc())
        log.error("our own bug while looking at %s\n%s", target.name, trace)  # noqa: TRY400 - for the same reason
        finding = Unknown(Reason.BROKEN, f"our own bug: {type(bug).__name__}")
    duration_s = monotonic() - notes.began
    finding = finding or _worst(notes.concerns) or _slow(target, duration_s, notes.phases)
    result = _result(target, notes, finding, started_at, duration_s)
    _hand_over(notes.kept, keep if result.outcome in _WORKS else None)
    return result


def _result(
    target: Target, notes: Notebook, finding: Finding | None, started_at: datetime, duration_s: float
) -> Result:
    return Result(
        target=target.name,
        kind=target.kind,
        outcome=finding.outcome if finding else Outcome.OK,
        reason=finding.reason if finding else None,
        detail=harmless(notes.transcript.mask(finding.detail)) if finding else "",
        started_at=started_at,
        duration_s=duration_s,
        phases=notes.phases,
        certificate=notes.certificate,
        evidence=notes.transcript.lines(),
        numbers=notes.numbers,
        side=finding.side if finding else None,
        address=notes.address,
    )


def _hand_over(kept: Kept | None, keep: Keep | None) -> None:
    if kept and keep:
        keep(kept)
    elif kept:
        kept.close()


def _late(target: Target, notes: Notebook) -> Finding | None:
    if notes.settled:
        return None
    return Failed(notes.silence, notes.overdue or f"no answer within {target.longest_s:g} s (stage: {notes.stage})")


def _worst(concerns: list[Finding]) -> Finding | None:
    return min(concerns, key=lambda concern: _WORST_FIRST.index(concern.outcome), default=None)


def _slow(target: Target, duration_s: float, phases: Mapping[str, float]) -> Finding | None:
    if target.slow_after is not None and duration_s > target.slow_after:
        return Degraded(Reason.LATENCY, f"it took {duration_s:.3f} s, longer than {target.slow_after:g} s")
    for name, limit_s in target.slow_phases.items():
        if phases.get(name, 0.0) > limit_s:
            return Degraded(Reason.LATENCY, f"{name} took {phases[name]:.3f} s, longer than {limit_s:g} s")
    return None
