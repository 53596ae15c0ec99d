"""Who asked to be told, and what each of them was sent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc, word


class Way(StrEnum):
    """How a subscriber is told."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class SubscriberState(StrEnum):
    """Where a subscription stands: ``asked`` until the address itself has said yes, ``stopped`` when it is no more."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"


class Subscriber(SQLModel, table=True):
    """A reader who asked to be told, of some components (JSON; none is all) and in one language.

    ``nonce`` names them in links and keys, so that no address stands there. What they asked is ``answered_at`` when our
    letter (or challenge) about it has gone. Whoever leaves is deleted.
    """

    __table_args__ = (
        Index(
            "one_subscription_per_address",
            "way",
            "address",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
        CheckConstraint("(state = 'stopped') = (stopped_at IS NOT NULL)", name="stopped_has_a_time"),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_has_a_time"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    nonce: str = Field(unique=True)
    way: Way = Field(sa_type=word(Way))
    address: str = Field(index=True)
    language: str
    components: str = Field(default="[]", sa_type=Text)
    state: SubscriberState = Field(default=SubscriberState.ASKED, sa_type=word(SubscriberState))
    asked_at: datetime = Field(sa_type=Utc)
    answered_at: datetime | None = Field(default=None, sa_type=Utc)
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=Utc)
    confirmed_at: datetime | None = Field(default=None, sa_type=Utc)
    stopped_at: datetime | None = Field(default=None, sa_type=Utc)
    why_stopped: str = ""
    soft_bounces: int = 0
    failing_since: datetime | None = Field(default=None, sa_type=Utc)


class PostingState(StrEnum):
    """Where one subscriber's copy stands."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class Posting(SQLModel, table=True):
    """One subscriber's own copy of a Delivery, so that whoever has it is not sent it again."""

    __table_args__ = (
        UniqueConstraint("delivery_id", "subscriber_id"),
        Index(None, "state", "delivery_id"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled_has_a_time"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    delivery_id: int = Field(foreign_key="delivery.id")
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True)
    state: PostingState = Field(default=PostingState.PENDING, sa_type=word(PostingState))
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=Utc)
    dealt_at: datetime = Field(sa_type=Utc)
    settled_at: datetime | None = Field(default=None, sa_type=Utc)
    error: str = ""
