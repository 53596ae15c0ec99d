"""The roster: who can be called, and by which routes, as the config has it."""

from collections.abc import Sequence
from typing import Any

from monitor.calls.ladder import Callee, Way
from monitor.calls.route import Route
from monitor.config import Config


def routes(config: Config[Any]) -> Sequence[Route]:
    """The routes of a config that was loaded with our kinds."""
    return [route for route in config.route if isinstance(route, Route)]


def roster(config: Config[Any]) -> Sequence[Callee]:
    """The people of a config, in its order, each with the ways by which they are reached."""
    ways = {
        route.name: Way(route.name, frozenset(route.carried_by), keeps_books=route.keeps_books)
        for route in routes(config)
    }
    return [
        Callee(
            name=person.name,
            desk_user=person.desk_user or person.name,
            ways=tuple(ways[name] for name in person.routes),
            quiet_hours=person.quiet_hours,
            timezone=person.timezone or config.site.timezone,
            language=person.language,
        )
        for person in config.person
    ]
