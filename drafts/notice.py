"""A Notice: title, body, short and spoken form, written from Facts by the templates."""

import hashlib
import json
import string
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.environment import TemplateModule

from drafts.facts import Facts, UpdateKind
from drafts.markdown import escape, one_line
from drafts.phrases import TEMPLATES, phrases
from drafts.slots import Clean, Slots

SHORT_CHARS_MAX: Final = 280
FIRST_WORDS_MAX: Final = 80


class IncompleteFacts(ValueError):  # noqa: N818 - it names what is wrong, as Finding and its leaves do
    """A slot that cannot be empty is."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of one message: ``body`` is Markdown, ``short`` at most 280 characters, ``spoken`` plain speech.

    ``translations`` tell the same in other languages. They belong to the message, and are approved with it.
    """

    title: str
    body: str
    short: str
    spoken: str
    translations: tuple[tuple[str, "Notice"], ...] = ()

    def sha256(self) -> str:
        """The hash that an Approval binds to: of every word of every language, so that no form can change unseen."""
        own = _sha256(f"{self.title}\x00{self.body}\x00{self.short}\x00{self.spoken}")
        return _sha256(own + self.translations_as_json()) if self.translations else own

    def told_in(self, language: str) -> "Notice":
        """The words of one language alone; in a language that it is not told in, those that lead."""
        return dict(self.translations).get(language) or replace(self, translations=())

    def translations_as_json(self) -> str:
        """The canonical text of the other languages, for the record and for the hash."""
        told = {language: asdict(notice) for language, notice in self.translations}
        for words in told.values():
            del words["translations"]
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def translations_from_json(text: str) -> "tuple[tuple[str, Notice], ...]":
        """Read back what ``translations_as_json`` wrote."""
        return tuple((language, Notice(**words)) for language, words in json.loads(text).items())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def write(kind: UpdateKind, facts: Facts) -> Notice:
    """Write the notice of this kind from these facts, and from nothing else, in every language that they ask for.

    Raises IncompleteFacts where a slot that cannot be empty is: nothing affected, no promised time of the next word
    (but in a resolved notice, and after one), no time of recovery in a recovery or resolved one or a review, nothing
    wrong in a correction, or no past in a review.
    """
    _require(kind, facts)
    others = ((language, _write(kind, facts.told_in(language))) for language in facts.also_in)
    return replace(_write(kind, facts), translations=tuple(others))


def _write(kind: UpdateKind, facts: Facts) -> Notice:
    words = template(facts.language, kind)

    def part(name: str, clean: Clean, *, brief: bool = False) -> str:
        return str(getattr(words, name)(Slots.fill(facts, clean, brief=brief)))

    body = paragraphs(part("body", escape))
    if kind is UpdateKind.FIRST and len(body.split()) > FIRST_WORDS_MAX:
        body = paragraphs(part("body", escape, brief=True))
    return Notice(
        title=one_line(part("title", one_line)),
        body=body,
        short=_fit(part("short", one_line)),
        spoken=one_line(part("spoken", one_line)),
    )


def _require(kind: UpdateKind, facts: Facts) -> None:
    if not facts.affected:
        raise IncompleteFacts("a notice names what is affected, and these facts name nothing")
    if kind is not UpdateKind.RESOLVED and not (facts.next_update or facts.resolved_at):
        raise IncompleteFacts(f"a {kind} notice promises when we write again, and these facts have no next_update")
    if kind in {UpdateKind.RECOVERY, UpdateKind.RESOLVED, UpdateKind.REVIEW} and facts.recovered_at is None:
        raise IncompleteFacts(f"a {kind} notice tells since when it works, and these facts have no recovered_at")
    if kind is UpdateKind.REVIEW and facts.past is None:
        raise IncompleteFacts("a review notice looks back, and these facts have no past")
    if kind is UpdateKind.CORRECTION and facts.correction is None:
        raise IncompleteFacts("a correction notice tells what was wrong, and these facts have no correction")


def paragraphs(text: str) -> str:
    """One line a paragraph, and one a point of a list: templates break their lines where it suits the template."""
    paragraphs = ("\n- ".join(map(one_line, paragraph.split("\n- "))) for paragraph in text.split("\n\n"))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _fit(text: str) -> str:
    """Join the sentences of a short form, leaving out the last of those marked ``?`` until it fits, then cutting."""
    lines = [line for line in map(one_line, text.split("\n\n")) if line.strip("?")]
    while len(short := " ".join(line.removeprefix("?") for line in lines)) > SHORT_CHARS_MAX:
        spare = [index for index, line in enumerate(lines) if line.startswith("?")]
        if not spare:
            return _cut(lines)
        del lines[spare[-1]]
    return short


def _cut(lines: list[str]) -> str:
    """Cut the first sentence, which holds the names and effects, but no number in two; the promise stays whole."""
    rest = " ".join(("…", *lines[1:]))
    head, _, broken = lines[0][: SHORT_CHARS_MAX - len(rest)].rpartition(" ")
    return (head or broken).rstrip(string.digits + ": ") + rest


@cache
def template(language: str, name: str) -> TemplateModule:
    """The macros of one text of a language, by the name of its file."""
    return _environment(language).get_template(f"{name}.md.j2").module


@cache
def _environment(language: str) -> Environment:
    phrases(language)  # an unknown language is named as such, not as a missing file
    environment = Environment(  # noqa: S701 - this is Markdown and speech; values are escaped in Slots, pages escape HTML
        loader=FileSystemLoader(TEMPLATES / language),
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
