"""Follow-ups: what is done after an incident, by whom and by when."""

import sqlalchemy as sa
from alembic import op

from monitor.ledger.migrations.rule import Rule

revision = "0004"
down_revision = "0003"

RULES = (
    Rule("follow_up_is_not_deleted", "DELETE", "follow_up", "TRUE", "nothing is ever deleted from follow_up"),
    Rule(
        "follow_up_stays_what_was_promised",
        "UPDATE",
        "follow_up",
        "(NEW.id, NEW.incident_id, NEW.what, NEW.owner, NEW.due_on, NEW.added_at, NEW.added_by) IS DISTINCT FROM "
        "(OLD.id, OLD.incident_id, OLD.what, OLD.owner, OLD.due_on, OLD.added_at, OLD.added_by) "
        "OR OLD.done_at IS NOT NULL",
        "a follow-up stays what was promised, and is done once",
    ),
)


def upgrade() -> None:
    """Make the table, and hold what it says."""
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("incident_id", sa.Integer, sa.ForeignKey("incident.id"), nullable=False, index=True),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("done_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by_somebody"),
    )
    for rule in RULES:
        rule.install()
