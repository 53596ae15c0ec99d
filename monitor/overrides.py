"""A company's own templates and phrases, read from their directory; ours, where there are none or they fail.

What is wrong with them stops nobody: the daemon says it, uses what can be used, and writes the rest in our words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, get_args

from drafts.brief import Brief, brief
from drafts.facts import Facts, UpdateKind
from drafts.notice import Notice, write
from drafts.overrides import Flaw, wording
from drafts.rehearsal import rehearse
from drafts.sandbox import Broken
from drafts.wording import Wording
from monitor.config import Config, Problem
from monitor.config.lines import line_of, lines
from monitor.config.reading import UnreadableError, read_text
from monitor.config.values import DraftLanguage

FILE_BYTES_MAX: Final = 64 * 1024
FILES_MAX: Final = 100
_LANGUAGES: Final = get_args(DraftLanguage)

Files = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a company says in its own words, by language, and what is wrong with it; empty where it has none."""

    wordings: Mapping[str, Wording] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def write(self, kind: UpdateKind, facts: Facts, broke: Callable[[str], None] = lambda _: None) -> Notice:
        """Write a notice, in our own words where the company's fail; ``broke`` is told why. Raises IncompleteFacts."""
        return write(kind, facts, self.wordings, lambda language, broken: broke(_said(language, broken)))

    def brief(self, facts: Facts) -> Brief:
        """Write the support brief. Raises IncompleteFacts."""
        return brief(facts, self.wordings)

    def failures(self, kind: UpdateKind, facts: Facts) -> tuple[str, ...]:
        """Why a notice of this kind is not in the company's words, though it has some: of each language, or nothing."""
        told = [
            str(one) for one in self.problems if one.file.name == f"{kind}.md.j2" and one.file.parent.name in _of(facts)
        ]
        self.write(kind, facts, told.append)
        return tuple(told)


def _of(facts: Facts) -> tuple[str, ...]:
    return (facts.language, *facts.also_in)


def _said(language: str, broken: Broken) -> str:
    return f"{language}/{broken}"


def overrides(config: Config[Any]) -> Overrides:
    """What a config's directory holds; what cannot be used is left out, and named in ``problems``."""
    directory = config.notices.overrides
    if directory is None:
        return Overrides()
    files, problems = _files(directory)
    made = {language: wording(language, texts) for language, texts in files.items()}
    found = [
        one for language, (_, flaws) in made.items() for one in _placed(directory / language, files[language], flaws)
    ]
    return Overrides({language: words for language, (words, _) in made.items()}, (*problems, *found))


def rehearsed(config: Config[Any], read: Overrides) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """What is wrong with them, and what is worth knowing, as outages that never were show it."""
    directory = config.notices.overrides
    if directory is None:
        return (), ()
    files, _ = _files(directory)
    wrong, mild = list(read.problems), list[Problem]()
    for language, words in read.wordings.items():
        flaws = rehearse(words, files[language])
        wrong += _placed(directory / language, files[language], (one for one in flaws if not one.mild))
        mild += _placed(directory / language, files[language], (one for one in flaws if one.mild))
    return tuple(wrong), tuple(mild)


def _files(directory: Path) -> tuple[Files, list[Problem]]:
    """The texts of a directory by language and name, and what of it cannot be read."""
    found: Files = {}
    problems: list[Problem] = []
    for path in _within(directory, problems):
        if path.name not in _LANGUAGES or not path.is_dir():
            problems.append(Problem(path, 0, "", f"is no language of ours: a folder is named {', '.join(_LANGUAGES)}"))
            continue
        found[path.name] = dict(_texts(path, problems))
    return found, problems


def _within(directory: Path, problems: list[Problem]) -> list[Path]:
    """What a directory holds, but for what is hidden; a problem if nobody may look."""
    try:
        return sorted(path for path in directory.iterdir() if not path.name.startswith("."))[:FILES_MAX]
    except OSError as why:
        problems.append(Problem(directory, 0, "", f"cannot be read: {why.strerror}"))
        return []


def _texts(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    for path in _within(folder, problems):
        try:
            yield path.name, read_text(path, FILE_BYTES_MAX)
        except UnreadableError as why:
            problems.append(Problem(path, 0, "", f"cannot be read: {why}"))


def _placed(folder: Path, texts: Mapping[str, str], flaws: Iterable[Flaw]) -> Iterator[Problem]:
    """The flaws as problems of their files, each with its line."""
    for flaw in flaws:
        line = flaw.line or (line_of(flaw.key, lines(texts[flaw.file])) if flaw.key else 0)
        yield Problem(folder / flaw.file, line, ".".join(flaw.key), flaw.why)
