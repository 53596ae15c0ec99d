"""The promises, as triggers: no word without a human, and what was recorded stays recorded.

The conditions are portable SQL; ``monitor.ledger.migrations.rule`` speaks them to each database.
"""

from collections.abc import Iterator

from monitor.ledger.migrations.rule import Rule

revision = "0002"
down_revision = "0001"

# Rows that are written once, or at least never removed, with all that makes one of them the same row. SQLite's REPLACE
# would else remove it without a word: by default it fires no DELETE trigger.
SAME = {
    "flip": "same.id = NEW.id",
    "act": "same.id = NEW.id",
    "revision": "same.update_id = NEW.update_id AND same.number = NEW.number",
    "assent": "same.id = NEW.id",
    "approval": "same.id = NEW.id OR same.update_id = NEW.update_id",
    "audit_entry": "same.id = NEW.id OR same.sha256 = NEW.sha256",
    "audit_head": "same.id = NEW.id",
    "incident": "same.id = NEW.id OR same.cause = NEW.cause AND same.resolved_at IS NULL AND NEW.resolved_at IS NULL",
    "member": "same.incident_id = NEW.incident_id AND same.target = NEW.target",
    "incident_update": "same.id = NEW.id",
    "delivery": "same.id = NEW.id OR same.key = NEW.key "
    "OR same.approval_id = NEW.approval_id AND same.channel = NEW.channel",
}
NEVER_CHANGED = ("flip", "act", "revision", "assent", "approval", "audit_entry")

WORDS = ("title", "body", "short", "spoken", "translations", "text_sha256", "facts", "facts_sha256")


def upgrade() -> None:
    """Install them all."""
    for rule in (*_kept(), *UPDATES, *APPROVALS, *DELIVERIES, *INCIDENTS, *AUDIT):
        rule.install()


def _kept() -> Iterator[Rule]:
    for table, same in SAME.items():
        again = f"EXISTS (SELECT 1 FROM {table} same WHERE {same})"  # noqa: S608 - from the constants above
        yield Rule(f"{table}_is_not_replaced", "INSERT", table, again, f"there is such a row of {table}")
        yield Rule(f"{table}_is_not_deleted", "DELETE", table, "TRUE", f"nothing is ever deleted from {table}")
    for table in NEVER_CHANGED:
        yield Rule(f"{table}_is_not_changed", "UPDATE", table, "TRUE", f"nothing is ever changed in {table}")


def _differ(*columns: str) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return f"({new}) IS DISTINCT FROM ({old})"


UPDATES = (
    Rule(
        "approved_words_stand_still",
        "UPDATE",
        "incident_update",
        "EXISTS (SELECT 1 FROM approval WHERE update_id = OLD.id)",
        "an approved update is never changed",
    ),
    Rule(
        "answered_drafts_are_kept",
        "UPDATE",
        "incident_update",
        "OLD.withdrawn_at IS NOT NULL OR OLD.rejected_at IS NOT NULL",
        "a withdrawn or rejected draft is kept as it is",
    ),
    Rule(
        "drafts_stay_what_they_are",
        "UPDATE",
        "incident_update",
        _differ("id", "incident_id", "kind", "created_at"),
        "a draft stays a draft of the same thing",
    ),
    Rule(
        "new_words_are_a_new_revision",
        "UPDATE",
        "incident_update",
        f"NEW.revision NOT IN (OLD.revision, OLD.revision + 1) OR NEW.revision = OLD.revision AND {_differ(*WORDS)}",
        "new words or facts are the next revision",
    ),
)

# A yes, of whoever publishes and of whoever agrees before, is to the very words of a draft that waits, and is signed.
OF_OTHER_WORDS = """NOT EXISTS (
    SELECT 1 FROM incident_update u JOIN revision r ON r.update_id = u.id AND r.number = u.revision
    WHERE u.id = NEW.update_id AND u.revision = NEW.revision AND u.text_sha256 = NEW.text_sha256
    AND r.text_sha256 = u.text_sha256 AND r.facts_sha256 = u.facts_sha256 AND r.facts = u.facts
    AND r.title = u.title AND r.body = u.body AND r.short = u.short AND r.spoken = u.spoken
    AND r.translations = u.translations AND u.withdrawn_at IS NULL AND u.rejected_at IS NULL)"""
BY_NOBODY = """NOT EXISTS (
    SELECT 1 FROM person WHERE id = NEW.person_id AND disabled_at IS NULL AND trim(name) <> ''
    AND role IN ('approver', 'admin'))"""

