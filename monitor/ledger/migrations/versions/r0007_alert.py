"""Alerts of another monitoring system."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "alert",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("component_id", sa.String, sa.ForeignKey("component.id"), nullable=False),
        sa.Column("act_id", sa.Integer, sa.ForeignKey("act.id"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
