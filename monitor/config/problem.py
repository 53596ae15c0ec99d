"""What is wrong with a config file: every problem at once, each with its line, its key and what to write instead."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; ``line`` is 0 where the file as a whole is meant, and ``key`` may then be empty."""

    file: Path
    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return ": ".join(part for part in (place, self.key, self.reason) if part)


class ConfigError(Exception):
    """A config file that cannot be used, and all the reasons why, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems; the text of the error is one line for each of them."""
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
