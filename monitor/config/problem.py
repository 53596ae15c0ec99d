"""What is wrong with a config file: every problem at once, each with its line, its key and what to write instead."""

from dataclasses import dataclass
from pathlib import Path

from probes.transcript import harmless

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with the document, by the path of the key in it; ``()`` means the whole."""

    key: Key
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the file, as the user reads it; ``line`` is 0 where the whole file is meant."""

    file: Path
    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return ": ".join(part for part in (place, harmless(self.key), harmless(self.reason)) if part)


class ConfigError(Exception):
    """A config file that cannot be used, and all the reasons why, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems; the text of the error is one line for each of them."""
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
