"""Calls: who of us was called, by which route, why, when, and what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc, word


class Why(StrEnum):
    """Why somebody is called."""

    CONFIRMED = "confirmed"
    APPROVAL = "approval"
    DUE = "due"
    LATE = "late"
    BLIND = "blind"


class Signal(StrEnum):
    """What a call says: come, somebody has come, or nobody need come any more."""

    RING = "ring"
    TAKEN = "taken"
    OVER = "over"


class CallState(StrEnum):
    """Where one call stands. One that is ``dropped`` was needed no more before it got through."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


class Call(SQLModel, table=True):
    """One call of one person by one route; its key never changes.

    ``matter`` is the same for all calls about one thing, ``round`` is 0 for the first ring and grows with each repeat.
    ``title`` and ``text`` are what it says, and ``link`` where at the desk it leads. ``closed_at`` is when its matter
    was over, and with it all that a call could still ask of anybody.
    """

    __table_args__ = (
        Index(None, "route", "state"),
        CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_a_time"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    key: str = Field(unique=True)
    matter: str = Field(index=True)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    update_id: int | None = Field(default=None, foreign_key="incident_update.id")
    why: Why = Field(sa_type=word(Why))
    signal: Signal = Field(sa_type=word(Signal))
    round: int = 0
    person: str
    route: str
    title: str
    text: str = Field(sa_type=Text)
    link: str
    at: datetime = Field(sa_type=Utc)
    state: CallState = Field(default=CallState.PENDING, sa_type=word(CallState))
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=Utc)
    delivered_at: datetime | None = Field(default=None, sa_type=Utc)
    receipt: str = ""
    error: str = ""
    closed_at: datetime | None = Field(default=None, sa_type=Utc, index=True)
