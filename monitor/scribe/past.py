"""The past of an incident, as its review looks back at it: from the record's rows, each of which is its evidence."""

import json
from collections.abc import Iterator
from typing import Final

from drafts.facts import Facts, UpdateKind
from drafts.past import Action, Entry, Mistake, Override, Past, Turn
from monitor.models import Act, ActKind, AuditEntry, FollowUp, Signal
from monitor.scribe.aftermath import Aftermath
from monitor.scribe.scene import Scene

ENTRIES_MAX: Final = 60
"""More would be no story any more; of a longer one the beginning and the end are told."""

_DONE: Final = {
    ActKind.ACKNOWLEDGED: Turn.TAKEN_UP,
    ActKind.TAKEN_OVER: Turn.TAKEN_UP,
    ActKind.NOTICED: Turn.NOTICED,
}


def past(scene: Scene) -> Past | None:
    """Tell what happened, how the public was told of it, and what is done about it; None before the end."""
    aftermath = scene.aftermath
    if aftermath is None:
        return None
    entries = sorted(_entries(scene, aftermath), key=lambda entry: entry.at)
    half = ENTRIES_MAX // 2
    return Past(
        entries=tuple(entries if len(entries) <= ENTRIES_MAX else (*entries[:half], *entries[-half:])),
        promises=tuple(aftermath.promises),
        told_at=scene.published[0].approval.at if scene.published else None,
        customer_first=next(_said(scene, ActKind.CUSTOMER_FIRST, Turn.CUSTOMER_FIRST), None),
        mistakes=tuple(_mistakes(scene)),
        overrides=tuple(map(_override, aftermath.overrides)),
        factors=tuple(_said(scene, ActKind.FACTOR, Turn.FACTOR)),
        actions=tuple(map(_action, aftermath.follow_ups)),
    )


def _entries(scene: Scene, aftermath: Aftermath) -> Iterator[Entry]:
    yield from _seen(scene)
    if draft := aftermath.first_draft:
        yield Entry(draft.created_at, Turn.DRAFTED, (f"update:{draft.id}",))
    rings = (call for call in aftermath.calls if call.signal is Signal.RING and call.delivered_at)
    if (ring := next(rings, None)) and ring.delivered_at:
        yield Entry(ring.delivered_at, Turn.CALLED, (f"call:{ring.id}",))
    for kind, turn in _DONE.items():
        yield from _said(scene, kind, turn)
    for told in scene.published:
        if told.update.kind is not UpdateKind.NO_NEWS:
            yield Entry(told.approval.at, Turn.PUBLISHED, (f"update:{told.update.id}",), words=told.update.title)


def _seen(scene: Scene) -> Iterator[Entry]:
    """What our own looks saw: nothing, of an outage that only humans noticed."""
    incident, row = scene.incident, (f"incident:{scene.incident.id}",)
    failed = [member for member in scene.members if member.confirmed_at]
    if failed:
        first = min(failed, key=lambda member: member.first_failed_at)
        yield Entry(first.first_failed_at, Turn.FAILED, (f"flip:{first.flip_id}",))
        if incident.confirmed_at:
            yield Entry(incident.confirmed_at, Turn.CONFIRMED, row)
        if incident.recovered_at:
            yield Entry(incident.recovered_at, Turn.RECOVERED, row)


def _said(scene: Scene, kind: ActKind, turn: Turn) -> Iterator[Entry]:
    return (_entry(scene, act, turn) for act in scene.acts if act.kind is kind)


def _entry(scene: Scene, act: Act, turn: Turn) -> Entry:
    words = "; ".join(act.words.splitlines())
    return Entry(act.at, turn, (f"act:{act.id}",), scene.names[act.person_id], words)


def _mistakes(scene: Scene) -> Iterator[Mistake]:
    for told in scene.published:
        if wrong := Facts.from_json(told.update.facts).correction:
            yield Mistake(wrong.said, wrong.said_at, wrong.truth.words, wrong.truth.person)


def _override(line: AuditEntry) -> Override:
    told = json.loads(line.detail)
    return Override(line.at, tuple(told["rules"]), line.actor, told["reason"])


def _action(action: FollowUp) -> Action:
    done_on = action.done_at.date() if action.done_at else None
    return Action(action.what, action.owner, action.due_on, done_on)
