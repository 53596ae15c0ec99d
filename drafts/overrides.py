"""Overrides: a company's templates and phrases, put over ours as far as they can be used; the rest is named.

Files are values here: whoever reads them from a disk gives their names and texts. What is wrong with one file or phrase
leaves that one out, so that ours is said instead, and nothing else.
"""

import difflib
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from drafts.facts import UpdateKind
from drafts.phrases import Phrases, catalogue
from drafts.sandbox import TEMPLATE_CHARS_MAX, Broken, Sandbox
from drafts.wording import PARTS, Wording, ours

PHRASES: Final = "phrases.toml"
BRIEF: Final = "brief"
BRIEF_PARTS: Final = ("text", "line")
PHRASE_CHARS_MAX: Final = 400
ITEMS_MAX: Final = 100
OF_ANY_KEY: Final = frozenset({"zones"})
OF_ANY_LENGTH: Final = frozenset({"verbs", "then", "maybe"})

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a file: its name, its line (0: the whole, or that of the key), its key, and why.

    A ``mild`` one is worth knowing, and hinders nothing.
    """

    file: str
    line: int
    key: Path
    why: str
    mild: bool = False


def parts_of(template: str) -> tuple[str, ...]:
    """The macros that a template may have."""
    return BRIEF_PARTS if template == BRIEF else PARTS


def templates() -> tuple[str, ...]:
    """The templates that a company may put over ours, by the names of their files without the endings."""
    return (*UpdateKind, BRIEF)


def wording(language: str, files: Mapping[str, str]) -> tuple[Wording, tuple[Flaw, ...]]:
    """What a company says in a language, by the names of its files, and what of it cannot be used."""
    known = {PHRASES, *(f"{template}.md.j2" for template in templates())}
    flaws = [Flaw(name, 0, (), f"nothing of ours has this name{_meant(name, known)}") for name in {*files} - known]
    words, found = _phrases(language, files.get(PHRASES, ""))
    own = ours(language)
    mine = {name: text for name, text in files.items() if name in known - {PHRASES}}
    broken = list(_broken(Sandbox(mine, own.environment)))
    kept = {name: text for name, text in mine.items() if name not in {flaw.file for flaw in broken}}
    over = replace(own, phrases=words, sandbox=Sandbox(kept, own.environment) if kept else None)
    return over, (*flaws, *found, *broken)


def _broken(sandbox: Sandbox) -> Iterator[Flaw]:
    for template in templates():
        try:
            sandbox.part(template, "")
        except Broken as broken:
            yield Flaw(broken.file, broken.line, (), broken.why)


def _phrases(language: str, text: str) -> tuple[Phrases, list[Flaw]]:
    """Our catalogue with a company's phrases over it."""
    words, flaws = catalogue(language), list[Flaw]()
    if len(text) > TEMPLATE_CHARS_MAX:
        return Phrases.of(words), [Flaw(PHRASES, 0, (), f"is longer than {TEMPLATE_CHARS_MAX:,} letters")]
    try:
        own = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        return Phrases.of(words), [Flaw(PHRASES, _line(str(wrong), text), (), f"not TOML: {wrong}")]
    _put_over(words, own, (), flaws)
    return Phrases.of(words), flaws


def _line(why: str, text: str) -> int:
    """The line that a complaint of the TOML reader names; without one it means the end."""
    _, _, rest = why.rpartition("(at line ")
    number = rest.partition(",")[0]
    return int(number) if number.isdecimal() else text.count("\n") + 1


def _put_over(words: dict[str, Any], own: Mapping[str, Any], path: Path, flaws: list[Flaw]) -> None:
    """Put each phrase that can be used over ours."""
    for key, value in own.items():
        here = (*path, key)
        mine = words.get(key, _example(path))
        if isinstance(mine, dict) and isinstance(value, dict):
            _put_over(mine, value, here, flaws)
        elif why := _refused(mine, value, here, words):
            flaws.append(Flaw(PHRASES, 0, here, why))
        else:
            words[key] = value


def _example(path: Path) -> object:
    """What a phrase that we do not have would be like, in tables that may have more than ours."""
    if path[:1] == ("effect",) and len(path) > 1:
        return ["", ""]
    return "" if path[:1] and path[0] in OF_ANY_KEY else None


def _refused(mine: object, value: object, path: Path, beside: Iterable[str]) -> str:
    """Why a phrase cannot be used; empty if it can."""
    if mine is None:
        return f"we have no such phrase{_meant(path[-1], beside)}"
    if path == ("locale",):
        return "cannot be changed: what a language counts and dates like goes with it"
    if len(path) == 3 and path[0] == "effect" and path[2] not in catalogue("en")["effect"]["other"]:  # noqa: PLR2004 - effect.KIND.FAULT
        return f"we know no such fault{_meant(path[2], catalogue('en')['effect']['other'])}"
    if shape := _misshapen(mine, value, path):
        return shape
    return next((why for text, like in _texts(value, mine) if (why := _unsayable(text, like, path))), "")


def _misshapen(mine: object, value: object, path: Path) -> str:
    if isinstance(mine, str):
        return "" if isinstance(value, str) else "should be a text"
    if isinstance(mine, list) and isinstance(value, list):
        if path[0] in OF_ANY_LENGTH:
            fits = 0 < len(value) <= ITEMS_MAX and not any(_misshapen(mine[0], one, ("",)) for one in value)
            return "" if fits else f"should be a list of up to {ITEMS_MAX}, each like ours"
        fits = len(value) == len(mine) and all(isinstance(one, str) for one in value)
        return "" if fits else f"should be a list of {len(mine)} texts"
    return "should be a table" if isinstance(mine, dict) else "should be a list, like ours"


def _texts(value: object, mine: object) -> Iterator[tuple[str, str]]:
    """Each text of a phrase, beside ours of the same place."""
    if isinstance(value, str):
        yield value, mine if isinstance(mine, str) else ""
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _texts(one, mine[number] if isinstance(mine, list) and number < len(mine) else "")


def _unsayable(text: str, like: str, path: Path) -> str:
    if len(text) > PHRASE_CHARS_MAX:
        return f"is longer than {PHRASE_CHARS_MAX} letters"
    try:
        slots = _slots(text)
    except ValueError:
        return "has a brace that belongs to no slot: write {name}"
    wanted = _slots(like)
    if path[0] == "effect":
        return "" if slots <= {"thing"} else "can have no slot but {thing}"
    return "" if slots == wanted else f"should have {_named(wanted)}"


def _slots(text: str) -> set[str]:
    """The names in braces. Raises ValueError where a brace is anything but a name."""
    slots = [
        (name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(text) if name is not None
    ]
    if any(spec or conversion or not name.isidentifier() for name, spec, conversion in slots):
        raise ValueError
    return {name for name, _, _ in slots}


def _named(slots: Iterable[str]) -> str:
    return " and ".join(f"{{{slot}}}" for slot in sorted(slots)) or "no slot in braces"


def _meant(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, sorted(known), 1)
    return f' (did you mean "{near[0]}"?)' if near else ""
