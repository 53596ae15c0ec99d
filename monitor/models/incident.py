"""Incidents, the targets that are part of them, what humans noticed of them, and what they did about them."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc, word

WORK: Final = "maintenance:"
"""What the cause of planned work begins with."""


class Stage(StrEnum):
    """Where an incident stands, in the words of every status page; planned work is scheduled, then in progress."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"


class ActKind(StrEnum):
    """What a human did or said of an incident; each becomes a fact. Where one says two things, each has its line.

    ``customer_first`` says that customers told us before our checks did, ``factor`` what made it possible or longer,
    ``no_amends`` why nothing is given for it, and ``false_alarm`` why there was no outage after all.
    """

    ACKNOWLEDGED = "acknowledged"
    CHECKED = "checked"
    CAUSE = "cause"
    ESTIMATE = "estimate"
    REPAIR = "repair"
    LOSS = "loss"
    AMENDS = "amends"
    CORRECTION = "correction"
    BRIEFED = "briefed"
    CUSTOMER_FIRST = "customer_first"
    FACTOR = "factor"
    NO_AMENDS = "no_amends"
    FALSE_ALARM = "false_alarm"
    TAKEN_OVER = "taken_over"
    PROMISED = "promised"
    BEGAN = "began"
    NOTICED = "noticed"
    ALERTED = "alerted"
    CLEARED = "cleared"
    MERGED = "merged"
    SPLIT = "split"


class Incident(SQLModel, table=True):
    """One cause, from first failed look to resolution. Of one cause at most one is open (a partial unique index).

    ``merged_into`` is the incident that it turned out to be a part of, which goes on in its place.
    """

    __table_args__ = (
        Index(
            "one_open_incident_per_cause",
            "cause",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        CheckConstraint("(stage = 'resolved') = (resolved_at IS NOT NULL)", name="resolved_has_a_time"),
        CheckConstraint("merged_into IS NULL OR resolved_at IS NOT NULL", name="merged_is_over"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    cause: str
    stage: Stage = Field(default=Stage.INVESTIGATING, sa_type=word(Stage))
    opened_at: datetime = Field(sa_type=Utc)
    confirmed_at: datetime | None = Field(default=None, sa_type=Utc)
    recovered_at: datetime | None = Field(default=None, sa_type=Utc)
    resolved_at: datetime | None = Field(default=None, sa_type=Utc)
    merged_into: int | None = Field(default=None, foreign_key="incident.id", index=True)

    @property
    def work(self) -> str | None:
        """What work was planned, by its name in the config; None where something failed."""
        return self.cause.removeprefix(WORK) if self.cause.startswith(WORK) else None


class Member(SQLModel, table=True):
    """One target's part in an incident.

    ``first_failed_at`` and ``last_good_at`` are the beginning of it all; ``failing_since`` and ``good_until`` are that
    of the present run, where it is not the first.
    """

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    target: str = Field(primary_key=True)
    component_id: str = Field(foreign_key="component.id")
    kind: str
    reason: str
    detail: str = ""
    flip_id: int = Field(foreign_key="flip.id")
    first_failed_at: datetime = Field(sa_type=Utc)
    last_good_at: datetime | None = Field(default=None, sa_type=Utc)
    failing_since: datetime | None = Field(default=None, sa_type=Utc)
    good_until: datetime | None = Field(default=None, sa_type=Utc)
    confirmed_at: datetime | None = Field(default=None, sa_type=Utc)
    recovered_at: datetime | None = Field(default=None, sa_type=Utc)


class Sighting(SQLModel, table=True):
    """A component that a human says fails, whatever our looks say; ``act_id`` holds who noticed it, and their words."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    incident_id: int = Field(foreign_key="incident.id", index=True)
    component_id: str = Field(foreign_key="component.id")
    act_id: int = Field(foreign_key="act.id")
    noticed_at: datetime = Field(sa_type=Utc)
    cleared_at: datetime | None = Field(default=None, sa_type=Utc)


class Act(SQLModel, table=True):
    """What a human did or said of an incident. Append-only: each is evidence."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    incident_id: int = Field(foreign_key="incident.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    kind: ActKind = Field(sa_type=word(ActKind))
    words: str = ""
    at: datetime = Field(sa_type=Utc)
