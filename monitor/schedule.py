"""When to look: a fixed grid for every target, spread evenly, without drift; one heap, and ``now`` is an argument.

A target's slots lie at ``offset + k * interval`` for ever, whatever late or slow looks do in between, so an average
over time is an average over equal steps. The offset comes from the target's name: a reload moves nobody else.
"""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

_HASH_SPACE: Final = 2**64


@dataclass(frozen=True, slots=True, order=True)
class Start:
    """One start of a look: when it is due, on the clock that the caller's ``now`` is on.

    An ``extra`` one lies outside the grid; a ``hedge`` besides may begin while another look at its target hangs.
    """

    due_s: float
    target: str
    extra: bool = False
    hedge: bool = False


def offset_s(target: str, interval_s: float) -> float:
    """Where in its interval a target's slots lie: the same for ever, and evenly spread over many names."""
    digest = blake2b(target.encode(), digest_size=8).digest()
    return interval_s * int.from_bytes(digest) / _HASH_SPACE


class Schedule:
    """A heap of starts: one slot a target, and any extra starts that were asked for."""

    def __init__(self) -> None:
        """Begin empty."""
        self._heap: list[Start] = []
        self._interval_s: dict[str, float] = {}
        self._slot: dict[str, Start] = {}
        self.skipped = 0

    def __len__(self) -> int:
        return len(self._slot)

    def add(self, target: str, interval_s: float, *, now_s: float) -> None:
        """Begin to look at a target, from its next slot on; added again, it has its new interval."""
        self._interval_s[target] = interval_s
        self._push_next(target, now_s)

    def ask(self, target: str, due_s: float, *, hedge: bool = False) -> None:
        """Ask for one extra start, such as a confirming look; the grid stays as it is."""
        heapq.heappush(self._heap, Start(due_s, target, extra=True, hedge=hedge))

    def remove(self, target: str) -> None:
        """Look no more; what still lies in the heap is passed over when its time comes."""
        del self._slot[target], self._interval_s[target]

    def next_due_s(self) -> float | None:
        """When the next start is due, or None when there is nothing to do."""
        while self._heap and not self._stands(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0].due_s if self._heap else None

    def due(self, now_s: float) -> Iterator[Start]:
        """Take every start that is due, in order. Slots that passed unseen in a stall are skipped and counted."""
        while (due_s := self.next_due_s()) is not None and due_s <= now_s:
            start = heapq.heappop(self._heap)
            if not start.extra:
                self._push_next(start.target, now_s)
                gap_s = self._slot[start.target].due_s - start.due_s
                self.skipped += round(gap_s / self._interval_s[start.target]) - 1
            yield start

    def _stands(self, start: Start) -> bool:
        return start.target in self._slot and (start.extra or self._slot[start.target] is start)

    def _push_next(self, target: str, after_s: float) -> None:
        interval_s = self._interval_s[target]
        offset = offset_s(target, interval_s)
        slot = math.floor((after_s - offset) / interval_s) + 1
        self._slot[target] = Start(offset + slot * interval_s, target)
        heapq.heappush(self._heap, self._slot[target])
