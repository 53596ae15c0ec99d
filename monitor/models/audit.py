"""The audit log: a chain of lines, and the row that knows its end."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc


class AuditEntry(SQLModel, table=True):
    """One line of the audit log; ``sha256`` covers the line and the one before it. Append-only.

    ``actor`` is a person, or a part of this program; ``through`` is the token by which a program acted for the person.
    """

    __tablename__ = "audit_entry"

    id: int = Field(default=None, primary_key=True)  # given by the database
    at: datetime = Field(sa_type=Utc)
    actor: str
    action: str
    subject: str = Field(index=True)
    detail: str = ""
    previous_sha256: str
    sha256: str = Field(unique=True)
    through: str | None = None


class AuditHead(SQLModel, table=True):
    """The one row that knows the newest audit line, so that lines cut off at the end are missed."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True)
    entry_id: int
    sha256: str
