"""The draft page: the notice as customers will see it, beside it the evidence, and one clear button."""

from datetime import datetime
from typing import Final, Literal

from aiohttp import web
from markupsafe import Markup

from drafts.brief import Brief
from drafts.cadence import ceiling, choices
from drafts.facts import UpdateKind
from monitor.desk import second
from monitor.desk.act import offered
from monitor.desk.change import Change, between
from monitor.desk.dossier import Dossier, read
from monitor.desk.honesty import Found, findings
from monitor.desk.number import number
from monitor.desk.plain import unknown
from monitor.desk.telling import tellings
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import drafts
from monitor.models import IncidentUpdate

FINDINGS_MAX: Final = 12
KINDS: Final = {
    UpdateKind.FIRST: "First notice",
    UpdateKind.SCOPE: "Update: the scope changed",
    UpdateKind.NO_NEWS: "Update: no news yet",
    UpdateKind.RECOVERY: "Recovery, while we watch",
    UpdateKind.RESOLVED: "Resolved",
    UpdateKind.CORRECTION: "Correction of what we said",
    UpdateKind.REVIEW: "Review, looking back",
    UpdateKind.NEWS: "Update: what we have found",
    UpdateKind.ANNOUNCED: "Planned work: announcement",
    UpdateKind.BEGUN: "Planned work has begun",
    UpdateKind.DONE: "Planned work is done",
    UpdateKind.POSTPONED: "Planned work was moved",
}


async def get(visit: Visit) -> web.Response:
    """Show an update."""
    return await show(visit)


async def show(visit: Visit, *, refusal: Refusal | None = None) -> web.Response:
    """Show an update as it is now; after a refusal, or if asked, with what changed since the human had opened it."""
    async with visit.seat.ledger.read() as s:
        dossier = await read(s, visit.seat, visit.number(), visit.person_id, visit.now)
    if dossier is None:
        raise missing()
    update, sent = dossier.update, {delivery.channel for delivery in dossier.deliveries}
    found = findings(update, dossier.circumstances, visit.now) if dossier.waits else ()
    return visit.page(
        "update.html",
        status=refusal.status if refusal else 200,
        again=f"/updates/{update.id}",
        refusal=refusal,
        live=f"/updates/{update.id}" + (f"?since={update.revision}" if dossier.waits else ""),
        changed=await changes(visit, update),
        opened=visit.request.query.get("since", update.revision),
        overtaken=_overtaken(visit, dossier),
        others=_others(visit, dossier),
        brief=_brief(visit, dossier),
        ours_instead=_failures(visit, dossier),
        promises=_promises(visit, dossier),
        dossier=dossier,
        update=update,
        incident=dossier.incident,
        facts=dossier.facts,
        kind=KINDS[update.kind],
        standing=standing(visit, dossier),
        tellings=tellings(update),
        forms=offered(dossier.incident, told=bool(dossier.facts.said)),
        unknown=unknown(dossier.facts),
        unsent=[channel.name for channel in visit.seat.config.channel if channel.name not in sent],
        findings=found[:FINDINGS_MAX],
        unlisted=max(0, len(found) - FINDINGS_MAX),
        blocked=bool(second.overridable(visit.seat.config.desk.four_eyes, found)),
        seen=lambda: seen(update),
        second=_second(visit, dossier, found),
        needs_two=second.required(visit.seat.config.desk.four_eyes, found),
        agreed_by=[dossier.names[one.person_id] for one in dossier.agreed],
        edited_by=dossier.names.get(update.edited_by or 0),
    )


def _second(visit: Visit, dossier: Dossier, found: tuple[Found, ...]) -> Literal["", "needed", "given"]:
    """Whether another approver has to agree before this one may publish; ``given`` if this one has agreed already."""
    if not second.asked(visit.seat.config.desk.four_eyes, found) or not dossier.circumstances.alone:
        return ""
    return "given" if any(one.person_id == visit.person_id for one in dossier.agreed) else "needed"


def missing() -> Refusal:
    """The refusal for an address that no update has."""
    return Refusal(404, "There is no such draft.", "The overview shows every draft that waits.")


def seen(update: IncidentUpdate) -> Markup:
    """The hidden fields that say which words and facts a human had before them."""
    field = Markup('<input type="hidden" name="{}" value="{}">')
    values = {"revision": update.revision, "text": update.text_sha256, "facts": update.facts_sha256}
    return Markup().join(field.format(name, value) for name, value in values.items())


async def changes(visit: Visit, update: IncidentUpdate) -> tuple[Change, ...]:
    """What changed between the revision that the form or the address says was seen, and now."""
    since = number(visit.field("revision") or visit.request.query.get("since", ""))
    if since is None:
        return ()
    async with visit.seat.ledger.read() as s:
        opened = await drafts.revision(s, visit.number(), since)
    return between(opened, update, visit.times) if opened else ()


def _overtaken(visit: Visit, dossier: Dossier) -> str:
    """What a page that was opened to decide is told live, while its words and its button stay as they are."""
    since = visit.request.query.get("since")
    if "Live" not in visit.request.headers or since is None:
        return ""
    if not dossier.waits:
        return f"This draft is {standing(visit, dossier)}."
    return "" if since == str(dossier.update.revision) else "This draft has changed."


def _others(visit: Visit, dossier: Dossier) -> tuple[str, ...]:
    """Who else has this draft open; and whoever asks by hand is here from now on."""
    if not dossier.waits or visit.person is None:
        return ()
    presence, update_id = visit.desk.streams.presence, dossier.update.id
    if "Live" not in visit.request.headers:
        presence.note(update_id, (visit.person_id, visit.person.name), visit.now, edits=False)
    return presence.others(update_id, visit.person_id, visit.now)


def _failures(visit: Visit, dossier: Dossier) -> tuple[str, ...]:
    """Why a waiting draft is in our words, though the company has its own."""
    update = dossier.update
    return visit.seat.own.failures(update.kind, dossier.facts) if dossier.waits and not update.edited_by else ()


def _brief(visit: Visit, dossier: Dossier) -> Brief | None:
    """What the phone should say of it."""
    return visit.seat.own.brief(dossier.facts) if dossier.waits and dossier.facts.affected else None


def _promises(visit: Visit, dossier: Dossier) -> tuple[datetime, ...]:
    """The times at which the next word may be promised, every five minutes within the limit."""
    update = dossier.update
    if not dossier.waits or update.next_update_at is None or update.edited_by is not None:
        return ()
    return choices(visit.now, ceiling(dossier.facts))


def standing(visit: Visit, dossier: Dossier) -> str:
    """Where the update stands, in a few words."""
    update, times = dossier.update, visit.times
    if dossier.approval:
        return f"approved {times.at(dossier.approval.at)}"
    if update.rejected_at:
        return f"rejected {times.at(update.rejected_at)} by {dossier.names[update.rejected_by or 0]}"
    if update.withdrawn_at:
        return f"withdrawn {times.at(update.withdrawn_at)}"
    return f"waits since {times.at(update.created_at)}" if dossier.ready else "being confirmed"