APPROVALS = (
    *(
        rule
        for table in ("assent", "approval")
        for rule in (
            Rule(
                f"{table}_is_of_these_words",
                "INSERT",
                table,
                OF_OTHER_WORDS,
                f"an {table} is of the very words of a waiting draft",
            ),
            Rule(
                f"{table}_has_a_signer",
                "INSERT",
                table,
                BY_NOBODY,
                f"an {table} is signed by a person who may approve",
            ),
        )
    ),
    Rule(
        "approval_by_two_is_by_two",
        "INSERT",
        "approval",
        """NEW.assent_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assent a WHERE a.id = NEW.assent_id AND a.update_id = NEW.update_id
            AND a.revision = NEW.revision AND a.text_sha256 = NEW.text_sha256 AND a.person_id <> NEW.person_id)""",
        "whoever agreed before is somebody else, and agreed with these very words",
    ),
    Rule(
        "approval_is_of_an_open_incident",
        "INSERT",
        "approval",
        """NOT EXISTS (
            SELECT 1 FROM incident_update u JOIN incident i ON i.id = u.incident_id
            WHERE u.id = NEW.update_id AND (i.resolved_at IS NULL OR u.kind IN ('correction', 'review'))
            AND (u.kind <> 'first' OR i.confirmed_at IS NOT NULL))""",
        "an approval is of an open incident or looks back, and a first notice of a confirmed incident",
    ),
)

DELIVERIES = (
    Rule(
        "delivery_needs_an_approval",
        "INSERT",
        "delivery",
        "NOT EXISTS (SELECT 1 FROM approval WHERE id = NEW.approval_id) OR NEW.state <> 'pending'",
        "a delivery begins pending, from an approval",
    ),
    Rule(
        "delivery_is_in_an_approved_language",
        "INSERT",
        "delivery",
        # In the JSON of the translations each quote of a text is escaped, so this finds a language and no words.
        """NOT EXISTS (
            SELECT 1 FROM approval a JOIN incident_update u ON u.id = a.update_id WHERE a.id = NEW.approval_id
            AND (u.language = NEW.language OR u.translations LIKE '%"' || NEW.language || '":{%'))""",
        "a delivery is in a language that was approved",
    ),
    Rule(
        "delivery_keeps_its_key",
        "UPDATE",
        "delivery",
        _differ("id", "approval_id", "channel", "language", "key"),
        "a delivery keeps its approval, its channel, its language and its key",
    ),
    Rule(
        "delivered_stays_delivered",
        "UPDATE",
        "delivery",
        "OLD.state = 'delivered'",
        "what was delivered stays delivered",
    ),
)

INCIDENTS = (
    Rule(
        "incident_keeps_its_cause",
        "UPDATE",
        "incident",
        f"""{_differ("id", "cause")} OR {_differ("opened_at")}
        AND NOT (OLD.resolved_at IS NOT NULL AND NEW.resolved_at IS NULL)""",
        "an incident keeps its cause and, unless a blip goes on, its beginning",
    ),
    Rule(
        "resolved_stays_resolved",
        "UPDATE",
        "incident",
        f"""OLD.resolved_at IS NOT NULL AND {_differ("resolved_at")}
        AND (NEW.resolved_at IS NOT NULL OR OLD.confirmed_at IS NOT NULL OR OLD.merged_into IS NOT NULL)""",
        "a resolved incident is never opened again, unless it was a blip",
    ),
    Rule(
        "merged_stays_merged",
        "UPDATE",
        "incident",
        f"OLD.merged_into IS NOT NULL AND {_differ('merged_into')}",
        "an incident that became part of another stays so",
    ),
    Rule(
        "only_a_human_resolves",
        "UPDATE",
        "incident",
        """OLD.resolved_at IS NULL AND NEW.resolved_at IS NOT NULL
        AND EXISTS (
            SELECT 1 FROM approval a JOIN incident_update u ON u.id = a.update_id WHERE u.incident_id = OLD.id)
        AND NOT EXISTS (
            SELECT 1 FROM approval a JOIN incident_update u ON u.id = a.update_id
            WHERE u.incident_id = OLD.id AND u.stage = 'resolved')""",
        "what was published about is resolved by an approved update only",
    ),
)

AUDIT = (
    Rule(
        "audit_head_moves_on",
        "UPDATE",
        "audit_head",
        "NEW.entry_id <> OLD.entry_id + 1",
        "the head of the audit log moves on, one line at a time",
    ),
)
