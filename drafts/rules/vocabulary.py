"""The words that the rules look for, one file a language, as patterns that no text can make slow."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

WORDS: Final = Path(__file__).parent / "words"

_NOTHING: Final = re.compile(r"(?!)")
_SIGNS: Final = re.compile(r" \?|\((?!\?)|[ *#]")
_MEANING: Final = {"(": "(?:", " ": r"\s+", " ?": r"\s?", "*": r"\w+", "#": r"\d+"}


class Vocabulary(Mapping[str, re.Pattern[str]]):
    """The lists of one language by name. A list that a language does not have finds nothing."""

    def __init__(self, lists: Mapping[str, list[str]]) -> None:
        """Compile every list, as its file's own head explains the signs."""
        self._patterns = {name: _pattern(phrases) for name, phrases in lists.items()}

    def __getitem__(self, name: str) -> re.Pattern[str]:
        return self._patterns.get(name, _NOTHING)

    def __contains__(self, name: object) -> bool:
        return name in self._patterns

    def __iter__(self) -> Iterator[str]:
        return iter(self._patterns)

    def __len__(self) -> int:
        return len(self._patterns)


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    joined = "|".join(_SIGNS.sub(_meaning, phrase) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)


def _meaning(sign: re.Match[str]) -> str:
    """A star that ends a word stands for any ending, and for none."""
    ends_word = sign[0] == "*" and sign.start() > 0 and sign.string[sign.start() - 1].isalpha()
    return r"\w*" if ends_word else _MEANING[sign[0]]


@cache
def vocabulary(language: str) -> Vocabulary:
    """The words of a language; of one that we do not have, none."""
    path = WORDS / f"{language}.toml"
    known = language.isalpha() and path.is_file()
    return Vocabulary(tomllib.loads(path.read_text(encoding="utf-8")) if known else {})
