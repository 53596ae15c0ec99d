"""From the record's rows to the Message that a channel sends: the words as they were approved, unchanged."""

from dataclasses import replace
from datetime import datetime

from drafts.brief import Brief, brief
from drafts.facts import Facts
from monitor.channels.channel import Message
from monitor.config import Site
from monitor.ledger import drafts
from monitor.ledger.deliveries import Outgoing


def message_of(
    outgoing: Outgoing, site: Site, *, now: datetime, reached: frozenset[str], earlier: tuple[str, ...] = ()
) -> Message:
    """The message of this attempt; ``reached`` is who has it from the attempts before.

    ``earlier`` are the channel's receipts of this incident's earlier updates.
    """
    delivery, update, incident = outgoing.delivery, outgoing.update, outgoing.incident
    words = drafts.notice_of(update).told_in(delivery.language)
    told = _brief(outgoing)
    assert update.id is not None and incident.id is not None  # noqa: S101, PT018 - both were read from the record
    return Message(
        key=delivery.key,
        # Ids begin anew with a new record, so the thread of a mail also holds when its incident began.
        thread=f"incident-{incident.id}.{incident.opened_at:%Y%m%dT%H%M%SZ}",
        incident_id=incident.id,
        update_id=update.id,
        kind=update.kind,
        stage=update.stage,
        language=delivery.language,
        title=words.title,
        body=words.body,
        short=words.short,
        spoken=words.spoken,
        approver=outgoing.approver,
        approved_at=outgoing.approved_at,
        sent_at=now,
        next_update_at=update.next_update_at,
        site=site.name,
        page_url=f"{site.public_url}/incidents/{incident.id}",
        attempt=delivery.attempts + 1,
        reached=reached,
        earlier=earlier,
        brief=told.lines,
        waiting_line=told.waiting_line,
    )


def _brief(outgoing: Outgoing) -> Brief:
    """What the phone should say of it, by the facts that were approved, and knowing that they are."""
    facts = Facts.from_json(outgoing.update.facts)
    if not facts.affected:
        return Brief((), "")
    return brief(replace(facts, said=(*facts.said, drafts.said(outgoing.update, outgoing.approved_at))))
