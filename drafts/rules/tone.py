"""Tone: sorry for the harm and not for the embarrassment, once, plainly, and without praise for oneself."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from drafts.rules.patterns import ACT, CAUSE, POINTER, SCOPE, found, pattern
from drafts.rules.rule import Hit, Level, Rule, Stage, Text, in_stages

LIGHT_UNTIL: Final = timedelta(minutes=30)

_ANY: Final = pattern(
    r"any (?:\w+ )?inconveniences?",
    r"apolog(?:ise|ize|ies|y|ising|izing) (?:\w+ )?for any",
    r"sorry for any(?! of)",
)
_APOLOGY: Final = pattern(r"(?:we |our )?(?:\w+ )?(?:apolog(?:ise|ize|ies)|sorry)")
_INSTEAD_OF_HARM: Final = pattern(r"inconvenience|this|it|issue|issues|trouble|disruption|incident|that")
_HARM: Final = pattern(
    r"\d+ (?:\w+ )?(?:minutes?|hours?|days?)",
    r"(?:less|more) than (?:a|an|one) (?:minute|hour|day)",
    r"(?:cost|lost|delayed|kept|failed|left|stopped|prevented|unable|waited?|waiting|without|missed|silence)",
    r"(?:trouble|problems) with \w+",
    r"since \d+",
    r"(?:your|their) (?:\w+ )?(?:mail|mails|messages|orders|work|time|data|customers|payments|builds|calls)",
)
_COMFORT: Final = pattern(
    r"we understand (?:your|how|that this|the)(?: \w+){0,2} (?:frustrat\w+|inconvenien\w+|important|difficult)",
    r"thank(?:s| you)(?: \w+){0,3} for your (?:\w+ )?(?:patience|understanding)",
    r"appreciate your (?:\w+ )?(?:patience|understanding)",
    r"(?:take|takes|taking) (?:\w+ ){1,5}(?:very |extremely )?seriously",
    r"(?:rest|be) assured",
)
_EFFORT: Final = pattern(
    r"work(?:ing)? (?:very |really |extremely )?hard",
    r"hard at work",
    r"diligent(?:ly)?|tireless(?:ly)?|feverishly|around the clock|prompt(?:ly)?|swift(?:ly)?|expeditiously|with urgency",
    r"actively (?:\w+ing)",
    r"all hands on deck|top priority|highest priority|doing everything (?:we|in our)",
)
_LIGHT: Final = re.compile(
    r"\b(?:oops|whoops|uh[ -]oh|hiccups?|gremlins?|hamsters?|yikes|blip|glitch(?:es)?|tummy|naps?)\b|[\U0001F300-\U0001FAFF]",
    re.IGNORECASE,
)
_INTERNAL: Final = re.compile(
    r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,64}\b"
    r"|\b[\w-]{1,60}(?:\.[\w-]{1,60}){0,6}\.(?:internal|local|lan|corp|intra|svc|cluster)\b|\bHTTP code: ?0\b"
    r"|\b[A-Z][A-Za-z]{2,60}(?:Exception|Error)\b(?!s)|\bSIG(?:KILL|SEGV|TERM)\b|\berrno\b|\bECONN\w{1,20}\b",
)
_HIDDEN_ACTOR: Final = pattern(
    r"(?:the |this |these )?(?:issue|issues|problem|problems|incident|outage|error|errors|situation)"
    r" (?:has |have |had )?(?:now |since |already )?(?:been|was|were) (?:\w+ly )?"
    r"(?:fixed|resolved|mitigated|addressed|rectified|remediated|corrected)",
)
_PRAISE: Final = pattern(
    r"(?:industry|market|world)[ -](?:leading|class)|best[ -]in[ -]class|we pride ourselves|proud of|state[ -]of[ -]the[ -]art"
    r"|unparalleled|excellent (?:service|uptime|track record)|robust (?:platform|infrastructure|systems?)"
    r"|thanks to (?:our|the) (?:\w+ ){0,3}(?:team|engineers|monitoring|experts)|our (?:amazing|great|talented|expert|dedicated)",
)


def _unowned(text: Text) -> Iterable[Hit]:
    """Apologies in a sentence that names neither harm nor time; one that stands among facts is only a pity."""
    body = text.body.text
    among_facts = text.body.has_time() or sum(bool(seek.search(body)) for seek in (ACT, CAUSE, SCOPE, POINTER)) > 1
    for start, end in text.body.sentences():
        sentence = body[start:end]
        apology = _APOLOGY.search(sentence)
        if apology and not _HARM.search(sentence):
            yield Hit(start, end, level=Level.WARN if among_facts else Level.BLOCK)


def _hidden_actor(text: Text) -> Iterable[Hit]:
    """The passive of a repair; a pity only, where the text tells what was done or when."""
    told = text.body.has_time() or ACT.search(text.body.text)
    hits = in_stages(found(_HIDDEN_ACTOR), Stage.RESOLVED)(text)
    return (hit._replace(level=Level.INFORM) if told else hit for hit in hits)


def _light(text: Text) -> Iterable[Hit]:
    facts = text.facts
    end = facts and (facts.recovered_at or facts.at or text.posted_at)
    if facts and end and end - facts.since > LIGHT_UNTIL:
        yield from found(_LIGHT)(text)


TONE: Final = (
    Rule(
        "E04",
        Level.BLOCK,
        "“Any inconvenience” doubts that there was one.",
        "Name the harm: “We are sorry that you could not send mail for 45 minutes.”",
        found(_ANY),
    ),
    Rule(
        "E05",
        Level.WARN,
        "Comfort without a fact reads like a recording.",
        "Leave it out, or give the next fact in its place.",
        found(_COMFORT),
    ),
    Rule(
        "E06",
        Level.WARN,
        "Effort is not a fact, and nobody can check it.",
        "Say what was done and what it showed.",
        found(_EFFORT),
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
        found(_INTERNAL),
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
        found(_PRAISE),
    ),
)
