"""What humans said of an incident, as the facts that a text may state."""

from collections.abc import Mapping, Sequence
from typing import Final

from drafts.facts import Act, Evidence
from monitor.models import Act as Deed
from monitor.models import ActKind

DECISIONS: Final = frozenset({ActKind.AMENDS, ActKind.NO_AMENDS})
"""What is given for it, or why nothing is."""


def told(deeds: Sequence[Deed], names: Mapping[int, str], kind: ActKind) -> Act | None:
    """The latest act of this kind; of acknowledgements the first, since that is when somebody took it up.

    Of the two decisions on reparation the later one stands.
    """
    acts = [deed for deed in deeds if deed.kind is kind or (kind in DECISIONS and deed.kind in DECISIONS)]
    if not acts:
        return None
    act = acts[0 if kind is ActKind.ACKNOWLEDGED else -1]
    if act.kind is not kind:
        return None
    return Act(names[act.person_id], act.at, evidence(act), "; ".join(act.words.splitlines()))


def evidence(deed: Deed) -> Evidence:
    """The row that proves it."""
    return (f"act:{deed.id}",)
