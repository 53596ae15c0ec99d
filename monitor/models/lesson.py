"""What was learned of a target by looking at it."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc


class Lesson(SQLModel, table=True):
    """How a target usually behaves (JSON): its idle time-out, its addresses, how long its looks take."""

    target: str = Field(primary_key=True)
    words: str = Field(sa_type=Text)
    learned_at: datetime = Field(sa_type=Utc)
