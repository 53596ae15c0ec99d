"""The notebook of one look in progress: its phases, its transcript, its numbers, and what was not quite right."""

from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from probes.finding import Finding, Outcome
from probes.kept import Kept
from probes.reason import Reason
from probes.transcript import Speaker, Transcript


@dataclass(frozen=True, slots=True)
class Certificate:
    """The leaf certificate that a server showed, and the earliest expiry among all the certificates it sent."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    earliest_not_after: datetime
    fingerprint_sha256: str
    tls_version: str
    cipher: str


@dataclass(slots=True)
class Notebook:
    """What a kind writes down while it looks. ``began`` and durations are seconds on the monotonic clock.

    It is the clock of the event loop too, but uvloop tells the time in whole milliseconds, which blurs phases.

    ``silence`` is the reason to give if the whole look's deadline strikes in the present stage, and ``overdue`` the
    sentence; there is a plain one if it is empty. Once the verdict is ``settled`` the deadline changes it no more.

    ``address`` is the one at which the target itself was reached, without a port; a proxy's or a redirect's is not.

    ``keeps`` says that the connection is wanted after a good look, and ``kept`` is what was left standing of it.
    """

    transcript: Transcript
    began: float
    phases: dict[str, float] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    certificate: Certificate | None = None
    address: str = ""
    concerns: list[Finding] = field(default_factory=list)
    stage: str = "start"
    silence: Reason = Reason.TIMEOUT
    overdue: str = ""
    settled: bool = False
    keeps: bool = False
    kept: Kept | None = None

    def phase(self, name: str, *, silence: Reason = Reason.TIMEOUT) -> "Phase":
        """Time one stage: ``with notes.phase(…)``. One that comes again (the next hop of a redirect) adds up."""
        return Phase(self, name, silence)

    def say(self, who: Speaker, raw: bytes | str) -> None:
        """Write a line into the transcript, stamped with the seconds since the look began."""
        self.transcript.add(monotonic() - self.began, who, raw)

    def concern(self, finding: Finding) -> None:
        """Remember that something was not as promised, and go on looking; the worst concern decides in the end."""
        self.concerns.append(finding)

    @property
    def may_keep(self) -> bool:
        """Whether the connection is wanted after the look, and nothing has failed on it."""
        return self.keeps and all(concern.outcome is not Outcome.FAILED for concern in self.concerns)


class Phase:
    """One stage being timed. It is a class since a look has several, and generators cost thrice as much."""

    __slots__ = ("_name", "_notes", "_silence", "_start")

    def __init__(self, notes: Notebook, name: str, silence: Reason) -> None:
        self._notes = notes
        self._name = name
        self._silence = silence
        self._start = 0.0

    def __enter__(self) -> None:
        self._notes.stage, self._notes.silence, self._notes.overdue = self._name, self._silence, ""
        self._start = monotonic()

    def __exit__(self, *_: object) -> None:
        phases = self._notes.phases
        phases[self._name] = phases.get(self._name, 0.0) + monotonic() - self._start
