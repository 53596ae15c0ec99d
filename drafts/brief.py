"""The support brief: what whoever answers the phone or the chat should say of an outage, and what not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from drafts.facts import Facts
from drafts.markdown import one_line
from drafts.notice import IncompleteFacts, paragraphs
from drafts.slots import Slots
from drafts.wording import Wording, ours


@dataclass(frozen=True, slots=True)
class Brief:
    """Plain words: ``lines`` of what to say and what not, and one sentence for the ``waiting_line``."""

    lines: tuple[str, ...]
    waiting_line: str


def brief(facts: Facts, wordings: Mapping[str, Wording] = MappingProxyType({})) -> Brief:
    """Write the brief from these facts, and from nothing else, in our words or a company's own.

    Raises IncompleteFacts if nothing is affected.
    """
    if not facts.affected:
        raise IncompleteFacts("a brief names what is affected, and these facts name nothing")
    unsigned = replace(facts, signature=None)  # whoever reads it out is not who took it up
    words = wordings.get(facts.language) or ours(facts.language)

    def part(name: str) -> str:
        return str(words.part("brief", name)(Slots.fill(unsigned, words.phrases, one_line)))

    return Brief(tuple(paragraphs(part("text")).split("\n\n")), one_line(part("line")))
