"""What a monitor may meet: noise that is nobody's outage, and outages of every sort; seeded, so that runs repeat.

A world answers looks. It also tells when the next look of a grid will fail, so that a year of good looks costs nothing
to simulate.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

DAY_S: Final = 86_400.0
YEAR_S: Final = 365.25 * DAY_S

IID_RATE: Final = 0.001

# A bad spell, as in Gilbert's model of a channel with bursts (1960): in it half of all looks fail. How many there
# are, a real history bounds: a site that is never down was looked at from rented machines for sixteen months, 50,000
# times or more (140,000 at most), and never failed three tries over twelve seconds. On a line with one spell of ten
# seconds a day one look in 230,000 does, so that at most 0.6 were to be expected; on the harsh line, four times as
# many.
SPELLS_A_DAY: Final = 1.0
HARSH_SPELLS_A_DAY: Final = 4.0
SPELL_S: Final = 10.0
SPELL_LOSS: Final = 0.5


class World(Protocol):
    """What looks meet."""

    def fails(self, at_s: float) -> bool:
        """Whether a look at this moment fails; moments never go back by more than one look's duration."""

    def next_failure_s(self, slot_s: float, interval_s: float) -> float:
        """The first of the slots ``slot_s``, ``slot_s + interval_s`` … whose look fails; infinity if none does."""

    def look_s(self, timeout_s: float) -> float:
        """How long a look that fails takes."""


@dataclass(frozen=True, slots=True)
class Iid:
    """Each look fails by itself, with the same small probability."""

    rng: Random
    rate: float = IID_RATE

    def fails(self, at_s: float) -> bool:  # noqa: ARG002 - no moment differs from another
        """Throw the dice."""
        return self.rng.random() < self.rate

    def next_failure_s(self, slot_s: float, interval_s: float) -> float:
        """Skip as many good looks as the dice say."""
        return slot_s + interval_s * math.floor(math.log(1 - self.rng.random()) / math.log(1 - self.rate))

    def look_s(self, timeout_s: float) -> float:  # noqa: ARG002 - it fails at once
        """Noise that answers at once is the hardest: looks that time out wait out many a spell by themselves."""
        return 0.0


@dataclass(slots=True)
class Bursty:
    """The line of Gilbert and Elliott: good and bad spells of random length, each with its own rate of failure."""

    rng: Random
    rate: float = IID_RATE
    spells_a_day: float = SPELLS_A_DAY
    spell_s: float = SPELL_S
    loss: float = SPELL_LOSS
    begins_s: float = 0.0
    ends_s: float = 0.0

    def fails(self, at_s: float) -> bool:
        """Throw the dice of the spell that this moment lies in."""
        self._reach(at_s)
        return self.rng.random() < (self.loss if at_s >= self.begins_s else self.rate)

    def next_failure_s(self, slot_s: float, interval_s: float) -> float:
        """Skip the good looks between spells, and try each slot within a spell."""
        quiet_s = Iid(self.rng, self.rate).next_failure_s(slot_s, interval_s)
        while True:
            self._reach(slot_s)
            if quiet_s < self.begins_s:
                return quiet_s
            first = max(0, math.ceil((self.begins_s - slot_s) / interval_s))
            slot_s += first * interval_s
            while slot_s < self.ends_s:
                if self.rng.random() < self.loss:
                    return slot_s
                slot_s += interval_s
            quiet_s = max(quiet_s, slot_s)

    def look_s(self, timeout_s: float) -> float:  # noqa: ARG002 - it fails at once
        """As with ``Iid``."""
        return 0.0

    def _reach(self, at_s: float) -> None:
        while self.ends_s <= at_s:
            self.begins_s = self.ends_s + self.rng.expovariate(self.spells_a_day / DAY_S)
            self.ends_s = self.begins_s + self.rng.expovariate(1 / self.spell_s)


@dataclass(frozen=True, slots=True)
class Outage:
    """From its onset on, looks fail: all of them, or a share; at once, or by running into their time-out."""

    rng: Random
    onset_s: float = 0.0
    share: float = 1.0
    hangs: bool = False

    def fails(self, at_s: float) -> bool:
        """Good before the onset; then as the dice say."""
        return at_s >= self.onset_s and self.rng.random() < self.share

    def next_failure_s(self, slot_s: float, interval_s: float) -> float:
        """The first slot after the onset that the dice let fail."""
        slot_s += interval_s * max(0, math.ceil((self.onset_s - slot_s) / interval_s))
        while not self.fails(slot_s):
            slot_s += interval_s
        return slot_s

    def look_s(self, timeout_s: float) -> float:
        """A hanging server costs the whole time-out."""
        return timeout_s if self.hangs else 0.0


MakeWorld = Callable[[Random], World]


def seeded(seed: int, count: int) -> Iterator[Random]:
    """Independent dice, the same ones in every run."""
    return (Random(f"{seed}/{number}") for number in range(count))  # noqa: S311 - a simulation must repeat
