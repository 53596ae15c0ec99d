"""Alerts of another monitoring system, so that one that is told again opens nothing twice."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc


class Alert(SQLModel, table=True):
    """One alert of a group; ``act_id`` is the act by which it became part of an incident, with its words.

    ``started_at`` is when the alert began by its own system's clock. It tells nothing of when customers noticed.
    """

    key: str = Field(primary_key=True)
    component_id: str = Field(foreign_key="component.id")
    act_id: int = Field(foreign_key="act.id")
    started_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
