"""Knowledge and blame: what is known is told apart from what is guessed, and nobody else is pushed in front."""

from collections.abc import Iterable
from typing import Final

from drafts.facts import Facts
from drafts.rules.clock import promises
from drafts.rules.patterns import ACT, SYMPTOM, UNKNOWN, found, pattern
from drafts.rules.rule import Hit, Level, Rule, Stage, Text, in_stages, whole

HEDGES_MAX: Final = 2

_CAUSE: Final = pattern(
    r"root cause (?:was|is|has been)|(?:was|were|is|are|been) caused by|due to|because of|as a result of|the cause (?:was|is)",
)
_GUESS: Final = pattern(
    r"suspect\w*|think|believe|guess|may|might|possibly|probably|perhaps|assum\w+|seems?|appears?|likely|not know|unknown",
)
_IDENTIFIED: Final = pattern(
    r"(?:identified|found|located|isolated|determined|discovered)(?: and \w+)? (?:the |an |a |what is )?"
    r"(?:potential |underlying )?(?:root cause|cause|issue|issues|problem|problems|source)",
    r"(?:issue|problem|cause|root cause) (?:has |have )?(?:been|was|is) (?:now |already )?(?:identified|found|located)",
)
_NAMED: Final = pattern(r"in|to be|as|that|which is|:|with|within|because|due to|caused by")
_NOT_OURS: Final = pattern(
    r"(?:not|n't|n’t) (?:our|the company's) (?:fault|responsibility|problem)",
    r"(?:out of|beyond|outside) (?:of )?our (?:hands|control|power)",
    r"nothing (?:that )?we (?:can|could) do",
    r"through no fault of (?:ours|our own)",
)
_OTHERS: Final = pattern(
    r"(?:covered|handled|tracked|managed) by \w+",
    r"(?:third[ -]part(?:y|ies)|upstream|vendor|supplier|hosting|cloud|data ?cent(?:er|re)) ?(?:\w+ )?(?:provider|partner|vendor"
    r"|outage|issue|issues|incident|problem|failure)?",
    r"on (?:the )?\w+(?:'s|’s)? (?:side|end)",
    r"(?:our|a|the) (?:\w+ )?provider",
    r"related to (?:an? |the )?\w+ (?:outage|incident)",
    r"(?:they|\w+) (?:are|is) applying a fix",
)
_OURS_AGAIN: Final = pattern(r"(?:be|is|are|now|being) (?:\w+ )?(?:fixed|working|accessible|available|restored|back)")
_ESTIMATE: Final = pattern(
    r"(?:should|will|expect(?:ed)?(?: it)? to|estimate\w*|anticipate\w*|hope to|ETA)(?: \w+){0,6}"
    r" (?:fixed|resolved|restored|back|repaired|available|working|online|recover|solved|resolution)"
    r"(?: \w+){0,3} (?:in|by|within|at|before|until) (?:\w+ ){0,2}(?:\d|an hour|the hour|noon|midnight|tomorrow|tonight)",
    r"ETA:? (?:is |of )?\d",
)
_BASIS: Final = pattern(
    r"because|since|based on|depends? on|depending on|as soon as|once|after|estimated? by|says|expects"
)
_UNSURE: Final = pattern(
    r"hopefully|should (?:now )?be|seems?|appears? to|looks like|fingers crossed|we hope|we believe"
)
_HEDGE: Final = pattern(
    r"may|might|could(?! not)|possibly|probably|perhaps|seems?|appears?|likely|potentially|apparently|some|roughly|approximately"
    r"|about|around|up to|hopefully|should"
)
_INVESTIGATING: Final = pattern(
    r"investigat(?:e|es|ing|ion)|looking into|look into|(?:are|'re) analy[sz]ing|trying to (?:find|understand)"
)


def _cause_told(text: Text) -> Iterable[Hit]:
    """A cause that no human has confirmed; a guess that calls itself one may stand."""
    if text.facts and text.facts.cause:
        return
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        match = _CAUSE.search(sentence)
        if match and not _GUESS.search(sentence):
            yield Hit(start + match.start(), start + match.end())


def _identified(text: Text) -> Iterable[Hit]:
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        match = _IDENTIFIED.search(sentence)
        if match and not _NAMED.search(sentence, match.end()) and ":" not in sentence[match.end() :]:
            yield Hit(start + match.start(), start + match.end())


def _others(text: Text) -> Iterable[Hit]:
    """Somebody else is named, and neither what our customers meet nor anything that we did."""
    body = text.body.text
    if not any(seek.search(body) for seek in (SYMPTOM, ACT, _OURS_AGAIN)):
        yield from (hit for hit in found(_OTHERS)(text) if hit.part == "body")


def _estimate(text: Text) -> Iterable[Hit]:
    if text.facts and text.facts.estimate:
        return
    told = set(promises(text.body))
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        match = _ESTIMATE.search(sentence)
        if match and (start, end) not in told and not _BASIS.search(sentence):
            yield Hit(start + match.start(), start + match.end())


def _hedged(text: Text) -> Iterable[Hit]:
    for start, end in text.body.sentences():
        if len(_HEDGE.findall(text.body.text[start:end])) > HEDGES_MAX:
            yield Hit(start, end)


def _unknown_untold(text: Text) -> Iterable[Hit]:
    if text.stage is Stage.RESOLVED or UNKNOWN.search(text.body.text):
        return
    if _something_open(text.facts) if text.facts else _INVESTIGATING.search(text.body.text):
        yield whole(text)


def _something_open(facts: Facts) -> bool:
    return facts.cause is None or (facts.estimate is None and facts.recovered_at is None)


KNOWLEDGE: Final = (
    Rule(
        "K01",
        Level.BLOCK,
        "No human has confirmed a cause; a wrong one has to be taken back in public.",
        "Have the cause confirmed and recorded, or call it a guess: “we suspect …, and do not know yet”.",
        _cause_told,
        needs_facts=True,
    ),
    Rule(
        "K02",
        Level.WARN,
        "Who says that the cause is found, and withholds it, sounds as if hiding something.",
        "Name what was found, or leave the sentence out.",
        _identified,
    ),
    Rule(
        "K03",
        Level.BLOCK,
        "Customers are ours: they hear of somebody else's failure, and not of what they meet or what we do.",
        "Begin with what your customers meet and what you do; name the other with a link to the evidence.",
        _others,
    ),
    Rule(
        "K04",
        Level.BLOCK,
        "Whose fault it is helps no customer, and they chose us, not our suppliers.",
        "Say what you do about it.",
        found(_NOT_OURS),
    ),
    Rule(
        "K05",
        Level.BLOCK,
        "An estimate that nobody stands for, and that rests on nothing, is a promise made to be broken.",
        "Name who estimates and on what basis; or “we do not know when”, and when you write again.",
        _estimate,
    ),
    Rule(
        "K06",
        Level.WARN,
        "Resolved is a fact or it is not.",
        "Say since when it passes which checks, or keep the incident open.",
        in_stages(found(_UNSURE), Stage.RESOLVED),
    ),
    Rule(
        "K07",
        Level.WARN,
        "More than two hedges in a sentence leave nothing to hold on to.",
        "Say what is known in one sentence, and what is not in another.",
        _hedged,
    ),
    Rule(
        "K09",
        Level.BLOCK,
        "It is being investigated, and so something is not known: say what.",
        "“We do not know yet what caused this or when it will be fixed.”",
        _unknown_untold,
        alone=Level.INFORM,
    ),
)
