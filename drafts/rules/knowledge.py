"""Knowledge and blame: what is known is told apart from what is guessed, and nobody else is pushed in front."""

from collections.abc import Iterable
from typing import Final

from drafts.facts import Facts
from drafts.rules.clock import promises
from drafts.rules.rule import Hit, Level, Rule, Stage, Text, found, in_body, in_stages, whole

HEDGES_MAX: Final = 2


def _cause_told(text: Text) -> Iterable[Hit]:
    """A cause that no human has confirmed; a guess that calls itself one may stand."""
    if text.facts and text.facts.cause:
        return
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        match = text.words["cause_told"].search(sentence)
        if match and not text.tells(sentence, "guess"):
            yield Hit(start + match.start(), start + match.end())


def _identified(text: Text) -> Iterable[Hit]:
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        match = text.words["identified"].search(sentence)
        if match and ":" not in sentence and not text.tells(sentence[match.end() :], "named"):
            yield Hit(start + match.start(), start + match.end())


def _others(text: Text) -> Iterable[Hit]:
    """Somebody else is named, and neither what our customers meet nor anything that we did."""
    if not text.tells(text.body.text, "symptom", "act", "ours_again"):
        yield from in_body(found("others")(text))


def _estimate(text: Text) -> Iterable[Hit]:
    if text.facts and text.facts.estimate:
        return
    told = set(promises(text))
    for start, end in text.body.sentences():
        sentence = text.body.text[start:end]
        match = text.words["estimate"].search(sentence)
        if match and (start, end) not in told and not text.tells(sentence, "basis"):
            yield Hit(start + match.start(), start + match.end())


def _hedged(text: Text) -> Iterable[Hit]:
    for start, end in text.body.sentences():
        if len(text.words["hedge"].findall(text.body.text[start:end])) > HEDGES_MAX:
            yield Hit(start, end)


def _unknown_untold(text: Text) -> Iterable[Hit]:
    if text.stage in {Stage.RESOLVED, Stage.PLANNED} or text.tells(text.body.text, "unknown"):
        return
    if _something_open(text.facts) if text.facts else text.tells(text.body.text, "investigating"):
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
        found("not_ours"),
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
        in_stages(found("unsure"), Stage.RESOLVED),
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
        misses="unknown",
    ),
)
