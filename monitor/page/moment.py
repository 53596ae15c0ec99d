"""A moment of the public page: what has been published, told by incident and by component; values only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Final

from monitor.config import Component
from monitor.ledger.history import Day
from monitor.models import Stage
from monitor.page.setting import Setting

RECENT: Final = timedelta(days=14)


class Work(StrEnum):
    """Where planned work stands, in the words of every status page; ``put_off`` is ours: it has no new time yet."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    PUT_OFF = "put_off"


_OVER: Final = (Work.COMPLETED, Work.PUT_OFF)


@dataclass(frozen=True, slots=True)
class Post:
    """One approved update that was delivered to the page: its words, and what it promises.

    ``others`` has title and body in other languages, by language. ``corrects`` is when the message was approved that it
    puts right, if it does; it ``retracts`` all that followed too if there was no outage. ``work`` is where planned work
    stands by it, and a ``review`` looks back on an incident that is over.
    """

    id: int
    stage: Stage
    title: str
    body: str
    published_at: datetime
    next_update_at: datetime | None
    approved_at: datetime | None = None
    language: str = "en"
    others: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    corrects: datetime | None = None
    retracts: bool = False
    work: Work | None = None
    review: bool = False

    @property
    def is_of_a_part(self) -> bool:
        """Whether it tells of something that was said or done, and not of how the whole stands."""
        return self.review or (self.corrects is not None and not self.retracts)

    def speaks_of(self, other: "Post") -> bool:
        """Whether it corrects this message."""
        if self.corrects is None or other.approved_at is None or other.id == self.id:
            return False
        if self.retracts:
            return self.corrects <= other.approved_at and other.published_at < self.published_at
        return other.approved_at == self.corrects

    def told_in(self, language: str) -> "Post":
        """The same in another language, as far as it was told in that."""
        title, body = self.others.get(language, (self.title, self.body))
        told = language if language in self.others else self.language
        return replace(self, title=title, body=body, language=told)


