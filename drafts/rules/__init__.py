"""The honesty rules: one small file a group, each rule with its words, its reason and what to write instead."""

from typing import Final

from drafts.rules.beginning import BEGINNING
from drafts.rules.clock import CLOCK
from drafts.rules.emptiness import EMPTINESS
from drafts.rules.knowledge import KNOWLEDGE
from drafts.rules.measurement import MEASUREMENT
from drafts.rules.people import PEOPLE
from drafts.rules.rule import Rule
from drafts.rules.tone import TONE

RULES: Final[tuple[Rule, ...]] = (*MEASUREMENT, *BEGINNING, *KNOWLEDGE, *CLOCK, *EMPTINESS, *TONE, *PEOPLE)
