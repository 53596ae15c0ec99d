"""Tone: sorry for the harm and not for the embarrassment, once, plainly, and without praise for oneself."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from drafts.rules.rule import Hit, Level, Rule, Stage, Text, found, in_stages

LIGHT_UNTIL: Final = timedelta(minutes=30)

_FACTUAL: Final = ("act", "cause", "scope", "pointer")
_INTERNAL: Final = re.compile(
    r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,64}\b"
    r"|\b[\w-]{1,60}(?:\.[\w-]{1,60}){0,6}\.(?:internal|local|lan|corp|intra|svc|cluster)\b|\bHTTP code: ?0\b"
    r"|\b[A-Z][A-Za-z]{2,60}(?:Exception|Error)\b(?!s)|\bSIG(?:KILL|SEGV|TERM)\b|\berrno\b|\bECONN\w{1,20}\b",
)


def _unowned(text: Text) -> Iterable[Hit]:
    """Apologies in a sentence that names neither harm nor time; one that stands among facts is only a pity."""
    body = text.body.text
    among_facts = text.body.has_time() or sum(text.tells(body, name) for name in _FACTUAL) > 1
    for start, end in text.body.sentences():
        sentence = body[start:end]
        if text.tells(sentence, "apology") and not text.tells(sentence, "harm"):
            yield Hit(start, end, level=Level.WARN if among_facts else Level.BLOCK)


def _internal_names(text: Text) -> Iterable[Hit]:
    return (Hit(*match.span(), part) for part, read in text.parts for match in _INTERNAL.finditer(read.text))


def _hidden_actor(text: Text) -> Iterable[Hit]:
    """The passive of a repair; a pity only, where the text tells what was done or when."""
    told = text.body.has_time() or text.tells(text.body.text, "act")
    hits = in_stages(found("hidden_actor"), Stage.RESOLVED)(text)
    return (hit._replace(level=Level.INFORM) if told else hit for hit in hits)


def _light(text: Text) -> Iterable[Hit]:
    facts = text.facts
    end = facts and (facts.recovered_at or facts.at or text.posted_at)
    if facts and end and end - facts.since > LIGHT_UNTIL:
        yield from found("light")(text)


TONE: Final = (
    Rule(
        "E04",
        Level.BLOCK,
        "“Any inconvenience” doubts that there was one.",
        "Name the harm: “We are sorry that you could not send mail for 45 minutes.”",
        found("any_harm"),
    ),
    Rule(
        "E05",
        Level.WARN,
        "Comfort without a fact reads like a recording.",
        "Leave it out, or give the next fact in its place.",
        found("comfort"),
    ),
    Rule(
        "E06",
        Level.WARN,
        "Effort is not a fact, and nobody can check it.",
        "Say what was done and what it showed.",
        found("effort"),
    ),
    Rule(
        "E08",
        Level.BLOCK,
        "An apology that names neither the harm nor how long it lasted is for show.",
        "Be sorry for what it cost: who could not do what, and for how long.",
        _unowned,
    ),
    Rule(
        "E09",
        Level.WARN,
        "After half an hour without service nobody is in the mood for jokes.",
        "Use plain words.",
        _light,
        needs_facts=True,
    ),
    Rule(
        "E10",
        Level.WARN,
        "Names from inside our house tell a customer nothing, and a stranger too much.",
        "Use the customer's word for the thing.",
        _internal_names,
    ),
    Rule(
        "E11",
        Level.WARN,
        "The passive hides who did what.",
        "“We restarted the mail server at 14:40 UTC.”",
        _hidden_actor,
    ),
    Rule(
        "E14",
        Level.WARN,
        "Praise for oneself beside a failure makes people angry.",
        "Leave it out.",
        found("praise"),
    ),
)
