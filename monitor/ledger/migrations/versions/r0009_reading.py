"""Indexes for what every page reads, so that a year of history costs it nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Find a target's changes by time, and the drafts that nobody has answered without reading a word of the others."""
    op.create_index("ix_flip_target_at", "flip", ["target", "at"])
    unanswered = sa.text("withdrawn_at IS NULL AND rejected_at IS NULL")
    op.create_index(
        "unanswered_updates", "incident_update", ["id"], sqlite_where=unanswered, postgresql_where=unanswered
    )
