"""The last sign of life of each target that sends them."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc


class Beat(SQLModel, table=True):
    """When the last sign of life was heard, if one ever was, and since when we wait for them."""

    target: str = Field(primary_key=True)
    since: datetime = Field(sa_type=Utc)
    heard_at: datetime | None = Field(default=None, sa_type=Utc)
