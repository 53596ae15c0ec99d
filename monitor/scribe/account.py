"""The account: Facts as the record's scene and the config give them, each with the rows that prove it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from drafts.cadence import next_update, stale
from drafts.facts import Act, Affected, Checked, Correction, Evidence, Facts, Said, UpdateKind, Working
from monitor.config import ChannelOptions, Component, Config
from monitor.ledger.incidents import WRONG
from monitor.models import Act as Deed
from monitor.models import ActKind, Member
from monitor.scribe.scene import Scene
from monitor.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Account:
    """Gives Facts by one config."""

    config: Config[ChannelOptions]

    def facts(self, scene: Scene, kind: UpdateKind, *, now: datetime) -> Facts:
        """Tell what is known of this incident now, for a message of this kind."""
        members = sorted(_affected(scene), key=lambda member: _began(scene, member)[0])
        since, last_good = _began(scene, members[0])
        affected = tuple(self._affected(scene, component, members) for component in self._components(members))
        acknowledged = _act(scene, ActKind.ACKNOWLEDGED)
        return Facts(
            timezone=self.config.site.timezone,
            language=self.config.notices.language,
            since=since,
            last_good=last_good,
            affected=affected,
            evidence=tuple(f"flip:{member.flip_id}" for member in members),
            working=tuple(self._working(scene, {member.component_id for member in members})),
            checked=tuple(_checked(scene)),
            acknowledged=acknowledged,
            cause=_act(scene, ActKind.CAUSE),
            estimate=_act(scene, ActKind.ESTIMATE),
            repair=_act(scene, ActKind.REPAIR),
            loss=_act(scene, ActKind.LOSS),
            amends=_act(scene, ActKind.AMENDS),
            recovered_at=scene.incident.recovered_at,
            watch_until=self.watch_until(scene),
            resolved_at=scene.incident.resolved_at,
            next_update=self._promise(scene, kind, affected, now=now),
            follow=self.config.site.public_url,
            signature=self._signature(acknowledged),
            said=_said(scene),
            correction=self.correction(scene) if kind is UpdateKind.CORRECTION else None,
            at=now,
        )

    def _signature(self, acknowledged: Act | None) -> str | None:
        """Whoever took it up, for whom they speak."""
        names = (acknowledged.person if acknowledged else "", self.config.site.signature)
        return ", ".join(name for name in names if name) or None

    def watch_until(self, scene: Scene) -> datetime | None:
        """When we have watched long enough after a recovery for a human to say resolved."""
        recovered_at = scene.incident.recovered_at
        return recovered_at and recovered_at + timedelta(seconds=self.config.notices.watch_for)

    def correction(self, scene: Scene) -> Correction | None:
        """What a human says was wrong in our words, until a message that says so was approved or rejected."""
        wrong = [act for act in scene.acts if act.kind in WRONG]
        answered = [*(past.update for past in scene.published), *scene.rejected]
        told = [Facts.from_json(update.facts).correction for update in answered]
        if not wrong or any(one and one.truth.evidence == _evidence(wrong[-1]) for one in told):
            return None
        return _false_alarm(scene, wrong[-1]) if wrong[-1].kind is ActKind.FALSE_ALARM else _wrong(scene, wrong[-1])

    def knows(self, scene: Scene) -> bool:
        """Whether the config still has what this incident hit, so that it can be spoken of in the customers' words."""
        return bool(scene.members) and bool(self._components(_affected(scene)))

    def _components(self, members: Iterable[Member]) -> list[Component]:
        ids = {member.component_id for member in members}
        return [component for component in self.config.component if component.id in ids]

    def _targets(self, component_id: str) -> list[str]:
        return [t.name for t in self.config.target if t.component == component_id and t.enabled]

    def _affected(self, scene: Scene, component: Component, members: Sequence[Member]) -> Affected:
        mine = [member for member in members if member.component_id == component.id]
        failing = sum(member.recovered_at is None for member in mine)
        targets = max(len(self._targets(component.id)), len(mine))
        return Affected(
            component=component.name,
            kind=mine[0].kind,
            reason=mine[0].reason,
            failing=failing,
            targets=targets,
            total=(failing or len(mine)) == targets,
            evidence=tuple(f"flip:{member.flip_id}" for member in mine),
            effect=component.when_down or None,
            workaround=component.meanwhile or None,
            since=_began(scene, mine[0])[0],
        )

    def _working(self, scene: Scene, affected: set[str]) -> Iterable[Working]:
        for component in self.config.component:
            standings = [scene.standings.get(name) for name in self._targets(component.id)]
            passing = [standing for standing in standings if standing and standing.verdict is Verdict.UP]
            if component.id not in affected and passing and len(passing) == len(standings):
                yield Working(component.name, tuple(f"flip:{standing.flip_id}" for standing in passing))

    def _promise(
        self, scene: Scene, kind: UpdateKind, affected: Sequence[Affected], *, now: datetime
    ) -> datetime | None:
        """The promise of the waiting draft while it is far enough ahead, else a new one: so a draft holds still.

        The last word, and what follows it, promises none.
        """
        if kind is UpdateKind.RESOLVED or scene.incident.resolved_at is not None:
            return None
        for draft in scene.waiting:
            if draft.kind is kind and draft.next_update_at and not stale(draft.next_update_at, now):
                return draft.next_update_at
        notices = self.config.notices
        return next_update(
            now,
            all(part.total for part in affected),
            timedelta(seconds=notices.update_every),
            timedelta(seconds=notices.update_every_total_loss),
        )


