"""The record's tables: what was seen, what was drafted, who said yes, and what was sent.

A draft is an IncidentUpdate without an Approval: absence, not a flag. What must never happen is a constraint or a
trigger of the database (see ``monitor/ledger/migrations``), so that no code path of ours can forget it.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    Enum,
    Index,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from drafts.facts import UpdateKind
from monitor.verdict import Verdict

# Every constraint has a name that a later migration can say, in both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(TypeDecorator[datetime]):
    """An aware UTC time, stored whole; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        del dialect
        if value is not None and value.tzinfo is None:
            message = "a time without a zone cannot be stored"
            raise ValueError(message)
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware time; SQLite forgets the zone."""
        del dialect
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


def _word(kind: type[StrEnum], name: str = "") -> Any:  # noqa: ANN401 - SQLModel takes any column type here
    """A StrEnum stored by its value, held to its words by a CHECK constraint; ``name`` where a table has two."""
    return Enum(
        kind,
        native_enum=False,
        length=20,
        values_callable=lambda words: [word.value for word in words],
        create_constraint=True,
        name=name or kind.__name__.lower(),
    )


class Stage(StrEnum):
    """Where an incident stands, in the words of every status page."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Role(StrEnum):
    """What a person may do; each includes those before it."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    APPROVER = "approver"
    ADMIN = "admin"


class ActKind(StrEnum):
    """What a human did or said of an incident; each becomes a fact."""

    ACKNOWLEDGED = "acknowledged"
    CHECKED = "checked"
    CAUSE = "cause"
    ESTIMATE = "estimate"


class DeliveryState(StrEnum):
    """Where one sending stands."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Component(SQLModel, table=True):
    """What customers call it. Rows outlive the config, so that old incidents keep their names."""

    id: str = Field(primary_key=True)
    name: str
    group: str | None = None
    position: int = 0
    retired_at: datetime | None = Field(default=None, sa_type=Utc)


class Flip(SQLModel, table=True):
    """A change of verdict, with the result that caused it as evidence (JSON). Append-only."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    target: str = Field(index=True)
    component_id: str = Field(foreign_key="component.id")
    kind: str
    at: datetime = Field(sa_type=Utc)
    before: Verdict = Field(sa_type=_word(Verdict, "before"))
    after: Verdict = Field(sa_type=_word(Verdict, "after"))
    reason: str | None = None
    detail: str = ""
    result: str = Field(sa_type=Text)


class Standing(SQLModel, table=True):
    """The verdict in force for one target; changed only by compare-and-swap together with a Flip."""

    target: str = Field(primary_key=True)
    component_id: str = Field(foreign_key="component.id")
    kind: str
    verdict: Verdict = Field(sa_type=_word(Verdict))
    since: datetime = Field(sa_type=Utc)
    first_failed_at: datetime | None = Field(default=None, sa_type=Utc)
    last_good_at: datetime | None = Field(default=None, sa_type=Utc)
    flip_id: int | None = Field(default=None, foreign_key="flip.id")


class Incident(SQLModel, table=True):
    """One cause, from first failed look to resolution. Of one cause at most one is open (a partial unique index)."""

    __table_args__ = (
        Index(
            "one_open_incident_per_cause",
            "cause",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        CheckConstraint("(stage = 'resolved') = (resolved_at IS NOT NULL)", name="resolved_has_a_time"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    cause: str
    stage: Stage = Field(default=Stage.INVESTIGATING, sa_type=_word(Stage))
    opened_at: datetime = Field(sa_type=Utc)
    confirmed_at: datetime | None = Field(default=None, sa_type=Utc)
    recovered_at: datetime | None = Field(default=None, sa_type=Utc)
    resolved_at: datetime | None = Field(default=None, sa_type=Utc)


class Member(SQLModel, table=True):
    """One target's part in an incident."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    target: str = Field(primary_key=True)
    component_id: str = Field(foreign_key="component.id")
    kind: str
    reason: str
    detail: str = ""
    flip_id: int = Field(foreign_key="flip.id")
    first_failed_at: datetime = Field(sa_type=Utc)
    last_good_at: datetime | None = Field(default=None, sa_type=Utc)
    confirmed_at: datetime | None = Field(default=None, sa_type=Utc)
    recovered_at: datetime | None = Field(default=None, sa_type=Utc)


