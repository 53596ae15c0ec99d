"""A human's yes, and the sendings that it allows."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc, word


class DeliveryState(StrEnum):
    """Where one sending stands."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Assent(SQLModel, table=True):
    """A second human's word that they agree with the very text whose hash it holds. Alone it publishes nothing."""

    __table_args__ = (UniqueConstraint("update_id", "revision", "person_id"),)

    id: int = Field(default=None, primary_key=True)  # given by the database
    update_id: int = Field(foreign_key="incident_update.id")
    person_id: int = Field(foreign_key="person.id")
    text_sha256: str
    revision: int
    at: datetime = Field(sa_type=Utc)


class Approval(SQLModel, table=True):
    """A named human's yes to the very text whose hash it holds, and another's who agreed before. Immutable."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    update_id: int = Field(foreign_key="incident_update.id", unique=True)
    person_id: int = Field(foreign_key="person.id")
    text_sha256: str
    revision: int
    at: datetime = Field(sa_type=Utc)
    assent_id: int | None = Field(default=None, foreign_key="assent.id")


class Delivery(SQLModel, table=True):
    """One sending of an approved update over one channel; without an Approval there is none. Its key never changes.

    ``epoch`` counts the claims: only whoever holds the newest may say what came of it. ``attempts`` begins anew when a
    human sends it again.
    """

    __table_args__ = (
        UniqueConstraint("approval_id", "channel"),
        Index(None, "channel", "state", "approval_id"),
        CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_a_time"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    approval_id: int = Field(foreign_key="approval.id", nullable=False)
    channel: str
    language: str
    key: str = Field(unique=True)
    state: DeliveryState = Field(default=DeliveryState.PENDING, sa_type=word(DeliveryState))
    attempts: int = 0
    epoch: int = 0
    next_attempt_at: datetime = Field(sa_type=Utc)
    delivered_at: datetime | None = Field(default=None, sa_type=Utc)
    receipt: str = ""
    error: str = ""


class Halt(SQLModel, table=True):
    """A channel that was refused whatever it carries: it sends nothing until a human says that it may try again."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    channel: str = Field(index=True)
    delivery_id: int = Field(foreign_key="delivery.id")
    why: str
    at: datetime = Field(sa_type=Utc)
    lifted_at: datetime | None = Field(default=None, sa_type=Utc)
    lifted_by: int | None = Field(default=None, foreign_key="person.id")
