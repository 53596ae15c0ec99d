"""One line of time for an incident: everything that the record knows of it, as sentences, the newest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.promises import Fate, Promise
from monitor.desk.evidence import sentence
from monitor.ledger import approvals, calls, deliveries, drafts, incidents, people, story, words
from monitor.models import (
    Act,
    ActKind,
    Approval,
    Call,
    CallState,
    Delivery,
    DeliveryState,
    Flip,
    Incident,
    IncidentUpdate,
    Revision,
    Signal,
)
from monitor.verdict import Verdict

MOMENTS_MAX: Final = 150
DETAIL_CHARS_MAX: Final = 300
MARKS_CHARS: Final = 170
"""About what the marks round a moment take."""
ROOM_CHARS: Final = 27_000
"""Of HTML, so that a page stays within 60 kB."""

_AFTERMATH: Final = timedelta(hours=1)
Mark = Literal["bad", "good", "human", "step"]
_MARKS: Final[dict[Verdict, Mark]] = {Verdict.DOWN: "bad", Verdict.SUSPECT: "bad", Verdict.UP: "good"}
_VERDICTS: Final = {
    Verdict.UP: "works",
    Verdict.SUSPECT: "failed a look, and is looked at again",
    Verdict.DEGRADED: "works, but not as promised",
    Verdict.DOWN: "is down: the confirming looks failed too",
    Verdict.UNKNOWN: "cannot be judged now",
}
_ACTS: Final = {
    ActKind.ACKNOWLEDGED: "took it up",
    ActKind.CHECKED: "checked",
    ActKind.CAUSE: "named the cause",
    ActKind.ESTIMATE: "gave an estimate",
    ActKind.REPAIR: "said what helped",
    ActKind.LOSS: "said what was lost",
    ActKind.AMENDS: "said how we make it good",
    ActKind.CORRECTION: "corrected what we published",
    ActKind.BRIEFED: "has the brief, for the phone and the chat desk",
    ActKind.CUSTOMER_FIRST: "said that customers told us first",
    ActKind.FACTOR: "named what made it possible or longer",
    ActKind.NO_AMENDS: "said why nothing is given for it",
    ActKind.FALSE_ALARM: "called it a false alarm",
    ActKind.TAKEN_OVER: "took it over",
    ActKind.PROMISED: "chose when we write again",
    ActKind.BEGAN: "said when it began",
    ActKind.NOTICED: "noticed that it fails",
    ActKind.ALERTED: "raised an alert",
    ActKind.CLEARED: "said that it works again",
    ActKind.MERGED: "merged two incidents",
    ActKind.SPLIT: "split an incident",
}


_CALLS: Final = {
    Signal.RING: "was called by",
    Signal.TAKEN: "was told that somebody has come, by",
    Signal.OVER: "was told that nobody need come any more, by",
}
_CAME_OF_IT: Final = {
    CallState.PENDING: "it is still being tried",
    CallState.SENDING: "it is still being tried",
    CallState.DELIVERED: "it got through",
    CallState.FAILED: "it did not get through",
    CallState.DROPPED: "it was needed no more before it got through",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An incident, and what the record knows of it that a page tells in more than one place."""

    incident: Incident
    hit: Sequence[story.Hit]
    acts: Sequence[Act]
    names: Mapping[int, str]
    updates: Sequence[IncidentUpdate]
    approved: Mapping[int, Approval]
    promises: Sequence[Promise]

    @property
    def failing(self) -> int:
        """How many of its targets fail now."""
        return sum(part.failing for part in self.hit)

    @property
    def waiting(self) -> Sequence[IncidentUpdate]:
        """The drafts of it that wait for a human."""
        return [
            update
            for update in self.updates
            if not (update.id in self.approved or update.withdrawn_at or update.rejected_at)
        ]


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. ``mark`` says how it looks: a failure, a recovery, a human's deed, or a step of ours."""

    at: datetime
    sentence: str
    detail: str = ""
    href: str = ""
    mark: Mark = "step"


@dataclass(frozen=True, slots=True)
class Story:
    """The moments that are shown, newest first; ``is_cut`` if there are older ones that are not."""

    moments: tuple[Moment, ...]
    is_cut: bool


async def read(s: AsyncSession, incident: Incident) -> Known:
    """Read what more than its story is made of."""
    return Known(
        incident=incident,
        hit=(await story.hit_by(s, [incident.id])).get(incident.id, ()),
        acts=await incidents.acts(s, incident.id),
        names={person.id: person.name for person in await people.everyone(s) if person.id is not None},
        updates=await drafts.of_incident(s, incident.id),
        approved=await approvals.of_incident(s, incident.id),
        promises=await words.promises_of(s, incident.id),
    )