class Person(SQLModel, table=True):
    """A human who can sign in to the desk. Without a password they have an invitation (stored as its SHA-256)."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    name: str = Field(unique=True)
    role: Role = Field(sa_type=_word(Role))
    password_hash: str | None = None
    invite_sha256: str | None = None
    invite_expires_at: datetime | None = Field(default=None, sa_type=Utc)
    created_at: datetime = Field(sa_type=Utc)
    disabled_at: datetime | None = Field(default=None, sa_type=Utc)


class Session(SQLModel, table=True):
    """A signed-in browser, known only by the SHA-256 of its cookie."""

    id_sha256: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    created_at: datetime = Field(sa_type=Utc)
    seen_at: datetime = Field(sa_type=Utc)


class Throttle(SQLModel, table=True):
    """Failed sign-ins of one account or one address, and until when it has to wait."""

    key: str = Field(primary_key=True)
    failures: int = 0
    blocked_until: datetime | None = Field(default=None, sa_type=Utc)


class Act(SQLModel, table=True):
    """What a human did or said of an incident. Append-only: each is evidence."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    incident_id: int = Field(foreign_key="incident.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    kind: ActKind = Field(sa_type=_word(ActKind))
    words: str = ""
    at: datetime = Field(sa_type=Utc)


class IncidentUpdate(SQLModel, table=True):
    """One message of an incident. Once it has an Approval a trigger holds every word of it still."""

    __tablename__ = "incident_update"
    __table_args__ = (CheckConstraint("(kind = 'resolved') = (stage = 'resolved')", name="resolved_means_resolved"),)

    id: int = Field(default=None, primary_key=True)  # given by the database
    incident_id: int = Field(foreign_key="incident.id", index=True)
    kind: UpdateKind = Field(sa_type=_word(UpdateKind))
    stage: Stage = Field(sa_type=_word(Stage))
    language: str
    title: str
    body: str = Field(sa_type=Text)
    short: str
    spoken: str = Field(sa_type=Text)
    text_sha256: str
    facts: str = Field(sa_type=Text)
    facts_sha256: str
    revision: int = 1
    next_update_at: datetime | None = Field(default=None, sa_type=Utc)
    created_at: datetime = Field(sa_type=Utc)
    changed_at: datetime = Field(sa_type=Utc)
    edited_by: int | None = Field(default=None, foreign_key="person.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=Utc)
    rejected_at: datetime | None = Field(default=None, sa_type=Utc)
    rejected_by: int | None = Field(default=None, foreign_key="person.id")
    reject_reason: str | None = None


class Revision(SQLModel, table=True):
    """The words and facts of one draft at one moment, to hold what somebody saw against what is. Append-only."""

    update_id: int = Field(primary_key=True, foreign_key="incident_update.id")
    number: int = Field(primary_key=True)
    title: str
    body: str = Field(sa_type=Text)
    short: str
    spoken: str = Field(sa_type=Text)
    text_sha256: str
    facts: str = Field(sa_type=Text)
    facts_sha256: str
    at: datetime = Field(sa_type=Utc)
    person_id: int | None = Field(default=None, foreign_key="person.id")


class Approval(SQLModel, table=True):
    """A named human's yes to the very text whose hash it holds. Immutable."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    update_id: int = Field(foreign_key="incident_update.id", unique=True)
    person_id: int = Field(foreign_key="person.id")
    text_sha256: str
    revision: int
    at: datetime = Field(sa_type=Utc)


class Delivery(SQLModel, table=True):
    """One sending of an approved update over one channel; without an Approval there is none. Its key never changes."""

    __table_args__ = (
        UniqueConstraint("approval_id", "channel"),
        Index(None, "channel", "state", "approval_id"),
        CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_a_time"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    approval_id: int = Field(foreign_key="approval.id", nullable=False)
    channel: str
    key: str = Field(unique=True)
    state: DeliveryState = Field(default=DeliveryState.PENDING, sa_type=_word(DeliveryState))
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=Utc)
    delivered_at: datetime | None = Field(default=None, sa_type=Utc)
    receipt: str = ""
    error: str = ""


class AuditEntry(SQLModel, table=True):
    """One line of the audit log; ``sha256`` covers the line and the one before it. Append-only."""

    __tablename__ = "audit_entry"

    id: int = Field(default=None, primary_key=True)  # given by the database
    at: datetime = Field(sa_type=Utc)
    actor: str
    action: str
    subject: str
    detail: str = ""
    previous_sha256: str
    sha256: str = Field(unique=True)


class AuditHead(SQLModel, table=True):
    """The one row that knows the newest audit line, so that lines cut off at the end are missed."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True)
    entry_id: int
    sha256: str
