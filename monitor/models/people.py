"""Who may sign in to the desk, who is signed in, and who has to wait."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc, word


class Role(StrEnum):
    """What a person may do; each includes those before it."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    APPROVER = "approver"
    ADMIN = "admin"


class Person(SQLModel, table=True):
    """A human who can sign in to the desk. Without a password they have an invitation (stored as its SHA-256).

    ``outside_id`` is who they are to your identity provider or proxy, where that signs them in.
    """

    id: int = Field(default=None, primary_key=True)  # given by the database
    name: str = Field(unique=True)
    role: Role = Field(sa_type=word(Role))
    password_hash: str | None = None
    invite_sha256: str | None = None
    invite_expires_at: datetime | None = Field(default=None, sa_type=Utc)
    outside_id: str | None = Field(default=None, unique=True)
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
