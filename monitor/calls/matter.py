"""Matters: what needs one of us now, as the record has it. Pure: from an incident's plight and the time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from drafts.cadence import CALL_AHEAD
from drafts.facts import UpdateKind
from drafts.notice import Notice
from monitor.config import Calls
from monitor.ledger.alerts import TELLER
from monitor.ledger.claims import ASIDE, failing_since, holding
from monitor.models import Act, Approval, Incident, IncidentUpdate, Member, Why

# That there is no news has a clock of its own, the promise; and a review may take days.
UNHURRIED: Final = frozenset({UpdateKind.NO_NEWS, UpdateKind.REVIEW})

# A draft is written within milliseconds of the confirmation; the first call waits for it, but not for long.
DRAFT_GRACE: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that needs somebody. ``key`` is its own for ever, ``since`` is when the first call is due.

    ``subject`` and ``short`` say what it is about, ``path`` where at the desk it leads. ``promised`` is the time that
    we gave the public, ``taken_by`` who has come, by their name at the desk, ``first`` who should be called first, and
    ``at_once`` how many people are called together. ``public`` where customers have read of it, ``answers`` where only
    who may approve can help, and ``broken`` are the components that fail now. ``abroad`` has subject and short form in
    the other languages that the draft is told in.
    """

    key: str
    why: Why
    since: datetime
    subject: str
    short: str = ""
    path: str = "/"
    incident_id: int | None = None
    update_id: int | None = None
    promised: datetime | None = None
    taken_by: str | None = None
    first: str | None = None
    at_once: int = 1
    public: bool = False
    answers: bool = False
    broken: frozenset[str] = frozenset()
    abroad: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plight:
    """One incident as far as calls rest on it.

    ``component_names`` are the customers' words, by id, ``broken`` the components that fail now in any incident, and
    ``suspects`` the targets whose failure nothing has confirmed yet. ``noticed`` are the components that only a human
    says fail. ``let_go`` is when we stopped to call about it before, because it worked again or a human had said no.
    """

    incident: Incident
    members: Sequence[Member] = ()
    acts: Sequence[Act] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    published: Sequence[tuple[IncidentUpdate, Approval]] = ()
    waiting: Sequence[IncidentUpdate] = ()
    rejected: Sequence[IncidentUpdate] = ()
    component_names: Mapping[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    suspects: frozenset[str] = frozenset()
    noticed: Sequence[str] = ()
    let_go: Sequence[datetime] = ()


def matters(plight: Plight, rules: Calls, now: datetime) -> Iterator[Matter]:
    """What of this incident needs somebody now; of one that is over that can only be a correction that waits."""
    if plight.incident.confirmed_at is None:
        return
    yield from _undecided(plight, rules)
    if plight.incident.resolved_at is None:
        yield from _unattended(plight)
        yield from _promised(plight, now)


def thread(incident: Incident) -> str:
    """The name of an incident that is its own for ever: ids begin anew with a new record."""
    return f"incident-{incident.id}.{incident.opened_at:%Y%m%dT%H%M%SZ}"


def _unattended(plight: Plight) -> Iterator[Matter]:
    """A confirmed failure, until it works again or a human has said that the public needs no word of it.

    What comes back is another matter: whoever took it up before may be asleep again.
    """
    incident = plight.incident
    failing = {member.target for member in plight.members if member.recovered_at is None}
    declined = bool(plight.rejected) and not plight.published and not plight.waiting
    firm = plight.noticed or not failing <= plight.suspects
    if incident.confirmed_at is None or declined or not firm:
        return
    began = max([incident.confirmed_at, *plight.let_go])
    grace = timedelta(0) if plight.waiting else DRAFT_GRACE
    again = f"-{len(plight.let_go) + 1}" if plight.let_go else ""
    yield replace(
        _about(plight, f"{thread(incident)}/confirmed{again}", Why.CONFIRMED),
        since=began + grace,
        taken_by=_taken_by(plight),
    )


def _undecided(plight: Plight, rules: Calls) -> Iterator[Matter]:
    """A draft that waits for a yes or a no for too long."""
    taken = holding(plight.acts)
    for draft in plight.waiting:
        first = draft.kind is UpdateKind.FIRST
        if draft.kind in UNHURRIED or (first and taken is None):
            continue
        asked = max(draft.created_at, taken.at) if first and taken else draft.created_at
        key = f"{thread(plight.incident)}/draft-{draft.id}/approval"
        since = asked + timedelta(seconds=rules.approve_within)
        yield replace(_about(plight, key, Why.APPROVAL, draft), since=since, answers=True)


def _promised(plight: Plight, now: datetime) -> Iterator[Matter]:
    """The next update: somebody is called before it is due, and again, with the next person, once it is late."""
    promises = [update.next_update_at for update, _ in plight.published if update.next_update_at]
    if not promises:
        return
    at = promises[-1]
    late = now >= at
    why = Why.LATE if late else Why.DUE
    about = _about(plight, f"{thread(plight.incident)}/{why}-{at:%Y%m%dT%H%M%SZ}", why)
    since = at if late else at - CALL_AHEAD
    yield replace(about, since=since, promised=at, answers=True, at_once=2 if late else 1)


def _about(plight: Plight, key: str, why: Why, draft: IncidentUpdate | None = None) -> Matter:
    """What every matter of an incident says: the waiting draft's words, or what fails where none waits."""
    draft = draft or next(iter(plight.waiting), None)
    failing = (member.component_id for member in plight.members if member.recovered_at is None)
    hit = dict.fromkeys((*failing, *plight.noticed))
    names = ", ".join(plight.component_names.get(part, part) for part in hit) or "an open incident"
    taken = holding(plight.acts)
    return Matter(
        key=key,
        why=why,
        since=plight.incident.opened_at,
        subject=draft.title if draft else names,
        short=draft.short if draft else "",
        path=f"/updates/{draft.id}" if draft else f"/incidents/{plight.incident.id}",
        incident_id=plight.incident.id,
        update_id=draft.id if draft else None,
        first=plight.names[taken.person_id] if taken else None,
        public=bool(plight.published),
        broken=plight.broken,
        abroad=_abroad(draft) if draft else {},
    )


def _abroad(draft: IncidentUpdate) -> Mapping[str, tuple[str, str]]:
    others = Notice.translations_from_json(draft.translations or "{}")
    return {language: (told.title, told.short) for language, told in others}


def attended(acts: Sequence[Act], names: Mapping[int, str]) -> list[Act]:
    """The acts by which a human showed that they look into it; what an alert says is no human's."""
    return [act for act in acts if act.kind not in ASIDE and names[act.person_id] != TELLER]


def _taken_by(plight: Plight) -> str | None:
    """Who has come since it began to fail this time: whatever they did about it says so, and so does an approval."""
    deeds = [(act.at, act.person_id) for act in attended(plight.acts, plight.names)]
    deeds += [(approval.at, approval.person_id) for _, approval in plight.published]
    since = max([failing_since(plight.incident, plight.members, noticed=bool(plight.noticed)), *plight.let_go])
    came = [person_id for at, person_id in sorted(deeds) if at >= since]
    return plight.names[came[0]] if came else None
