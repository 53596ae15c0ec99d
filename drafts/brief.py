"""The support brief: what whoever answers the phone or the chat should say of an outage, and what not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from drafts.facts import Facts
from drafts.markdown import one_line
from drafts.notice import IncompleteFacts, paragraphs
from drafts.sandbox import Broken
from drafts.slots import Slots
from drafts.wording import Wording, ours


@dataclass(frozen=True, slots=True)
class Brief:
    """Plain words: ``lines`` of what to say and what not, and one sentence for the ``waiting_line``."""

    lines: tuple[str, ...]
    waiting_line: str


def brief(
    facts: Facts,
    wordings: Mapping[str, Wording] = MappingProxyType({}),
    broke: Callable[[str, Broken], None] = lambda *_: None,
) -> Brief:
    """Write the brief from these facts, and from nothing else, in a company's own words or, where they fail, in ours.

    Raises IncompleteFacts if nothing is affected.
    """
    if not facts.affected:
        raise IncompleteFacts("a brief names what is affected, and these facts name nothing")
    unsigned = replace(facts, signature=None)  # whoever reads it out is not who took it up
    words = wordings.get(facts.language) or ours(facts.language)
    try:
        return _brief(unsigned, words)
    except Broken as broken:
        broke(facts.language, broken)
        return _brief(unsigned, words.without_templates())


def _brief(facts: Facts, words: Wording) -> Brief:
    def part(name: str) -> str:
        return str(words.part("brief", name)(Slots.fill(facts, words.phrases, one_line)))

    return Brief(tuple(paragraphs(part("text")).split("\n\n")), one_line(part("line")))