async def tell(s: AsyncSession, known: Known, now: datetime) -> Story:
    """Read the rest of what happened in an incident, and tell all of it."""
    incident, names = known.incident, known.names
    moments = [
        *await _seen(s, incident),
        *_turns(incident),
        *(_worded(one, names) for one in reversed(await story.revisions_of(s, incident.id, limit=MOMENTS_MAX))),
        *(_done(act, names) for act in known.acts),
        *(moment for promise in known.promises for moment in _promised(promise, now)),
        *(_rung(call) for call in await calls.of_incident(s, incident.id)),
    ]
    sent = await deliveries.of_incident(s, incident.id)
    for update in known.updates:
        moments += _answered(update, known.approved.get(update.id), sent.get(update.id, ()), names)
    newest_first = sorted(moments, key=lambda moment: moment.at)[::-1]  # of one moment, the cause stays below
    return Story(tuple(newest_first[:MOMENTS_MAX]), is_cut=len(moments) > MOMENTS_MAX)


def fitting(whole: Story) -> Story:
    """As much of a story as a page can bear, with long details cut."""
    shown = tuple(_fitting(whole.moments))
    return Story(shown, is_cut=whole.is_cut or len(shown) < len(whole.moments))


def _fitting(moments: Iterable[Moment]) -> Iterator[Moment]:
    room = ROOM_CHARS
    for moment in moments:
        detail = moment.detail if len(moment.detail) <= DETAIL_CHARS_MAX else f"{moment.detail[:DETAIL_CHARS_MAX]}…"
        room -= len(escape(moment.sentence + detail)) + MARKS_CHARS
        if room < 0:
            return
        yield replace(moment, detail=detail)


async def _seen(s: AsyncSession, incident: Incident) -> list[Moment]:
    """Changes of verdict of the targets concerned, and for a while after the end."""
    until = (incident.resolved_at or datetime.max.replace(tzinfo=incident.opened_at.tzinfo) - _AFTERMATH) + _AFTERMATH
    found = await story.flips_during(s, incident.id, since=incident.opened_at, until=until, limit=MOMENTS_MAX)
    return [_flipped(flip) for flip in reversed(found)]


def _flipped(flip: Flip) -> Moment:
    detail = sentence(flip.reason, flip.detail) if flip.reason else ""
    return Moment(flip.at, f"{flip.target} {_VERDICTS[flip.after]}", detail, mark=_MARKS.get(flip.after, "step"))


def _worded(revision: Revision, names: Mapping[int, str]) -> Moment:
    href = f"/updates/{revision.update_id}"
    if revision.person_id is not None:
        return Moment(revision.at, f"{names[revision.person_id]} edited the draft", revision.title, href, "human")
    deed = "A draft was written" if revision.number == 1 else "The draft was rewritten, since the facts changed"
    return Moment(revision.at, deed, revision.title, href)


def _promised(promise: Promise, now: datetime) -> Iterator[Moment]:
    """Whether we wrote when we had said; told at the time that we had promised."""
    fate = promise.fate(now)
    if fate is Fate.KEPT and promise.answered_at:
        yield Moment(promise.answered_at, "We wrote again as promised", mark="good")
    elif fate is Fate.BROKEN:
        yield Moment(promise.due_at, "We had promised to write again by now, and did not", mark="bad")


def _done(act: Act, names: Mapping[int, str]) -> Moment:
    return Moment(act.at, f"{names[act.person_id]} {_ACTS[act.kind]}", ": ".join(act.words.splitlines()), mark="human")


def _rung(call: Call) -> Moment:
    deed = f"{call.person} {_CALLS[call.signal]} {call.route}{', again' if call.round else ''}"
    detail = f"{call.title}; {_CAME_OF_IT[call.state]}" + (f": {call.error}" if call.error else "")
    return Moment(call.at, deed, detail, mark="bad" if call.state is CallState.FAILED else "step")


def _turns(incident: Incident) -> Iterator[Moment]:
    if incident.confirmed_at:
        yield Moment(incident.confirmed_at, "The incident was confirmed: a human is needed", mark="bad")
    if incident.recovered_at:
        yield Moment(incident.recovered_at, "Everything works again in our checks", mark="good")
    if incident.resolved_at and incident.merged_into:
        deed, href = f"It became part of incident {incident.merged_into}", f"/incidents/{incident.merged_into}"
        yield Moment(incident.resolved_at, deed, "Both have one cause, so one notice tells of both.", href)
    elif incident.resolved_at:
        yield Moment(incident.resolved_at, "The incident is over", mark="good")


def _answered(
    update: IncidentUpdate, approval: Approval | None, sent: Iterable[Delivery], names: Mapping[int, str]
) -> Iterator[Moment]:
    href = f"/updates/{update.id}"
    if update.withdrawn_at:
        yield Moment(update.withdrawn_at, "The draft was withdrawn, unpublished", update.title, href)
    if update.rejected_at:
        who = names[update.rejected_by or 0]
        yield Moment(update.rejected_at, f"{who} rejected the draft", update.reject_reason or "", href, "human")
    if approval:
        yield Moment(approval.at, f"{names[approval.person_id]} approved it", update.title, href, "human")
    for delivery in sent:
        if delivery.state is DeliveryState.FAILED:
            yield Moment(delivery.next_attempt_at, f"Given up over {delivery.channel}", delivery.error, href, "bad")
        if delivery.delivered_at:
            yield Moment(delivery.delivered_at, f"Delivered over {delivery.channel}", delivery.receipt, href)
