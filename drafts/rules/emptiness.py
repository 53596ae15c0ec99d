"""Emptiness: a text that tells a reader nothing they could check, use or recognise as theirs."""

import re
from collections.abc import Iterable
from typing import Final

from drafts.rules.patterns import ACT, CAUSE, POINTER, SCOPE, SYMPTOM, UNKNOWN, found, pattern
from drafts.rules.rule import Hit, Level, Rule, Stage, Text, whole

TERSE: Final = 14
SHORT: Final = 18
TERSE_UPDATE: Final = 8
LEFT_OVER: Final = 3
SENTENCE_WORDS_MAX: Final = 25
WORDS_MAX: Final = {Stage.FIRST: 80, Stage.UPDATE: 120, Stage.RESOLVED: 250}

_GRAMMAR: Final = frozenset(
    """a an the this that these those it its they them their we us our you your i he she and or but so if as at by for from
    in into of on to up with without within about after before since until while when where which who what how why is are
    was were be been being am has have had having do does did will would shall should can could may might must not no yes
    there here then than too also just very all any some more most other each both now still yet already currently again
    right soon shortly further s t re ve ll d m""".split()
)
_STOCK: Final = frozenset(
    """issue issues problem problems incident incidents outage outages situation event disruption disruptions interruption
    degradation degraded impact impacted affected affecting investigate investigating investigated investigation aware
    looking look looks working work works monitor monitoring monitored fix fixes fixed fixing applied applying apply
    implemented implementing deployed identified identifying resolved resolving resolve resolution mitigate mitigated
    mitigating mitigation progress ongoing continue continues continuing continued back normal normally closed close closing
    finished over ended online operational operating running restored recovering recovered recovery service services system
    systems platform product customers customer users user clients update updates updated information details provide share
    post posted keep team teams engineers engineering staff started starting begin began experiencing experience seeing see
    noticing notice facing encountering happening occurring occuring received reports reported report reporting getting
    apologize apologise apologies sorry inconvenience caused thank thanks patience understand understanding confirm confirmed
    everything things available stable good well fully completely successfully possible actively closely currently time
    root cause causes potential internal link down up""".split()
)

_TOKENS: Final = re.compile(
    r"\{\{[^{}\n]{0,80}\}\}|\{[A-Za-z_ ]{1,40}\}|<(?:insert|your|name|time|date|component|service|placeholder)[^<>\n]{0,40}>"
    r"|\[(?:insert|your|name|time|date|component|service|placeholder|tbd|xx)[^\[\]\n]{0,40}\](?!\()"
    r"|(?<![\w\])])\(\s*\)|(?<!\w)\[\s*\](?!\()|\b(?:XX:XX|TBD|TODO|FIXME|lorem ipsum|example text)\b",
    re.IGNORECASE,
)
_FAULT_NOUN: Final = pattern(r"issues?")


def _no_symptom(text: Text) -> Iterable[Hit]:
    if text.stage is Stage.FIRST and not any(SYMPTOM.search(read.text) for _, read in text.parts):
        yield whole(text)


def _terse(text: Text) -> Iterable[Hit]:
    words = len(text.body.words())
    if text.stage is Stage.FIRST and words < SHORT:
        yield whole(text, Level.BLOCK if words < TERSE else Level.WARN)
    elif text.stage is not Stage.FIRST and words < TERSE_UPDATE:
        yield whole(text, Level.WARN)


def _nothing_left(text: Text) -> Iterable[Hit]:
    known = _GRAMMAR | _STOCK | set(text.title.words())
    if text.facts and text.facts.said:
        known |= set(text.facts.said[-1].body.lower().split())
    left = {word for word in text.body.words() if word not in known and not _is_part_of(word, known)}
    if len(left) < LEFT_OVER and not text.body.has_time():
        yield whole(text)
    elif not any(_substance(text)):
        yield whole(text, Level.WARN)


def _is_part_of(word: str, known: frozenset[str] | set[str]) -> bool:
    """Whether it is a plural or singular of a known word."""
    return word.removesuffix("s") in known or f"{word}s" in known


def _substance(text: Text) -> Iterable[bool]:
    """What each stage owes beyond the symptom: time, extent, an act, a cause, what to do, what is not known."""
    body = text.body.text
    yield text.body.has_time()
    yield any(sought.search(body) for sought in (ACT, POINTER, UNKNOWN))
    if text.stage is Stage.RESOLVED:
        yield CAUSE.search(body) is not None
    else:
        yield any(sought.search(body) for sought in (SCOPE, CAUSE, SYMPTOM if text.stage is Stage.UPDATE else SCOPE))
        yield text.body.has_link() or re.search(r"\b[45]\d\d\b", body) is not None


def _tokens(text: Text) -> Iterable[Hit]:
    return (Hit(*match.span(), part) for part, read in text.parts for match in _TOKENS.finditer(read.raw))


def _only_issue(text: Text) -> Iterable[Hit]:
    if text.stage is Stage.FIRST and not any(SYMPTOM.search(read.text) for _, read in text.parts):
        yield from (hit for hit in found(_FAULT_NOUN)(text) if hit.part == "body")


def _long_sentences(text: Text) -> Iterable[Hit]:
    for start, end in text.body.sentences():
        if len(text.body.text[start:end].split()) > SENTENCE_WORDS_MAX:
            yield Hit(start, end)


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
        found(pattern(r"abundance of caution")),
    ),
    Rule(
        "E12",
        Level.INFORM,
        "A sentence of more than 25 words is hard to read in a hurry.",
        "Make two sentences of it.",
        _long_sentences,
    ),
    Rule(
        "E13",
        Level.INFORM,
        "A long text is not read by people in a hurry (80 words for a first, 120 for an update, 250 for a resolved one).",
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
