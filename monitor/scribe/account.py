"""The account: Facts as the record's scene and the config give them, each with the rows that prove it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter

from drafts.cadence import CEILING, CEILING_TOTAL, next_update, stale
from drafts.facts import (
    Abroad,
    Act,
    Affected,
    Beginning,
    Checked,
    Correction,
    Evidence,
    Facts,
    UpdateKind,
    Working,
)
from monitor.config import ChannelOptions, Component, Config
from monitor.ledger.claims import failing_since, holding
from monitor.ledger.deeds import evidence, told
from monitor.ledger.incidents import WRONG
from monitor.models import Act as Deed
from monitor.models import ActKind, Member
from monitor.scribe.past import past
from monitor.scribe.scene import Scene
from monitor.scribe.silence import silence
from monitor.verdict import Verdict


@dataclass(frozen=True)
class Account:
    """Gives Facts by one config."""

    config: Config[ChannelOptions]

    @cached_property
    def _targets(self) -> Mapping[str, Sequence[str]]:
        """The names of the targets that are looked at, by component: asked for each component of each incident."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for target in self.config.target:
            if target.enabled:
                found[target.component].append(target.name)
        return found

    def facts(self, scene: Scene, kind: UpdateKind, *, now: datetime) -> Facts:
        """Tell what is known of this incident now, for a message of this kind."""
        members = sorted(_affected(scene), key=lambda member: _began(scene, member)[0])
        noticed = _noticed(scene, members)
        since, last_good = min([*(_began(scene, member) for member in members), *noticed.values()], key=itemgetter(0))
        affected = tuple(
            self._affected(scene, component, members) or self._noticed(scene, component)
            for component in self._components({member.component_id for member in members} | noticed.keys())
        )
        return Facts(
            timezone=self.config.site.timezone,
            language=self.config.notices.language,
            since=since,
            last_good=last_good,
            affected=affected,
            evidence=_allevidence(scene, members),
            working=tuple(self._working(scene, {member.component_id for member in members} | noticed.keys())),
            checked=tuple(_checked(scene)),
            acknowledged=_taken_up(scene),
            cause=_act(scene, ActKind.CAUSE),
            estimate=_act(scene, ActKind.ESTIMATE),
            repair=_act(scene, ActKind.REPAIR),
            loss=_act(scene, ActKind.LOSS),
            amends=_act(scene, ActKind.AMENDS),
            no_amends=_act(scene, ActKind.NO_AMENDS),
            recovered_at=scene.incident.recovered_at,
            watch_until=self.watch_until(scene),
            resolved_at=scene.incident.resolved_at,
            next_update=self._promise(scene, kind, affected, now=now),
            follow=self.config.site.public_url,
            signature=self._signature(scene),
            said=scene.said,
            correction=self.correction(scene) if kind is UpdateKind.CORRECTION else None,
            began=_beginning(scene, since),
            cleared=_act(scene, ActKind.CLEARED) if scene.incident.recovered_at and noticed else None,
            past=past(scene) if kind is UpdateKind.REVIEW else None,
            silent_until=silence(scene, kind, since, self.config.notices.late_after, now=now),
            at=now,
            also_in=self.config.notices.also_in,
        )

    def _signature(self, scene: Scene) -> str | None:
        """Whoever has it in hand now, for whom they speak."""
        held = holding(scene.acts)
        names = (scene.names[held.person_id] if held else "", self.config.site.signature)
        return ", ".join(name for name in names if name) or None

    def watch_until(self, scene: Scene) -> datetime | None:
        """When we have watched long enough after a recovery for a human to say resolved."""
        recovered_at = scene.incident.recovered_at
        return recovered_at and recovered_at + timedelta(seconds=self.config.notices.watch_for)

    def correction(self, scene: Scene) -> Correction | None:
        """What a human says was wrong in our words, until a message that says so was approved or rejected."""
        wrong = [act for act in scene.acts if act.kind in WRONG]
        answered = [*(past.update for past in scene.published), *scene.rejected]
        answers = [Facts.from_json(update.facts).correction for update in answered]
        if not wrong or any(one and one.truth.evidence == evidence(wrong[-1]) for one in answers):
            return None
        return _false_alarm(scene, wrong[-1]) if wrong[-1].kind is ActKind.FALSE_ALARM else _wrong(scene, wrong[-1])

    def knows(self, scene: Scene) -> bool:
        """Whether the config still has what this incident hit, so that it can be spoken of in the customers' words."""
        members = _affected(scene)
        return bool(self._components({member.component_id for member in members} | _noticed(scene, members).keys()))

    def _components(self, ids: AbstractSet[str]) -> list[Component]:
        return [component for component in self.config.component if component.id in ids]

    def _affected(self, scene: Scene, component: Component, members: Sequence[Member]) -> Affected | None:
        mine = [member for member in members if member.component_id == component.id]
        if not mine:
            return None
        failing = sum(member.recovered_at is None for member in mine)
        targets = max(len(self._targets.get(component.id, ())), len(mine))
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
            abroad=self.abroad(component),
        )

    def abroad(self, component: Component, *, felt: bool = True) -> tuple[Abroad, ...]:
        """What the company calls it in the other languages, as far as it says."""
        told = ((language, getattr(component.translations, language)) for language in self.config.notices.also_in)
        return tuple(
            Abroad(language, words.name, (felt and words.when_down) or None, words.meanwhile or None)
            for language, words in told
            if words
        )

    def _noticed(self, scene: Scene, component: Component) -> Affected:
        """What no look of ours has seen: a human's words tell it, or an alert's, which know no customer's trouble."""
        sighting = next(one for one in reversed(scene.sightings) if one.component_id == component.id)
        told = next(act for act in scene.acts if act.id == sighting.act_id)
        felt = told.kind is ActKind.NOTICED
        return Affected(
            component=component.name,
            kind="",
            reason="noticed",
            failing=0,
            targets=len(self._targets.get(component.id, ())),
            total=False,
            evidence=evidence(told),
            effect=(component.when_down or None) if felt else None,
            workaround=component.meanwhile or None,
            since=sighting.noticed_at,
            noticed=Act(scene.names[told.person_id], told.at, evidence(told), told.words),
            abroad=self.abroad(component, felt=felt),
        )

    def _working(self, scene: Scene, affected: set[str]) -> Iterable[Working]:
        for component in self.config.component:
            standings = [scene.standings.get(name) for name in self._targets.get(component.id, ())]
            passing = [standing for standing in standings if standing and standing.verdict is Verdict.UP]
            if component.id not in affected and passing and len(passing) == len(standings):
                evidence = tuple(f"flip:{standing.flip_id}" for standing in passing)
                yield Working(component.name, evidence, self.abroad(component))

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
                return _asked(scene, affected, now=now) or draft.next_update_at
        if asked := _asked(scene, affected, now=now):
            return asked
        notices = self.config.notices
        return next_update(
            now,
            all(part.total for part in affected),
            timedelta(seconds=notices.update_every),
            timedelta(seconds=notices.update_every_total_loss),
        )


