"""Limits: how much a company's template may do, counted in steps and letters, so that no clock is needed."""

from dataclasses import dataclass
from typing import Final

from jinja2.exceptions import SecurityError

STEPS_MAX: Final = 3_000
LETTERS_MAX: Final = 20_000


@dataclass(slots=True)
class Budget:
    """What is left for one part of one text."""

    steps: int = STEPS_MAX
    letters: int = LETTERS_MAX

    def refill(self) -> None:
        """Begin another part."""
        self.steps, self.letters = STEPS_MAX, LETTERS_MAX

    def step(self, number: int = 1) -> None:
        """Raises SecurityError when it takes too long."""
        self.steps -= number
        if self.steps < 0:
            raise SecurityError(f"takes more than {STEPS_MAX:,} steps")

    def write(self, letters: int) -> None:
        """Raises SecurityError when it grows too long."""
        self.letters -= letters
        if self.letters < 0:
            raise SecurityError(f"makes more than {LETTERS_MAX:,} letters")
