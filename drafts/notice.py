"""A Notice: title, body, short and spoken form, written from Facts by the templates."""

import hashlib
import json
import string
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final

from drafts.facts import Facts, UpdateKind
from drafts.hurts import Clean
from drafts.markdown import escape, one_line
from drafts.sandbox import Broken
from drafts.slots import TERSE_MAX, Slots
from drafts.wording import Wording, ours

SHORT_CHARS_MAX: Final = 280
FORMS: Final = {"title": 200, "body": 10_000, "short": SHORT_CHARS_MAX, "spoken": 3000}
"""The forms of a notice, and how many letters each may have."""
FIRST_WORDS_MAX: Final = 80

_NEEDS: Final[Mapping[UpdateKind, tuple[str, ...]]] = {
    UpdateKind.FIRST: ("next_update",),
    UpdateKind.SCOPE: ("next_update",),
    UpdateKind.NO_NEWS: ("next_update",),
    UpdateKind.NEWS: ("next_update",),
    UpdateKind.RECOVERY: ("next_update", "recovered_at"),
    UpdateKind.RESOLVED: ("recovered_at",),
    UpdateKind.CORRECTION: ("next_update", "correction"),
    UpdateKind.REVIEW: ("next_update", "recovered_at", "past"),
    UpdateKind.ANNOUNCED: ("next_update", "planned"),
    UpdateKind.BEGUN: ("next_update", "planned"),
    UpdateKind.DONE: ("planned",),
    UpdateKind.POSTPONED: ("planned",),
}
_WHY: Final = {
    "next_update": "promises when we write again",
    "recovered_at": "tells since when it works",
    "correction": "tells what was wrong",
    "past": "looks back",
    "planned": "tells of planned work",
}


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


def write(
    kind: UpdateKind,
    facts: Facts,
    wordings: Mapping[str, Wording] = MappingProxyType({}),
    broke: Callable[[str, Broken], None] = lambda *_: None,
) -> Notice:
    """Write the notice of this kind from these facts, and from nothing else, in every language that they ask for.

    ``wordings`` are a company's own words, by language; where there are none, it is told in ours. So it is, in a whole
    language, where a company's template fails; ``broke`` is then told why.

    Raises IncompleteFacts where a slot that cannot be empty is: nothing affected, no promised time of the next word
    (but in the last one, and after it), no time of recovery in a recovery or resolved one or a review, nothing wrong in
    a correction, no past in a review, or no work in a notice of planned work.
    """
    _require(kind, facts)

    def told(language: str) -> Notice:
        words, here = wordings.get(language) or ours(language), facts.told_in(language)
        try:
            return _held(kind, _write(kind, here, words)) if words.sandbox else _write(kind, here, words)
        except Broken as broken:
            broke(language, broken)
            return _write(kind, here, words.without_templates())

    return replace(told(facts.language), translations=tuple((one, told(one)) for one in facts.also_in))


def _held(kind: UpdateKind, notice: Notice) -> Notice:
    """A company's notice, if it is one that people can read and edit. Raises Broken."""
    for name, most in FORMS.items():
        length = len(getattr(notice, name))
        if not 0 < length <= most:
            raise Broken(f"{kind}.md.j2", 0, f"its {name} has {length:,} letters, and should have from 1 to {most:,}")
    return notice


def _write(kind: UpdateKind, facts: Facts, words: Wording) -> Notice:
    def part(name: str, clean: Clean, *, terse: int = 0) -> str:
        return str(words.part(kind, name)(Slots.fill(facts, words.phrases, clean, terse=terse)))

    return Notice(
        title=one_line(part("title", one_line)),
        body=_body(kind, partial(part, "body", escape)),
        short=_fit(part("short", one_line)),
        spoken=one_line(part("spoken", one_line)),
    )


def _body(kind: UpdateKind, told: Callable[..., str]) -> str:
    """A first notice is as terse as it must be to stay within 80 words; others may be longer."""
    body = paragraphs(told())
    for terse in range(1, TERSE_MAX + 1):
        if kind is not UpdateKind.FIRST or len(body.split()) <= FIRST_WORDS_MAX:
            break
        body = paragraphs(told(terse=terse))
    return body


def _require(kind: UpdateKind, facts: Facts) -> None:
    if not facts.affected:
        raise IncompleteFacts("a notice names what is affected, and these facts name nothing")
    for name in _NEEDS[kind]:
        if getattr(facts, name) is None and not (name == "next_update" and facts.resolved_at):
            raise IncompleteFacts(f"a {kind} notice {_WHY[name]}, and these facts have no {name}")


def paragraphs(text: str) -> str:
    """One line a paragraph, and one a point of a list: templates break their lines where it suits the template."""
    paragraphs = ("\n- ".join(map(one_line, paragraph.split("\n- "))) for paragraph in text.split("\n\n"))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _fit(text: str) -> str:
    """Join the sentences of a short form, leaving out the last of those marked ``?`` until it fits, then cutting."""
    lines = [line for line in map(one_line, text.split("\n\n")) if line.strip("?")]
    while len(short := " ".join(line.removeprefix("?").strip() for line in lines)) > SHORT_CHARS_MAX:
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
