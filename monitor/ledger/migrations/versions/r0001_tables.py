"""The first tables."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

VERDICTS = ("up", "suspect", "degraded", "down", "unknown")
STAGES = ("investigating", "identified", "monitoring", "scheduled", "in_progress", "resolved")
UPDATES = (
    *("first", "scope", "no_news", "recovery", "resolved", "correction", "review", "news"),
    *("announced", "begun", "done", "postponed"),
)
ACTS = (
    *("acknowledged", "checked", "cause", "estimate", "repair", "loss", "amends", "correction", "briefed"),
    *("customer_first", "factor", "no_amends", "false_alarm"),
    *("taken_over", "promised", "began", "noticed", "alerted", "cleared", "merged", "split"),
)


def upgrade() -> None:
    """Make them, each after those that it refers to."""
    _people()
    _watched()
    _incidents()
    _updates()
    _approved()
    _audited()


def _people() -> None:
    op.create_table(
        "person",
        _id(),
        _text("name", unique=True),
        _word("role", "role", "viewer", "responder", "approver", "admin"),
        _text("password_hash", nullable=True),
        _text("invite_sha256", nullable=True),
        _time("invite_expires_at", nullable=True),
        _text("outside_id", nullable=True, unique=True),
        _time("created_at"),
        _time("disabled_at", nullable=True),
    )
    op.create_table(
        "session",
        _text("id_sha256", primary_key=True),
        _to("person_id", "person.id"),
        _time("created_at"),
        _time("seen_at"),
    )
    op.create_table(
        "throttle",
        _text("key", primary_key=True),
        _number("failures"),
        _time("blocked_until", nullable=True),
    )


def _watched() -> None:
    op.create_table(
        "component",
        _text("id", primary_key=True),
        _text("name"),
        _text("group", nullable=True),
        _number("position"),
        _time("retired_at", nullable=True),
    )
    op.create_table(
        "flip",
        _id(),
        _text("target", index=True),
        _text("component_id", "component.id"),
        _text("kind"),
        _time("at"),
        _word("before", "before", *VERDICTS),
        _word("after", "after", *VERDICTS),
        _text("reason", nullable=True),
        _text("detail"),
        _long("result"),
    )
    op.create_table(
        "standing",
        _text("target", primary_key=True),
        _text("component_id", "component.id"),
        _text("kind"),
        _word("verdict", "verdict", *VERDICTS),
        _time("since"),
        _time("first_failed_at", nullable=True),
        _time("last_good_at", nullable=True),
        _to("flip_id", "flip.id", nullable=True),
    )
    op.create_table(
        "beat",
        _text("target", primary_key=True),
        _time("since"),
        _time("heard_at", nullable=True),
    )


def _incidents() -> None:
    op.create_table(
        "incident",
        _id(),
        _text("cause"),
        _word("stage", "stage", *STAGES),
        _time("opened_at"),
        _time("confirmed_at", nullable=True),
        _time("recovered_at", nullable=True),
        _time("resolved_at", nullable=True),
        _to("merged_into", "incident.id", nullable=True, index=True),
        sa.CheckConstraint("(stage = 'resolved') = (resolved_at IS NOT NULL)", name="resolved_has_a_time"),
        sa.CheckConstraint("merged_into IS NULL OR resolved_at IS NOT NULL", name="merged_is_over"),
    )
    is_open = sa.text("resolved_at IS NULL")
    op.create_index(
        "one_open_incident_per_cause",
        "incident",
        ["cause"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "member",
        _to("incident_id", "incident.id", primary_key=True),
        _text("target", primary_key=True),
        _text("component_id", "component.id"),
        _text("kind"),
        _text("reason"),
        _text("detail"),
        _to("flip_id", "flip.id"),
        _time("first_failed_at"),
        _time("last_good_at", nullable=True),
        _time("failing_since", nullable=True),
        _time("good_until", nullable=True),
        _time("confirmed_at", nullable=True),
        _time("recovered_at", nullable=True),
    )
    op.create_table(
        "act",
        _id(),
        _to("incident_id", "incident.id", index=True),
        _to("person_id", "person.id"),
        _word("kind", "actkind", *ACTS),
        _text("words"),
        _time("at"),
    )


def _updates() -> None:
    op.create_table(
        "incident_update",
        _id(),
        _to("incident_id", "incident.id", index=True),
        _word("kind", "updatekind", *UPDATES),
        _word("stage", "stage", *STAGES),
        _text("language"),
        *_words_and_facts(),
        _number("revision"),
        _time("next_update_at", nullable=True),
        _time("created_at"),
        _time("changed_at"),
        _to("edited_by", "person.id", nullable=True),
        _time("withdrawn_at", nullable=True),
        _time("rejected_at", nullable=True),
        _to("rejected_by", "person.id", nullable=True),
        _text("reject_reason", nullable=True),
        sa.CheckConstraint(
            "kind IN ('correction', 'review', 'postponed') OR (kind IN ('resolved', 'done')) = (stage = 'resolved')",
            name="resolved_means_resolved",
        ),
    )
    op.create_table(
        "revision",
        _to("update_id", "incident_update.id", primary_key=True),
        _number("number", primary_key=True),
        *_words_and_facts(),
        _time("at"),
        _to("person_id", "person.id", nullable=True),
    )


def _approved() -> None:
    op.create_table(
        "assent",
        _id(),
        _to("update_id", "incident_update.id"),
        _to("person_id", "person.id"),
        *_yes(),
        sa.UniqueConstraint("update_id", "revision", "person_id"),
    )
    op.create_table(
        "approval",
        _id(),
        _to("update_id", "incident_update.id", unique=True),
        _to("person_id", "person.id"),
        *_yes(),
        _to("assent_id", "assent.id", nullable=True),
    )
    op.create_table(
        "delivery",
        _id(),
        _to("approval_id", "approval.id"),
        _text("channel"),
        _text("language"),
        _text("key", unique=True),
        _word("state", "deliverystate", "pending", "sending", "delivered", "failed"),
        _number("attempts"),
        _number("epoch"),
        _time("next_attempt_at"),
        _time("delivered_at", nullable=True),
        _text("receipt"),
        _text("error"),
        sa.UniqueConstraint("approval_id", "channel"),
        sa.CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_a_time"),
    )
    op.create_index(None, "delivery", ["channel", "state", "approval_id"])


def _audited() -> None:
    op.create_table(
        "audit_entry",
        _id(),
        _time("at"),
        _text("actor"),
        _text("action"),
        _text("subject", index=True),
        _text("detail"),
        _text("previous_sha256"),
        _text("sha256", unique=True),
    )
    op.create_table(
        "audit_head", _id(), _number("entry_id"), _text("sha256"), sa.CheckConstraint("id = 1", name="only_one")
    )


def _words_and_facts() -> tuple[sa.Column[str], ...]:
    words = (_text("title"), _long("body"), _text("short"), _long("spoken"), _long("translations"))
    return (*words, _text("text_sha256"), _long("facts"), _text("facts_sha256"))


def _yes() -> tuple[sa.Column[Any], ...]:
    return _text("text_sha256"), _number("revision"), _time("at")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _number(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, primary_key=primary_key)


def _to(
    name: str,
    other: str,
    *,
    nullable: bool = False,
    primary_key: bool = False,
    index: bool = False,
    unique: bool = False,
) -> sa.Column[int]:
    key = sa.ForeignKey(other)
    return sa.Column(name, sa.Integer, key, nullable=nullable, primary_key=primary_key, index=index, unique=unique)


def _text(
    name: str, *other: str, nullable: bool = False, primary_key: bool = False, index: bool = False, unique: bool = False
) -> sa.Column[str]:
    keys = map(sa.ForeignKey, other)
    return sa.Column(name, sa.String, *keys, nullable=nullable, primary_key=primary_key, index=index, unique=unique)


def _long(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _word(name: str, constraint: str, *words: str) -> sa.Column[str]:
    closed = sa.Enum(*words, native_enum=False, length=20, create_constraint=True, name=constraint)
    return sa.Column(name, closed, nullable=False)
