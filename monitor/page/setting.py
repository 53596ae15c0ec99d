"""What the config says of the public page: who speaks, of what, in which languages, and how it looks."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from monitor.config import Component, Config, Link, Site, Subscribers
from monitor.page.theme import Theme


@dataclass(frozen=True, slots=True)
class Setting:
    """What does not change in one life of the daemon; ``targets`` counts those of each component that are looked at.

    The first of ``languages`` is spoken at ``/``, the others at ``/de`` and so on. ``uptime`` shows past days,
    ``measures`` what checks see today before a human has said so, and ``promises`` how we kept ours;
    in a ``drill`` every page says that it is one. ``ways`` are those by which readers can ask to be told, by ``rules``.
    """

    site: Site
    components: tuple[Component, ...] = ()
    targets: Mapping[str, int] = field(default_factory=dict)
    languages: tuple[str, ...] = ("en",)
    theme: Theme = field(default_factory=Theme)
    links: tuple[Link, ...] = ()
    uptime: bool = True
    measures: bool = False
    promises: bool = False
    drill: bool = False
    ways: frozenset[str] = frozenset()
    rules: Subscribers = field(default_factory=Subscribers)

    @classmethod
    def of(cls, config: Config[Any], *, drill: bool = False) -> Self:
        """Read it from a config."""
        page = config.page
        return cls(
            site=config.site,
            components=config.component,
            targets=Counter(target.component for target in config.target if target.enabled),
            languages=config.notices.languages,
            theme=Theme.of(page),
            links=page.links,
            uptime=page.uptime,
            measures=page.measurements,
            promises=page.promises,
            drill=drill,
            ways=frozenset(channel.subscribed for channel in config.channel if channel.subscribed),
            rules=config.subscribers,
        )

    def told_in(self, language: str) -> Callable[[Component], Component]:
        """How a component is called in a language; where nobody says, as it always is."""

        def named(component: Component) -> Component:
            words = getattr(component.translations, language, None)
            return component.model_copy(update={"name": words.name}) if words else component

        return named
