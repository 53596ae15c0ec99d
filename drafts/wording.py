"""A wording: the templates and the catalogue of one language, ours or with what a company has put over it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.environment import TemplateModule

from drafts.phrases import TEMPLATES, Phrases, phrases

E = TypeVar("E", bound=Environment)

PARTS: Final = ("title", "body", "short", "spoken")


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """One language's words. A template that lacks a part has it from ``ours``, which is None where these are ours."""

    language: str
    phrases: Phrases
    environment: Environment
    ours: "Wording | None" = None

    def part(self, template: str, name: str) -> Callable[..., object]:
        """One macro of a template, by the name of its file without the endings."""
        found: Callable[..., object] | None = getattr(self._module(template), name, None)
        if found is None and self.ours is not None:
            return self.ours.part(template, name)
        if found is None:
            raise TypeError(f"{template}.md.j2 has no macro {name}")
        return found

    def _module(self, template: str) -> TemplateModule:
        return self.environment.get_template(f"{template}.md.j2").module


@cache
def ours(language: str) -> Wording:
    """Our own words in a language. Raises UnknownLanguage."""
    words = phrases(language)  # an unknown language is named as such, not as a missing file
    return Wording(language, words, furnished(Environment, FileSystemLoader(TEMPLATES / language)))


def furnished(kind: type[E], loader: BaseLoader) -> E:
    """An environment with all that our templates use."""
    environment = kind(
        loader=loader,  # this is Markdown and speech: values are escaped in Slots, and pages escape HTML
        undefined=StrictUndefined,
        extensions=["jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"cap": _cap, "stop": _stop}
    return environment


def _cap(words: str) -> str:
    return words[:1].upper() + words[1:]


def _stop(words: str) -> str:
    """End a clause with a full stop, unless it ends already."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."
