"""The kind ``heartbeat``: somebody else's work says that it is alive, and we look whether it did so in time."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Final, Literal, Protocol, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, PrivateAttr, SecretStr, model_validator

from probes.finding import Failed, Finding, Unknown
from probes.notebook import Notebook
from probes.reason import Reason
from probes.rhythm import Cron, Period, Rhythm
from probes.target import Seconds, Target

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{20,200}")


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life, or, as long as none was ``heard``, since when we wait for the first."""

    at: datetime
    heard: bool


class Beats(Protocol):
    """Whoever hears signs of life, and remembers them."""

    def listening_since(self, target: str) -> datetime:
        """Since when no sign of a target can have been missed."""
        ...

    def last(self, target: str) -> Beat:
        """The last of a target."""
        ...


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"'{name}' is not a time zone of the IANA list, such as Europe/Riga") from error
    return name


def _expression(text: str) -> str:
    try:
        next(CronSim(text, datetime.now(UTC)))
    except (CronSimError, StopIteration) as error:
        raise ValueError(f"'{text}' never comes true; cron has five fields, such as \"30 2 * * *\"") from error
    return text


def _unguessable(key: SecretStr) -> SecretStr:
    if not _KEY.fullmatch(key.get_secret_value()):
        raise ValueError('a key has 20 to 200 letters, digits, "-" and "_", as "openssl rand -hex 20" makes them')
    return key


class Heartbeat(Target):
    """Work that POSTs to ``/ping/KEY`` at the desk's listener, every ``period`` or whenever ``cron`` says."""

    summary: ClassVar[str] = "work that says that it is alive, such as a backup"

    kind: Literal["heartbeat"] = "heartbeat"
    key: Annotated[SecretStr, AfterValidator(_unguessable)]
    period: Annotated[Seconds, Field(ge=1)] | None = None
    cron: Annotated[str, AfterValidator(_expression)] | None = None
    timezone: Annotated[str, AfterValidator(_timezone)] = "UTC"
    grace: Annotated[Seconds, Field(ge=0)] = 60.0

    _beats: Beats | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _one_rhythm(self) -> Self:
        if (self.period is None) == (self.cron is None):
            raise ValueError("it needs a period or a cron, and not both")
        return self

    def heard_by(self, beats: Beats) -> Self:
        """The same target, asking these for its signs of life."""
        target = self.model_copy()
        target._beats = beats  # noqa: SLF001 - it is our own
        return target

    @property
    def rhythm(self) -> Rhythm:
        """When signs are due."""
        return Period(timedelta(seconds=self.period)) if self.period else Cron(self.cron or "", self.timezone)

    @property
    def unseen_s(self) -> tuple[float, float]:
        """It can fail right after a sign, and is missed no sooner than the grace after the next one was due."""
        gap_s = self.rhythm.longest.total_seconds()
        return gap_s / 2 + self.grace, gap_s + self.grace

    async def look(self, notes: Notebook) -> None:
        """Ask when the last sign came, and judge it. Raises Finding."""
        if self._beats is None:
            raise Unknown(Reason.BROKEN, "only the daemon hears signs of life: see the desk or its metrics")
        beat = self._beats.last(self.name)
        if beat.heard:
            notes.numbers["last_beat_at"] = beat.at.timestamp()
        notes.say("note", f"the last sign of life came at {_utc(beat.at)}" if beat.heard else "no sign of life yet")
        if finding := self.judge(beat, self._beats.listening_since(self.name), datetime.now(UTC)):
            raise finding

    def judge(self, beat: Beat, listening_since: datetime, now: datetime) -> Finding | None:
        """What a last sign means at a moment. One that was due when nobody listened proves nothing."""
        grace = timedelta(seconds=self.grace)
        since = f"since {_utc(beat.at)}" if beat.heard else f"yet; we wait since {_utc(beat.at)}"
        due = self.rhythm.due(beat.at, listening_since)
        if now >= due + grace:
            return Failed(Reason.HEARTBEAT_MISSING, f"no sign of life {since}; the next was due at {_utc(due)}")
        missed = self.rhythm.due(beat.at, beat.at)
        if now >= missed + grace:
            words = f"one was due at {_utc(missed)}, when we did not listen; the next is due at {_utc(due)}"
            return Unknown(Reason.HEARTBEAT_MISSING, words)
        return None


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