@dataclass(frozen=True, slots=True)
class Planned:
    """When planned work begins and ends, by the newest word; None where it was put off and has no new time."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """One incident as the public knows it; ``posts`` are newest first. ``total`` if a component did not work at all.

    ``planned`` makes it planned work. What was said after the end, corrections and the review, does not open it again.
    """

    id: int
    opened_at: datetime
    posts: tuple[Post, ...]
    components: tuple[Component, ...]
    total: bool
    planned: Planned | None = None

    @property
    def latest(self) -> Post:
        """The newest word, which says where the incident stands; the review speaks of it when all is said."""
        return next((post for post in self.posts if not post.review), self.posts[0])

    @property
    def headline(self) -> Post:
        """The newest word that has a title of the whole: a correction's and the review's are of a part."""
        return next((post for post in self.posts if not post.is_of_a_part), self.posts[-1])

    @property
    def first(self) -> Post:
        """The first word that the public had of it."""
        return self.posts[-1]

    @property
    def review(self) -> Post | None:
        """What we found when we looked back."""
        return next((post for post in self.posts if post.review), None)

    @property
    def stage(self) -> Stage:
        """Where it stands by what has been published, not by what we know inside."""
        return Stage.RESOLVED if self._end else self.latest.stage

    @property
    def work(self) -> Work | None:
        """Where planned work stands, by the newest word that tells; None of an incident."""
        return next((post.work for post in self.posts if post.work), None) if self.planned else None

    @property
    def is_open(self) -> bool:
        """Whether the public is still waiting for the word *resolved*."""
        return self.stage is not Stage.RESOLVED

    @property
    def resolved_at(self) -> datetime | None:
        """When the word *resolved* was published."""
        return self._end.published_at if self._end else None

    @property
    def promised_at(self) -> datetime | None:
        """By when we said that we would write again."""
        return self.latest.next_update_at if self.is_open else None

    @property
    def standing(self) -> Stage | Work:
        """Where it stands, be it an incident or planned work."""
        return self.work or self.stage

    @property
    def _end(self) -> Post | None:
        if self.planned:
            newest = next((post for post in self.posts if post.work), None)
            return newest if newest and newest.work in _OVER else None
        return next((post for post in reversed(self.posts) if post.stage is Stage.RESOLVED), None)

    def corrections(self, post: Post) -> tuple[Post, ...]:
        """What was said later of a post that was wrong, oldest first."""
        return tuple(one for one in reversed(self.posts) if one.speaks_of(post))

    def told_in(self, language: str, names: Callable[[Component], Component]) -> "Case":
        """The same in another language."""
        posts = tuple(post.told_in(language) for post in self.posts)
        return replace(self, posts=posts, components=tuple(map(names, self.components)))


class Attention(StrEnum):
    """What humans have to do with a failure so far: somebody looks into it, or was called, or nobody yet."""

    TAKEN = "taken"
    CALLED = "called"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Reading:
    """What our checks see of a component now, which nobody has published yet; ``total`` if none of them passes."""

    component: Component
    since: datetime
    total: bool
    attention: Attention


@dataclass(frozen=True, slots=True)
class Row:
    """One component, the open incidents that are published about it, and planned work under way."""

    component: Component
    cases: tuple[Case, ...]
    work: bool = False
    days: Sequence[Day] = ()

    @property
    def stage(self) -> Stage | Work | None:
        """The least comforting stage of its incidents, then planned work; None if nothing is reported."""
        worst = min((case.stage for case in self.cases), key=list(Stage).index, default=None)
        return worst or (Work.IN_PROGRESS if self.work else None)


@dataclass(frozen=True)
class Moment:
    """All that the page shows at ``now``, since the first word was published; ``cases`` are newest first.

    ``days`` is what each day of a component came to, by its id, oldest first; ``readings`` what checks see now. It has
    no slots, so that what every page asks of it is found once.
    """

    setting: Setting
    cases: tuple[Case, ...]
    now: datetime
    began_at: datetime
    language: str
    days: Mapping[str, Sequence[Day]] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """What customers use, in this language."""
        return tuple(self.setting.told_in(self.language)(component) for component in self.setting.components)

    @cached_property
    def incidents(self) -> tuple[Case, ...]:
        """All but planned work."""
        return tuple(case for case in self.cases if not case.planned)

    @cached_property
    def works(self) -> tuple[Case, ...]:
        """All planned work."""
        return tuple(case for case in self.cases if case.planned)

    @cached_property
    def open_cases(self) -> tuple[Case, ...]:
        """The incidents that are not resolved."""
        return tuple(case for case in self.incidents if case.is_open)

    @property
    def coming(self) -> tuple[Case, ...]:
        """Planned work that has not begun, the next first."""
        ahead = [case for case in self.works if case.work is Work.SCHEDULED]
        return tuple(sorted(ahead, key=lambda case: (case.planned and case.planned.start) or self.now))

    @cached_property
    def running(self) -> tuple[Case, ...]:
        """Planned work under way."""
        return tuple(case for case in self.works if case.work is Work.IN_PROGRESS)

    @property
    def recent_cases(self) -> tuple[Case, ...]:
        """The incidents that were resolved in the last two weeks."""
        since = self.now - RECENT
        return tuple(case for case in self.incidents if case.resolved_at and case.resolved_at >= since)

    def case(self, case_id: int) -> Case | None:
        """One incident, if anything was published about it."""
        return next((case for case in self.cases if case.id == case_id), None)

    def component(self, component_id: str) -> Component | None:
        """One component, by its id."""
        return next((component for component in self.components if component.id == component_id), None)

    def row(self, component: Component) -> Row:
        """How one component stands."""
        return Row(
            component,
            tuple(case for case in self.open_cases if component in case.components),
            any(component in case.components for case in self.running),
            self.days.get(component.id, ()),
        )

    def groups(self) -> list[tuple[str, list[Row]]]:
        """How each component stands, under its group's name, in the order of the config; those without one under ""."""
        grouped = groupby(self.components, attrgetter("group"))
        return [(name, [self.row(component) for component in members]) for name, members in grouped]

    def updated_at(self) -> datetime:
        """When a reader was last told anything."""
        return max((post.published_at for case in self.cases for post in case.posts[:1]), default=self.now)

    def told_in(self, language: str) -> "Moment":
        """The same in another language."""
        names = self.setting.told_in(language)
        return replace(
            self,
            language=language,
            cases=tuple(case.told_in(language, names) for case in self.cases),
            readings=tuple(replace(one, component=names(one.component)) for one in self.readings),
        )
