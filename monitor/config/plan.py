"""What customers have bought, and what its terms owe when it was down."""

from typing import Annotated

from pydantic import Field

from probes.target import Name, Options, Seconds

Percent = Annotated[float, Field(gt=0, le=100)]


class Owed(Options):
    """A step of a plan's terms: a month of uptime ``below`` so many percent owes ``credit`` percent of its fee."""

    below: Percent
    credit: Percent


class Goodwill(Options):
    """What we would rather give: a month in which it was down for ``over`` so long, ``credit`` percent of its fee."""

    over: Annotated[Seconds, Field(gt=0)]
    credit: Percent


class Plan(Options):
    """What customers have bought, and what its terms owe when it was down; nothing is offered by itself."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    components: tuple[Name, ...] = ()
    owed: tuple[Owed, ...] = ()
    goodwill: tuple[Goodwill, ...] = ()
    partly_counts: bool = True
    maintenance_counts: bool = False
