"""Who asked to be told, and what each of them was sent. Of these, rows may be deleted: an address is its owner's."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
    _subscriber()
    _posting()


def _subscriber() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nonce", sa.String, nullable=False, unique=True),
        _word("way", "way", "email", "webhook"),
        sa.Column("address", sa.String, nullable=False, index=True),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("components", sa.Text, nullable=False),
        _word("state", "subscriberstate", "asked", "confirmed", "stopped"),
        _time("asked_at", nullable=False),
        _time("answered_at"),
        sa.Column("attempts", sa.Integer, nullable=False),
        _time("next_attempt_at", nullable=False),
        _time("confirmed_at"),
        _time("stopped_at"),
        sa.Column("why_stopped", sa.String, nullable=False),
        sa.Column("soft_bounces", sa.Integer, nullable=False),
        _time("failing_since"),
        sa.CheckConstraint("(state = 'stopped') = (stopped_at IS NOT NULL)", name="stopped_has_a_time"),
        sa.CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_has_a_time"),
    )
    confirmed = sa.text("state = 'confirmed'")
    op.create_index(
        "one_subscription_per_address",
        "subscriber",
        ["way", "address"],
        unique=True,
        sqlite_where=confirmed,
        postgresql_where=confirmed,
    )


def _posting() -> None:
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("delivery_id", sa.Integer, sa.ForeignKey("delivery.id"), nullable=False),
        sa.Column("subscriber_id", sa.Integer, sa.ForeignKey("subscriber.id"), nullable=False, index=True),
        _word("state", "postingstate", "pending", "sent", "failed"),
        sa.Column("attempts", sa.Integer, nullable=False),
        _time("next_attempt_at", nullable=False),
        _time("dealt_at", nullable=False),
        _time("settled_at"),
        sa.Column("error", sa.String, nullable=False),
        sa.UniqueConstraint("delivery_id", "subscriber_id"),
        sa.CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled_has_a_time"),
    )
    op.create_index(None, "posting", ["state", "delivery_id"])


def _word(name: str, constraint: str, *words: str) -> sa.Column[str]:
    closed = sa.Enum(*words, native_enum=False, length=20, create_constraint=True, name=constraint)
    return sa.Column(name, closed, nullable=False)


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
