"""Emptiness: a text that tells a reader nothing they could check, use or recognise as theirs."""

import re
from collections.abc import Iterable
from typing import Final

from drafts.rules.reading import Reading
from drafts.rules.rule import Hit, Level, Rule, Stage, Text, found, in_body, whole

TERSE: Final = 14
SHORT: Final = 18
TERSE_UPDATE: Final = 8
LEFT_OVER: Final = 3
SENTENCE_WORDS_MAX: Final = 25
GRADE_MAX: Final = 12
WORDS_MAX: Final = {Stage.FIRST: 80, Stage.UPDATE: 120, Stage.RESOLVED: 250, Stage.PLANNED: 120}


_TOKENS: Final = re.compile(
    r"\{\{[^{}\n]{0,80}\}\}|\{[A-Za-z_ ]{1,40}\}"
    r"|<(?:insert|your|name|time|date|component|service|placeholder)[^<>\n]{0,40}>"
    r"|\[(?:insert|your|name|time|date|component|service|placeholder|tbd|xx)[^\[\]\n]{0,40}\](?!\()"
    r"|(?<![\w\])])\(\s*\)|(?<!\w)\[\s*\](?!\()",
    re.IGNORECASE,
)


def _no_symptom(text: Text) -> Iterable[Hit]:
    if text.stage is Stage.FIRST and not text.tells_anywhere("symptom"):
        yield whole(text)


def _terse(text: Text) -> Iterable[Hit]:
    words = len(text.body.words())
    if text.stage is Stage.FIRST and words < SHORT:
        yield whole(text, Level.BLOCK if words < TERSE else Level.WARN)
    elif text.stage is not Stage.FIRST and words < TERSE_UPDATE:
        yield whole(text, Level.WARN)


def _nothing_left(text: Text) -> Iterable[Hit]:
    if len(_left_over(text)) < LEFT_OVER and not text.body.has_time():
        yield whole(text)
    elif not any(_substance(text)):
        yield whole(text, Level.WARN)


def _left_over(text: Text) -> set[str]:
    """The words that are neither grammar nor stock, nor of the title, nor of the last text."""
    told = set(text.title.words())
    if text.facts and text.facts.said:
        told |= set(Reading.of(text.facts.said[-1].body).words())
    told |= {word.removesuffix("s") for word in told} | {f"{word}s" for word in told}
    idle = (text.words["grammar"], text.words["stock"])
    return {word for word in set(text.body.words()) - told if not any(words.fullmatch(word) for words in idle)}


def _substance(text: Text) -> Iterable[bool]:
    """What each stage owes beyond the symptom: time, extent, an act, a cause, what to do, what is not known."""
    body = text.body.text
    yield text.body.has_time()
    yield text.tells(body, "act", "pointer", "unknown")
    if text.stage is Stage.RESOLVED:
        yield text.tells(body, "cause")
    else:
        yield text.tells(body, "scope", "cause") or (text.stage is Stage.UPDATE and text.tells(body, "symptom"))
        yield text.body.has_link() or re.search(r"\b[45]\d\d\b", body) is not None


def _tokens(text: Text) -> Iterable[Hit]:
    tokens = (Hit(*match.span(), part) for part, read in text.parts for match in _TOKENS.finditer(read.raw))
    return (*tokens, *found("placeholder")(text))


def _only_issue(text: Text) -> Iterable[Hit]:
    if text.stage is Stage.FIRST and not text.tells_anywhere("symptom"):
        yield from in_body(found("issue")(text))


def _long_sentences(text: Text) -> Iterable[Hit]:
    for start, end in text.body.sentences():
        if len(text.body.text[start:end].split()) > SENTENCE_WORDS_MAX:
            yield Hit(start, end)


def _hard_to_read(text: Text) -> Iterable[Hit]:
    if text.body.grade() > GRADE_MAX:
        yield whole(text)


def _too_long(text: Text) -> Iterable[Hit]:
    if len(text.body.words()) > WORDS_MAX[text.stage]:
        yield whole(text)


EMPTINESS: Final = (
    Rule(
        "E01",
        Level.BLOCK,
        "A customer cannot tell whether this is their problem.",
        "Say what they will meet: “you cannot send mail”, “the page shows error 502”.",
        _no_symptom,
        misses="symptom",
    ),
    Rule(
        "E02",
        Level.BLOCK,
        "So few words cannot hold what is affected, since when, and what is not known.",
        "Name the thing, the effect, the beginning, what is not known, and when you write again.",
        _terse,
    ),
    Rule(
        "E03",
        Level.BLOCK,
        "Once the stock phrases and the title are taken away, too little is left that anybody could check or use.",
        "Add a fact: a time, a number, what was done, what it showed, what still works, or what to do meanwhile.",
        _nothing_left,
        misses="stock",
    ),
    Rule(
        "E07",
        Level.WARN,
        "“Issue” is a word for any fault, and so it names none.",
        "Name the fault as a customer meets it: “mail does not leave”, “pages take a minute to open”.",
        _only_issue,
    ),
    Rule(
        "E07",
        Level.WARN,
        "“An abundance of caution” hides what was feared.",
        "Say what you feared, and what you did about it.",
        found("caution"),
    ),
    Rule(
        "E12",
        Level.INFORM,
        "A sentence of more than 25 words is hard to read in a hurry.",
        "Make two sentences of it.",
        _long_sentences,
    ),
    Rule(
        "E12",
        Level.INFORM,
        "It takes more than twelve years of school to read this with ease, and people read it in a hurry.",
        "Use shorter words and shorter sentences.",
        _hard_to_read,
        misses="grammar",  # the measure was made for English, and only English has this list
    ),
    Rule(
        "E13",
        Level.INFORM,
        "People in a hurry do not read a long text (first: 80 words, update: 120, resolved: 250).",
        "Keep what a customer needs now, and leave the rest to the review.",
        _too_long,
    ),
    Rule(
        "E15",
        Level.BLOCK,
        "A template shows through: nobody has read this.",
        "Fill the slot, or take the sentence out.",
        _tokens,
    ),
)
