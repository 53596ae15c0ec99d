"""Which message an open incident needs now, and what to do with the draft that waits: pure, every case listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from drafts.cadence import Due, due
from drafts.facts import Act, Facts, Planned, UpdateKind
from monitor.models import ActKind, IncidentUpdate, Stage
from monitor.scribe.account import Account
from monitor.scribe.scene import Published, Scene


@dataclass(frozen=True, slots=True)
class Write:
    """Draft a new message."""

    kind: UpdateKind
    facts: Facts


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The facts of a waiting draft changed: write it anew, or, once a human edited it, keep their words."""

    draft: IncidentUpdate
    facts: Facts


@dataclass(frozen=True, slots=True)
class Withdraw:
    """What a waiting draft says is no longer needed, or no longer so."""

    draft: IncidentUpdate


@dataclass(frozen=True, slots=True)
class Close:
    """It is over, and a human decided that the public needs no word of it."""

    at: datetime


_ENDS: Final = frozenset({UpdateKind.RESOLVED, UpdateKind.DONE})

Step = Write | Rewrite | Withdraw | Close


def stage(kind: UpdateKind, facts: Facts) -> Stage:
    """Where an incident stands once this message is out: identified as soon as a human has confirmed a cause."""
    if kind in _ENDS or facts.resolved_at is not None:
        return Stage.RESOLVED
    if facts.planned is not None:
        return _stage_of_work(kind, facts.planned)
    if facts.recovered_at is not None:
        return Stage.MONITORING
    return Stage.IDENTIFIED if facts.cause else Stage.INVESTIGATING


def _stage_of_work(kind: UpdateKind, planned: Planned) -> Stage:
    if planned.start is None:
        return Stage.RESOLVED
    return Stage.IN_PROGRESS if planned.begun or kind is UpdateKind.BEGUN else Stage.SCHEDULED


def steps(scene: Scene, account: Account, *, now: datetime) -> list[Step]:
    """What to do now so that the right draft lies ready. Nothing to do is the usual answer."""
    if scene.incident.resolved_at is not None:
        return _afterwards(scene, account, now=now)
    kind = wanted(scene, account, now=now)
    kept = [draft for draft in scene.waiting if draft.kind is kind][:1]
    gone: list[Step] = [Withdraw(draft) for draft in scene.waiting if draft not in kept]
    if kind is None:
        return gone
    facts = account.facts(scene, kind, now=now)
    if _declined(scene, kind, facts, now=now):
        over = scene.incident.recovered_at is not None and not scene.published
        return [*gone, Close(now)] if over else gone
    return [*gone, *_ready(kind, facts, kept)]


def _afterwards(scene: Scene, account: Account, *, now: datetime) -> list[Step]:
    """What is still to be said of an incident that is over: neither draft drives out the other."""
    due = [kind for kind, is_due in _LAST.items() if is_due(scene, account) and account.knows(scene)]
    steps: list[Step] = [Withdraw(draft) for draft in scene.waiting if draft.kind not in due]
    for kind in due:
        kept = [draft for draft in scene.waiting if draft.kind is kind]
        steps += [*map(Withdraw, kept[1:]), *_ready(kind, account.facts(scene, kind, now=now), kept)]
    return steps


def _to_correct(scene: Scene, account: Account) -> bool:
    """Published words that were wrong stay so until they are corrected."""
    return account.correction(scene) is not None


def _to_review(scene: Scene, account: Account) -> bool:
    """Whatever the public was told of is looked back at once, unless it was no outage at all."""
    del account
    answered = [*(past.update for past in scene.published), *scene.rejected]
    return (
        bool(scene.published)
        and scene.incident.recovered_at is not None
        and not any(update.kind is UpdateKind.REVIEW for update in answered)
        and not any(act.kind is ActKind.FALSE_ALARM for act in scene.acts)
    )


_LAST: Final = {UpdateKind.CORRECTION: _to_correct, UpdateKind.REVIEW: _to_review}


def _ready(kind: UpdateKind, facts: Facts, kept: Sequence[IncidentUpdate]) -> list[Step]:
    """Write this message, unless a draft of it waits that says the same."""
    if not kept:
        return [Write(kind, facts)]
    return [] if kept[0].facts_sha256 == facts.sha256() else [Rewrite(kept[0], facts)]


def wanted(scene: Scene, account: Account, *, now: datetime) -> UpdateKind | None:
    """Name the message that should lie ready, or None while what was said still stands."""
    if account.correction(scene):
        return UpdateKind.CORRECTION
    told = [past for past in scene.published if past.update.kind is not UpdateKind.CORRECTION]
    last = told[-1] if told else None
    if scene.incident.recovered_at is not None:
        return _after_recovery(scene, account, last, now=now)
    if last is None:
        return UpdateKind.FIRST
    facts = account.facts(scene, UpdateKind.SCOPE, now=now)
    if last.update.kind is UpdateKind.RECOVERY or _outgrown(facts, last.facts):
        return UpdateKind.SCOPE
    if _is_news(facts, scene.published[-1]):
        return UpdateKind.NEWS
    promise = scene.published[-1].update.next_update_at
    return UpdateKind.NO_NEWS if promise and due(promise, now) is not Due.NOT_YET else None


def _after_recovery(scene: Scene, account: Account, last: Published | None, *, now: datetime) -> UpdateKind | None:
    watch_until = account.watch_until(scene)
    if watch_until is None or now >= watch_until or (last is None and scene.rejected):
        return UpdateKind.RESOLVED
    told = last is not None and last.update.kind is UpdateKind.RECOVERY
    return None if told else UpdateKind.RECOVERY


def _outgrown(facts: Facts, said: Facts) -> bool:
    """Whether what was said is no longer so: something else fails, or something we said works does not."""
    now_working = {part.component for part in facts.working}
    return _scope(facts) != _scope(said) or any(part.component not in now_working for part in said.working)


def _is_news(facts: Facts, last: Published) -> bool:
    """Whether a human has found something since our last word that customers want to hear at once."""
    told = last.facts
    found: tuple[tuple[Act | None, Act | None], ...] = ((facts.cause, told.cause), (facts.estimate, told.estimate))
    return any(now and now.words.strip() and now != before for now, before in found)


def _scope(facts: Facts) -> set[tuple[str, int, int]]:
    return {(part.component, part.failing, part.targets) for part in facts.affected}


def _declined(scene: Scene, kind: UpdateKind, facts: Facts, *, now: datetime) -> bool:
    """Whether a human said no to this message, and nothing has changed since that would make it another one.

    A no to the first notice is a no to telling the public of this outage, so it holds for its end as well. A no to a
    later message holds until the last promise falls due: then something has to be said.
    """
    if kind is UpdateKind.CORRECTION:
        return False
    if not scene.published:
        return any(not _outgrown(facts, Facts.from_json(past.facts)) for past in scene.rejected) or (
            kind in {UpdateKind.RECOVERY, UpdateKind.RESOLVED} and bool(scene.rejected)
        )
    last = scene.published[-1]
    promise = last.update.next_update_at
    if promise is None or due(promise, now) is not Due.NOT_YET:
        return False
    return any(
        past.kind is kind and past.created_at > last.approval.at and not _outgrown(facts, Facts.from_json(past.facts))
        for past in scene.rejected
    )
