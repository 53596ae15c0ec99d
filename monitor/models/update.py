"""What is said of an incident, as drafted: every wording of every message."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from drafts.facts import UpdateKind
from monitor.models.columns import Utc, word
from monitor.models.incident import Stage


class IncidentUpdate(SQLModel, table=True):
    """One message of an incident. Once it has an Approval a trigger holds every word of it still."""

    __tablename__ = "incident_update"
    __table_args__ = (
        Index(
            "unanswered_updates",
            "id",
            sqlite_where=text("withdrawn_at IS NULL AND rejected_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL AND rejected_at IS NULL"),
        ),
        CheckConstraint(
            "kind IN ('correction', 'review', 'postponed') OR (kind IN ('resolved', 'done')) = (stage = 'resolved')",
            name="resolved_means_resolved",
        ),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    incident_id: int = Field(foreign_key="incident.id", index=True)
    kind: UpdateKind = Field(sa_type=word(UpdateKind))
    stage: Stage = Field(sa_type=word(Stage))
    language: str
    title: str
    body: str = Field(sa_type=Text)
    short: str
    spoken: str = Field(sa_type=Text)
    translations: str = Field(default="{}", sa_type=Text)
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
    translations: str = Field(default="{}", sa_type=Text)
    text_sha256: str
    facts: str = Field(sa_type=Text)
    facts_sha256: str
    at: datetime = Field(sa_type=Utc)
    person_id: int | None = Field(default=None, foreign_key="person.id")
