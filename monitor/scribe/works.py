"""Planned work as it is told: announced before it begins, then begun, then done, and put off where the config moves it.

Of one work one incident is kept, from its announcement to its end; its cause is the work's name. What was announced
stands in the facts of what was published, so a config that says something else now is a work that was moved.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from drafts.facts import Affected, Facts, Planned, UpdateKind
from monitor.config import Component, Config, Maintenance
from monitor.court import summons
from monitor.court.calendar import Span
from monitor.models import IncidentUpdate
from monitor.scribe.account import Account
from monitor.scribe.plan import Close, Rewrite, Step, Withdraw, Write
from monitor.scribe.scene import Scene
from monitor.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Works:
    """The planned work of one config."""

    config: Config[Any]

    def near(self, now: datetime) -> Iterator[tuple[Maintenance, datetime]]:
        """Each work that is to be announced by now and is not over, with the beginning of this time's."""
        for work in self.config.maintenance:
            start, end = self._span(work, now)
            if work.announce and now < end and start - now <= timedelta(seconds=work.announce):
                yield work, start

    def steps(self, scene: Scene, *, now: datetime) -> list[Step]:
        """What to do now so that the right draft of this work lies ready."""
        if scene.incident.resolved_at is not None:
            return [Withdraw(draft) for draft in scene.waiting]
        plan = self._plan(scene, now)
        kind = _wanted(scene, plan, passing=self._passing(scene), now=now)
        if kind is None or _declined(scene, kind, plan):
            gone: list[Step] = [Withdraw(draft) for draft in scene.waiting]
            return [*gone, Close(now)] if _over(scene, plan, now) else gone
        return list(_draft(scene, kind, self._facts(scene, kind, plan, now)))

    def _plan(self, scene: Scene, now: datetime) -> Planned:
        """The work as it is planned now, beside what was announced of it where that differs."""
        told, known = _told(scene), _known(scene)
        work = next((one for one in self.config.maintenance if one.name == scene.incident.work), None)
        start, end = self._span(work, known.start if known and known.start else now) if work else (None, None)
        began = any(past.update.kind is UpdateKind.BEGUN for past in scene.published)
        plan = Planned(scene.incident.work or "", start, end, (f"config:{scene.incident.work}",), begun=began)
        if told is None or (told.start, told.end) == (start, end):
            return plan
        return replace(plan, told_start=told.start, told_end=told.end)

    def _span(self, work: Maintenance, at: datetime) -> Span:
        """Which time of it is meant: a work that is done once has only one."""
        if work.start and work.end:
            return work.start, work.end
        return summons.window(work, self.config.site.timezone).when.next(at)

    def _facts(self, scene: Scene, kind: UpdateKind, plan: Planned, now: datetime) -> Facts:
        site = self.config.site
        start = plan.start or plan.told_start or scene.incident.opened_at
        parts = self._components(scene)
        return Facts(
            timezone=site.timezone,
            language=self.config.notices.language,
            since=start,
            last_good=None,
            affected=tuple(self._affected(scene, part, kind) for part in parts),
            evidence=plan.evidence,
            next_update=_promise(kind, plan, now),
            follow=site.public_url,
            signature=site.signature or None,
            said=scene.said,
            planned=plan,
            at=now,
            also_in=self.config.notices.also_in,
        )

    def _affected(self, scene: Scene, part: Component, kind: UpdateKind) -> Affected:
        """That something fails while it is being worked on is expected; once it is done, it counts."""
        names = self._targets(part.id)
        failing = [name for name in names if not _passes(scene, name)] if kind is UpdateKind.DONE else []
        effect, meanwhile = part.when_down or None, part.meanwhile or None
        evidence = (f"config:{scene.incident.work}",)
        return Affected(
            part.name, "", "planned", len(failing), len(names), total=False, evidence=evidence,
            effect=effect, workaround=meanwhile, abroad=Account(self.config).abroad(part),
        )  # fmt: skip

    def _components(self, scene: Scene) -> list[Component]:
        """Whom it concerns; a work that names nobody concerns all."""
        work = next((one for one in self.config.maintenance if one.name == scene.incident.work), None)
        if work is None:
            named = {part.component for past in scene.published for part in past.facts.affected}
            return [part for part in self.config.component if part.name in named] or list(self.config.component)
        ids = {*work.components, *(one.component for one in self.config.target if one.name in work.targets)}
        return [part for part in self.config.component if part.id in ids or not ids]

    def _targets(self, component_id: str) -> list[str]:
        return [one.name for one in self.config.target if one.component == component_id and one.enabled]

    def _passing(self, scene: Scene) -> bool:
        names = (name for part in self._components(scene) for name in self._targets(part.id))
        return all(_passes(scene, name) for name in names)


def _wanted(scene: Scene, plan: Planned, *, passing: bool, now: datetime) -> UpdateKind | None:
    """Name the message that should lie ready, or None while what was said still stands."""
    over = plan.end is None or plan.end <= now
    if not scene.published:
        return None if over else UpdateKind.ANNOUNCED if plan.start and now < plan.start else UpdateKind.BEGUN
    if over and plan.begun:
        return UpdateKind.DONE if passing else None
    if plan.told_start:
        return UpdateKind.POSTPONED
    if over:
        return UpdateKind.DONE if passing else None
    return UpdateKind.BEGUN if plan.start and plan.start <= now and not plan.begun else None


def _over(scene: Scene, plan: Planned, now: datetime) -> bool:
    """Whether it ends without a word, since nobody was ever told of it."""
    return not scene.published and (plan.end is None or plan.end <= now)


def _promise(kind: UpdateKind, plan: Planned, now: datetime) -> datetime | None:
    if kind is UpdateKind.DONE or plan.start is None:
        return None
    return plan.start if now < plan.start and not plan.begun else plan.end


def _declined(scene: Scene, kind: UpdateKind, plan: Planned) -> bool:
    """Whether a human said no to this very message; a no to the first word of it is a no to all."""
    if not scene.published:
        return bool(scene.rejected)
    return any(past.kind is kind and Facts.from_json(past.facts).planned == plan for past in scene.rejected)


def _draft(scene: Scene, kind: UpdateKind, facts: Facts) -> Iterator[Step]:
    kept = [draft for draft in scene.waiting if draft.kind is kind][:1]
    yield from (Withdraw(draft) for draft in scene.waiting if draft not in kept)
    if not kept:
        yield Write(kind, facts)
    elif kept[0].facts_sha256 != facts.sha256():
        yield Rewrite(kept[0], facts)


def _told(scene: Scene) -> Planned | None:
    """What was last published of its time."""
    return scene.published[-1].facts.planned if scene.published else None


def _known(scene: Scene) -> Planned | None:
    """What was last drafted of its time, published or not."""
    updates: Iterable[IncidentUpdate] = (*(past.update for past in scene.published), *scene.rejected, *scene.waiting)
    newest = max(updates, key=lambda update: update.id, default=None)
    return Facts.from_json(newest.facts).planned if newest else None


def _passes(scene: Scene, name: str) -> bool:
    standing = scene.standings.get(name)
    return standing is not None and standing.verdict is Verdict.UP
