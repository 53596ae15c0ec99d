"""What is learned of targets: how they usually behave."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table; what it holds is learned again if it is lost, so nothing guards it."""
    op.create_table(
        "lesson",
        sa.Column("target", sa.String, primary_key=True),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
    )
