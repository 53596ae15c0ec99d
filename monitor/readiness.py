"""Readiness: if a component died now, whom could we still tell, how, and who of us would come. Pure, from a config."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from monitor.config import ChannelOptions, Component, Config, RouteOptions
from monitor.court.topology import registrable
from probes.target import Target

PAGE: Final = "page"
"""The name of the channel that the public page is; it can have no other."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A way that stands on what is dead: its name, and the dead components that it needs, in the customers' words."""

    name: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dead:
    """An address or a number that reaches nobody then, and where customers are told to use it."""

    address: str
    where: str


@dataclass(frozen=True, slots=True)
class Called:
    """One of us, and the routes by which they can still be called."""

    name: str
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is left when one component dies, and those that cannot work without it. ``gaps`` are whole sentences."""

    component: str
    takes_along: tuple[str, ...]
    channels: tuple[str, ...]
    lost: tuple[Lost, ...]
    dead: tuple[Dead, ...]
    called: tuple[Called, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """The outlook for each component, and what is missing whatever dies."""

    outlooks: tuple[Outlook, ...]
    gaps: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Every gap once, in whole sentences: those of one component first."""
        return tuple(dict.fromkeys((*(gap for outlook in self.outlooks for gap in outlook.gaps), *self.gaps)))


def readiness(config: Config[Any]) -> Readiness:
    """How ready a config is for the loss of each of its components."""
    outlooks = tuple(_outlook(config, component) for component in config.component)
    return Readiness(outlooks, tuple(_always(config)))


def _outlook(config: Config[Any], component: Component) -> Outlook:
    dead = _with_it(config, component.id)
    lost = tuple(_lost(channel, dead) for channel in config.channel if _needs(channel, dead))
    left = tuple(channel.name for channel in config.channel if not _needs(channel, dead))
    called = tuple(_called(config, dead))
    told = tuple(_dead(config, dead))
    return Outlook(
        component=component.name,
        takes_along=tuple(name for key, name in dead.items() if key != component.id),
        channels=left,
        lost=lost,
        dead=told,
        called=called,
        gaps=tuple(_gaps(config, component, lost, left, called, told)),
    )


def _with_it(config: Config[Any], component_id: str) -> Mapping[str, str]:
    """A component and all that cannot work without it, from id to name."""
    dead = {component_id}
    while more := {one.id for one in config.component if one.id not in dead and dead & set(one.depends_on)}:
        dead |= more
    return {one.id: one.name for one in config.component if one.id in dead}


def _needs(way: ChannelOptions | RouteOptions, dead: Mapping[str, str]) -> bool:
    return bool(dead.keys() & set(way.carried_by))


def _lost(way: ChannelOptions, dead: Mapping[str, str]) -> Lost:
    return Lost(way.name, tuple(dead[part] for part in way.carried_by if part in dead))


def _called(config: Config[Any], dead: Mapping[str, str]) -> Iterator[Called]:
    alive = {route.name for route in config.route if not _needs(route, dead)}
    for person in config.person:
        yield Called(person.name, tuple(name for name in person.routes if name in alive))


def _dead(config: Config[Any], dead: Mapping[str, str]) -> Iterator[Dead]:
    """The addresses of what is dead that our own words would send customers to, just then."""
    for part in (one for one in config.component if one.id in dead):
        for address in part.addresses:
            yield from (Dead(address, where) for where, text in _texts(config) if address.lower() in text.lower())


def _texts(config: Config[Any]) -> Iterator[tuple[str, str]]:
    """Every text of the config that a customer may read in a notice, with where it stands."""
    yield "the signature", config.site.signature
    yield "the address of the public page", config.site.public_url
    for component in config.component:
        told = (getattr(component.translations, language) for language in type(component.translations).model_fields)
        meanwhile = (component.meanwhile, *(words.meanwhile for words in told if words))
        yield f"what to do while {component.name} is down", "\n".join(meanwhile)


def _gaps(
    config: Config[Any],
    component: Component,
    lost: Sequence[Lost],
    left: Sequence[str],
    called: Sequence[Called],
    dead: Sequence[Dead],
) -> Iterator[str]:
    name = component.name
    if config.channel and not left:
        only = f"your only channel is {lost[0].name}" if len(lost) == 1 else f"all {len(lost)} channels need it"
        yield f"Nothing would reach customers if {name} died: {only}. Add a channel that does not need it."
    if config.person and not any(one.routes for one in called):
        yield f"Nobody could be called if {name} died: every route needs it. Give somebody a route that does not."
    for one in dead:
        yield f"{one.address} would be dead if {name} died, and {one.where} names it. Name another way there."


def _always(config: Config[Any]) -> Iterator[str]:
    if not config.channel:
        yield "There is no [[channel]], so no notice reaches anybody."
    if not config.person:
        yield "There is no [[person]], so nobody is called: drafts wait on the desk until somebody happens to look."
    yield from _hidden(config)


def _hidden(config: Config[Any]) -> Iterator[str]:
    """Ways that go through a server that is looked at, and do not say so."""
    ways = [(f"The channel {way.name}", way.carried_by, _server(way)) for way in config.channel]
    ways += [(f"The route {way.name}", way.carried_by, _server(way)) for way in config.route]
    page = [way for way in config.channel if way.name == PAGE]
    ways += [("The public page", way.carried_by, _at(config.site.public_url)) for way in page]
    names = {component.id: component.name for component in config.component}
    for target in config.target if ways else ():
        watched = _watched(target)
        for what, carried_by, server in ways:
            if target.component not in carried_by and _same(server, watched):
                yield (
                    f"{what} goes through {server[0]}, where you watch {names[target.component]}: "
                    f'say carried_by = ["{target.component}"], or let it go another way.'
                )


Server = tuple[str, int | None]


def _server(way: ChannelOptions | RouteOptions) -> Server:
    return getattr(way, "host", ""), getattr(way, "port", None)


def _watched(target: Target) -> Server:
    url = getattr(target, "url", None)
    return _at(url) if url else (target.host_name, getattr(target, "port", None))


def _at(url: str) -> Server:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port


def _same(one: Server, other: Server) -> bool:
    """Whether both are one machine as far as names tell: the same name, or one address and one port."""
    if not one[0] or not other[0]:
        return False
    named = registrable(one[0]) is not None
    return one[0].lower() == other[0].lower() and (named or one[1] == other[1])
