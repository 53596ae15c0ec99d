"""What became of a channel's own trial the last time: whether it could carry a notice now."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from monitor.models.columns import Utc, word


class CanaryOutcome(StrEnum):
    """What a trial told: the channel works, or it does not, or we could not tell, which says nothing against it."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Canary(SQLModel, table=True):
    """The last trial of one channel. It carried nothing that a customer could see; ``words`` say what it met."""

    channel: str = Field(primary_key=True)
    outcome: CanaryOutcome = Field(sa_type=word(CanaryOutcome))
    words: str
    at: datetime = Field(sa_type=Utc)
    ok_at: datetime | None = Field(default=None, sa_type=Utc)