def _asked(scene: Scene, affected: Sequence[Affected], *, now: datetime) -> datetime | None:
    """The time that a human chose for the next word, since our last one and while it may still be promised."""
    since = scene.published[-1].approval.at if scene.published else None
    limit = CEILING_TOTAL if all(part.total for part in affected) else CEILING
    for act in reversed(scene.acts):
        if act.kind is ActKind.PROMISED and (since is None or act.at > since):
            at = datetime.fromisoformat(act.words)
            return None if stale(at, now) or at > act.at + limit else at
    return None


def _beginning(scene: Scene, since: datetime) -> Beginning | None:
    """When it began by the last human's word on that, where no look of the present run saw it earlier."""
    claim = _act(scene, ActKind.BEGAN)
    if claim is None:
        return None
    at, _, reason = claim.words.partition("; ")
    told = Beginning(datetime.fromisoformat(at), replace(claim, words=reason))
    return told if told.at < since else None


def _noticed(scene: Scene, members: Sequence[Member]) -> dict[str, tuple[datetime, None]]:
    """The components that only humans tell of, and since when: those that fail still, or all once nothing does."""
    measured = {member.component_id for member in members}
    over = scene.incident.recovered_at is not None
    return {
        one.component_id: (one.noticed_at, None)
        for one in reversed(scene.sightings)
        if one.component_id not in measured and (over or one.cleared_at is None)
    }


def _affected(scene: Scene) -> Sequence[Member]:
    """Who fails now; once all works again, who did. A suspicion that cleared was nobody's outage."""
    failing = [member for member in scene.members if member.recovered_at is None]
    if not failing and any(one.cleared_at is None for one in scene.sightings):
        return ()
    return failing or [member for member in scene.members if member.confirmed_at] or scene.members


def _began(scene: Scene, member: Member) -> tuple[datetime, datetime | None]:
    """When what we tell of this member began, and when it was last good: while it fails, that is the present run."""
    if member.failing_since is None or scene.incident.recovered_at is not None:
        return member.first_failed_at, member.last_good_at
    return member.failing_since, member.good_until


def _wrong(scene: Scene, deed: Deed) -> Correction | None:
    """The newest message that holds the words which a human calls wrong."""
    quoted, _, truth = deed.words.partition("\n")
    for said in reversed(scene.said):
        if said.holds(quoted):
            act = Act(scene.names[deed.person_id], deed.at, evidence(deed), truth)
            return Correction(quoted, said.at, act, whole=quoted == said.title)
    return None


def _false_alarm(scene: Scene, deed: Deed) -> Correction | None:
    """The first message, with which all that followed it is taken back."""
    if not scene.published:
        return None
    first = scene.said[0]
    reason = Act(scene.names[deed.person_id], deed.at, evidence(deed), deed.words)
    return Correction(first.title, first.at, reason, whole=True, false_alarm=True)


def _allevidence(scene: Scene, members: Sequence[Member]) -> Evidence:
    flips = (f"flip:{member.flip_id}" for member in members)
    return (*flips, *dict.fromkeys(f"act:{sighting.act_id}" for sighting in scene.sightings))


def _taken_up(scene: Scene) -> Act | None:
    """Who said first that they look at it; of what fails again after it had worked, who has said so since."""
    back = any(member.failing_since and member.recovered_at is None for member in scene.members)
    if not back or scene.incident.recovered_at is not None:
        return _act(scene, ActKind.ACKNOWLEDGED)
    noticed = any(one.cleared_at is None for one in scene.sightings)
    since = failing_since(scene.incident, scene.members, noticed=noticed)
    return told([act for act in scene.acts if act.at >= since], scene.names, ActKind.ACKNOWLEDGED)


def _act(scene: Scene, kind: ActKind) -> Act | None:
    return told(scene.acts, scene.names, kind)


def _checked(scene: Scene) -> Iterable[Checked]:
    """What humans have checked since our last word, which told of what was checked before."""
    since = scene.published[-1].approval.at if scene.published else None
    for act in scene.acts:
        if act.kind is ActKind.CHECKED and (since is None or act.at > since):
            what, _, showed = act.words.partition("\n")
            yield Checked(what, showed, evidence(act))
