"""What was seen: components, changes of verdict, and the verdict in force."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc, word
from monitor.verdict import Verdict


class Component(SQLModel, table=True):
    """What customers call it. Rows outlive the config, so that old incidents keep their names."""

    id: str = Field(primary_key=True)
    name: str
    group: str | None = None
    position: int = 0
    retired_at: datetime | None = Field(default=None, sa_type=Utc)


class Flip(SQLModel, table=True):
    """A change of verdict, with the result that caused it as evidence (JSON). Append-only."""

    __table_args__ = (Index(None, "target", "at"),)

    id: int = Field(default=None, primary_key=True)  # given by the database
    target: str = Field(index=True)
    component_id: str = Field(foreign_key="component.id")
    kind: str
    at: datetime = Field(sa_type=Utc)
    before: Verdict = Field(sa_type=word(Verdict, "before"))
    after: Verdict = Field(sa_type=word(Verdict, "after"))
    reason: str | None = None
    detail: str = ""
    result: str = Field(sa_type=Text)


class Standing(SQLModel, table=True):
    """The verdict in force for one target; changed only by compare-and-swap together with a Flip."""

    target: str = Field(primary_key=True)
    component_id: str = Field(foreign_key="component.id")
    kind: str
    verdict: Verdict = Field(sa_type=word(Verdict))
    since: datetime = Field(sa_type=Utc)
    first_failed_at: datetime | None = Field(default=None, sa_type=Utc)
    last_good_at: datetime | None = Field(default=None, sa_type=Utc)
    flip_id: int | None = Field(default=None, foreign_key="flip.id")
