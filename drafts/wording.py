"""A wording: the templates and the catalogue of one language, ours or with what a company has put over it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from drafts.phrases import TEMPLATES, Phrases, phrases
from drafts.sandbox import Sandbox

PARTS: Final = ("title", "body", "short", "spoken")


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """One language's words. What the ``sandbox`` of a company does not have, our ``environment`` has."""

    language: str
    phrases: Phrases
    environment: Environment
    sandbox: Sandbox | None = None

    def part(self, template: str, name: str) -> Callable[..., object]:
        """One macro of a template, by the name of its file without the endings.

        It raises Broken, and so does the macro, if it is a company's and cannot be used.
        """
        own = self.sandbox.part(template, name) if self.sandbox else None
        if own is not None:
            return own
        found: Callable[..., object] = getattr(self.environment.get_template(f"{template}.md.j2").module, name)
        return found

    def without_templates(self) -> "Wording":
        """The same phrases in our own templates."""
        return replace(self, sandbox=None)


@cache
def ours(language: str) -> Wording:
    """Our own words in a language. Raises UnknownLanguage."""
    words = phrases(language)  # an unknown language is named as such, not as a missing file
    return Wording(language, words, _furnished(language))


def _furnished(language: str) -> Environment:
    """An environment with all that our templates use."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / language),
        autoescape=False,  # noqa: S701 - this is Markdown and speech: values are escaped in Slots, and pages escape HTML
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