def _affected(scene: Scene) -> Sequence[Member]:
    """Who fails now; once all works again, who did. A suspicion that cleared was nobody's outage."""
    failing = [member for member in scene.members if member.recovered_at is None]
    return failing or [member for member in scene.members if member.confirmed_at] or scene.members


def _began(scene: Scene, member: Member) -> tuple[datetime, datetime | None]:
    """When what we tell of this member began, and when it was last good: while it fails, that is the present run."""
    if member.failing_since is None or scene.incident.recovered_at is not None:
        return member.first_failed_at, member.last_good_at
    return member.failing_since, member.good_until


def _wrong(scene: Scene, deed: Deed) -> Correction | None:
    """The newest message that holds the words which a human calls wrong."""
    quoted, _, truth = deed.words.partition("\n")
    for said in reversed(_said(scene)):
        if said.holds(quoted):
            act = Act(scene.names[deed.person_id], deed.at, _evidence(deed), truth)
            return Correction(quoted, said.at, act, whole=quoted == said.title)
    return None


def _false_alarm(scene: Scene, deed: Deed) -> Correction | None:
    """The first message, with which all that followed it is taken back."""
    if not scene.published:
        return None
    first = _said(scene)[0]
    reason = Act(scene.names[deed.person_id], deed.at, _evidence(deed), deed.words)
    return Correction(first.title, first.at, reason, whole=True, false_alarm=True)


def _said(scene: Scene) -> tuple[Said, ...]:
    return tuple(
        Said(past.update.kind, past.approval.at, past.update.title, past.update.body) for past in scene.published
    )


def _act(scene: Scene, kind: ActKind) -> Act | None:
    """The latest act of this kind; of acknowledgements the first, since that is when somebody took it up."""
    acts = [act for act in scene.acts if act.kind is kind]
    if not acts:
        return None
    act = acts[0 if kind is ActKind.ACKNOWLEDGED else -1]
    return Act(scene.names[act.person_id], act.at, _evidence(act), "; ".join(act.words.splitlines()))


def _evidence(act: Deed) -> Evidence:
    return (f"act:{act.id}",)


def _checked(scene: Scene) -> Iterable[Checked]:
    """What humans have checked since our last word, which told of what was checked before."""
    since = scene.published[-1].approval.at if scene.published else None
    for act in scene.acts:
        if act.kind is ActKind.CHECKED and (since is None or act.at > since):
            what, _, showed = act.words.partition("\n")
            yield Checked(what, showed, _evidence(act))
