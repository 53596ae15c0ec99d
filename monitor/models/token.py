"""What lets a program act in the name of a person."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc, word
from monitor.models.people import Role


class Token(SQLModel, table=True):
    """A secret with which a program acts for one person, known only by its SHA-256.

    It may do what ``role`` may, and never more than the person may at that time.
    """

    id: int = Field(default=None, primary_key=True)  # given by the database
    person_id: int = Field(foreign_key="person.id", index=True)
    label: str
    role: Role = Field(sa_type=word(Role))
    sha256: str = Field(unique=True)
    created_at: datetime = Field(sa_type=Utc)
    expires_at: datetime = Field(sa_type=Utc)
    used_at: datetime | None = Field(default=None, sa_type=Utc)
    revoked_at: datetime | None = Field(default=None, sa_type=Utc)
