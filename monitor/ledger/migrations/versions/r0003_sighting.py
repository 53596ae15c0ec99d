"""What humans notice that no look has seen."""

import sqlalchemy as sa
from alembic import op

from monitor.ledger.migrations.rule import Rule

revision = "0003"
down_revision = "0002"

RULES = (
    Rule("sighting_is_not_deleted", "DELETE", "sighting", "TRUE", "nothing is ever deleted from sighting"),
    Rule(
        "sighting_is_not_replaced",
        "INSERT",
        "sighting",
        "EXISTS (SELECT 1 FROM sighting same WHERE same.id = NEW.id)",
        "there is such a row of sighting",
    ),
    Rule(
        "sighting_keeps_its_words",
        "UPDATE",
        "sighting",
        "(NEW.id, NEW.component_id, NEW.act_id, NEW.noticed_at) IS DISTINCT FROM "
        "(OLD.id, OLD.component_id, OLD.act_id, OLD.noticed_at) OR OLD.cleared_at IS NOT NULL "
        "AND NEW.cleared_at IS DISTINCT FROM OLD.cleared_at",
        "a sighting keeps what was noticed, and when it was over",
    ),
)


def upgrade() -> None:
    """Make the table, and its rules."""
    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("incident_id", sa.Integer, sa.ForeignKey("incident.id"), nullable=False, index=True),
        sa.Column("component_id", sa.String, sa.ForeignKey("component.id"), nullable=False),
        sa.Column("act_id", sa.Integer, sa.ForeignKey("act.id"), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True)),
    )
    for rule in RULES:
        rule.install()
