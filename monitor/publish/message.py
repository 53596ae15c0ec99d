"""From the record's rows to the Message that a channel sends: the words as they were approved, unchanged."""

from dataclasses import replace
from datetime import datetime

from drafts.brief import Brief, brief
from drafts.facts import Facts
from drafts.notice import Notice
from monitor.channels.channel import Message
from monitor.config import Site
from monitor.ledger import drafts
from monitor.ledger.deliveries import Outgoing
from monitor.models import Incident, IncidentUpdate


def message_of(
    outgoing: Outgoing,
    site: Site,
    *,
    now: datetime,
    language: str = "",
    reached: frozenset[str] = frozenset(),
    earlier: tuple[str, ...] = (),
) -> Message:
    """The message of this attempt, in the ``language`` of its reader, or else of the channel."""
    delivery, update, incident, facts = outgoing.delivery, outgoing.update, outgoing.incident, _facts(outgoing)
    language, words = _told(update, language or delivery.language)
    told = _brief(facts, outgoing)
    return Message(
        key=delivery.key,
        thread=_thread(incident),
        incident_id=incident.id,
        update_id=update.id,
        kind=update.kind,
        stage=update.stage,
        language=language,
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
        planned=facts.planned,
    )


def _told(update: IncidentUpdate, wanted: str) -> tuple[str, Notice]:
    """The words in this language, and the language; what is not told in it is told in the one that leads."""
    notice = drafts.notice_of(update)
    language = wanted if wanted in dict(notice.translations) else update.language
    return language, notice.told_in(language)


def _thread(incident: Incident) -> str:
    """Ids begin anew with a new record, so the thread of a mail also holds when its incident began."""
    return f"incident-{incident.id}.{incident.opened_at:%Y%m%dT%H%M%SZ}"


def _facts(outgoing: Outgoing) -> Facts:
    return Facts.from_json(outgoing.update.facts)


def _brief(facts: Facts, outgoing: Outgoing) -> Brief:
    """What the phone should say of it, by the facts that were approved, and knowing that they are."""
    if not facts.affected:
        return Brief((), "")
    return brief(replace(facts, said=(*facts.said, drafts.said(outgoing.update, outgoing.approved_at))))
