"""Calls of people: the table, and what never changes in it."""

import sqlalchemy as sa
from alembic import op

from monitor.ledger.migrations.rule import Rule

revision = "0006"
down_revision = "0005"

KEPT = ("id", "key", "matter", "incident_id", "update_id", "why", "signal", "round", "person", "route", "at")


def upgrade() -> None:
    """Make the table, and install its rules."""
    op.create_table(
        "call",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("matter", sa.String, nullable=False, index=True),
        sa.Column("incident_id", sa.Integer, sa.ForeignKey("incident.id"), index=True),
        sa.Column("update_id", sa.Integer, sa.ForeignKey("incident_update.id")),
        _word("why", "why", "confirmed", "approval", "due", "late", "blind"),
        _word("signal", "signal", "ring", "taken", "over"),
        sa.Column("round", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("person", "route", "title")),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _word("state", "callstate", "pending", "sending", "delivered", "failed", "dropped"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        *(sa.Column(name, sa.String, nullable=False) for name in ("receipt", "error")),
        sa.Column("closed_at", sa.DateTime(timezone=True), index=True),
        sa.CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_a_time"),
    )
    op.create_index(None, "call", ["route", "state"])
    for rule in RULES:
        rule.install()


def _word(name: str, constraint: str, *words: str) -> sa.Column[str]:
    closed = sa.Enum(*words, native_enum=False, length=20, create_constraint=True, name=constraint)
    return sa.Column(name, closed, nullable=False)


def _row(name: str) -> str:
    return f"({', '.join(f'{name}.{column}' for column in KEPT)})"


RULES = (
    Rule(
        "call_is_not_replaced",
        "INSERT",
        "call",
        "EXISTS (SELECT 1 FROM call same WHERE same.id = NEW.id OR same.key = NEW.key)",
        "there is such a row of call",
    ),
    Rule("call_is_not_deleted", "DELETE", "call", "TRUE", "nothing is ever deleted from call"),
    Rule(
        "call_keeps_its_key",
        "UPDATE",
        "call",
        f"{_row('NEW')} IS DISTINCT FROM {_row('OLD')}",
        "a call keeps its key, whom it calls, why and when",
    ),
    Rule(
        "a_call_that_came_through_did",
        "UPDATE",
        "call",
        "OLD.state = 'delivered' AND NEW.state <> 'delivered' OR OLD.closed_at IS NOT NULL AND NEW.closed_at IS NULL",
        "a call that came through did, and what is over is over",
    ),
)
