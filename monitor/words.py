"""Our own words, by language: everything that stands round what a human has approved."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from markupsafe import Markup

FALLBACK: Final = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; ``locale`` is what Babel calls it, ``name`` what its readers do."""

    language: str
    locale: str
    name: str
    _said: Mapping[str, str | list[str]]

    def __call__(self, key: str, **values: object) -> str:
        """The words under a key; where it has a form for one and another for more, ``n`` chooses."""
        said = self._said[key]
        if isinstance(said, list):
            said = said[0] if values["n"] == 1 else said[1]
        return said.format(**values) if values else said

    def marked(self, key: str, **values: object) -> Markup:
        """The same, where values may be markup of ours; all else is escaped."""
        return Markup(self(key)).format(**values)  # noqa: S704 - the words are our own


@cache
def spoken(package: str, language: str) -> Words:
    """The words of a package in a language, from its folder ``words``; of one that we do not have, the English ones."""
    path = files(package) / "words" / f"{language}.toml"
    if not language.isalpha() or not path.is_file():
        return spoken(package, FALLBACK)
    said = tomllib.loads(path.read_text())
    return Words(language, said.pop("locale"), said.pop("name"), said)
