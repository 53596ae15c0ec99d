"""What somebody has promised to do so that it does not happen again."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc


class FollowUp(SQLModel, table=True):
    """One action after an incident, with the name of who owns it and the day by which it is done. Never removed."""

    __tablename__ = "follow_up"
    __table_args__ = (CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by_somebody"),)

    id: int = Field(default=None, primary_key=True)  # given by the database
    incident_id: int = Field(foreign_key="incident.id", index=True)
    what: str
    owner: str
    due_on: date
    added_at: datetime = Field(sa_type=Utc)
    added_by: int = Field(foreign_key="person.id")
    done_at: datetime | None = Field(default=None, sa_type=Utc)
    done_by: int | None = Field(default=None, foreign_key="person.id")
