"""Canaries: how each channel's own trial went the last time."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

OUTCOME = sa.Enum("ok", "failed", "unknown", native_enum=False, length=20, create_constraint=True, name="canaryoutcome")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "canary",
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("outcome", OUTCOME, nullable=False),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ok_at", sa.DateTime(timezone=True)),
    )
