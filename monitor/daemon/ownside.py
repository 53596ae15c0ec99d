"""Our own side: whether a route or a resolver that we had is lost, or our clock stepped: that is laid to nobody else.

Only a loss counts. A machine that never had a default route or a resolver may well need neither.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from monitor.court.topology import Way
from probes.finding import Finding
from probes.reason import Reason
from probes.resolve import resolve

EVERY_S: Final = 1.0
ASK_EVERY: Final = 30
ASK_S: Final = 5.0
SILENCES: Final = 2
PROC: Final = Path("/proc/net")

Ask = Callable[[str], Awaitable[bool]]
"""Tells whether the resolver answered at all when asked for a name."""

_WORDS: Final[dict[Way, str]] = {
    "dns": "our own resolver no longer answers",
    "4": "our own default route for IPv4 is gone",
    "6": "our own default route for IPv6 is gone",
}
_NOWHERE_4, _NOWHERE_6 = "0" * 8, "0" * 32
_UP, _REJECT = 0x1, 0x200
_SILENT: Final = frozenset({Reason.DNS_TIMEOUT, Reason.DNS_FAILED, Reason.ISOLATED})


class OwnSide:
    """What we had, and what of it is lost."""

    def __init__(
        self, names: Sequence[str], *, proc: Path = PROC, ask: Ask | None = None, ask_every: int = ASK_EVERY
    ) -> None:
        """``names`` are hosts of the config; the resolver is asked for one after the other, every so many turns."""
        self._names = names
        self._proc = proc
        self._ask = ask or answers
        self._ask_every = ask_every
        self._had: set[Way] = set()
        self._turn = 0
        self._silences = SILENCES

    async def observe(self, lose: Callable[[dict[Way, str]], None], check_clock: Callable[[], None]) -> NoReturn:
        """Tell for ever what is lost, by way and with one sentence each, and have the clock checked as often."""
        while True:
            check_clock()
            lose(await self.lost())
            await asyncio.sleep(EVERY_S)

    async def lost(self) -> dict[Way, str]:
        """What we had and have no longer."""
        there = routes(self._proc)
        silent = "dns" in self._had and self._silences > 0
        if self._names and (silent or self._turn % self._ask_every == 0):
            self._silences = 0 if await self._ask(self._names[self._turn % len(self._names)]) else self._silences + 1
        if self._silences < SILENCES:
            there.add("dns")
        self._turn += 1
        self._had |= there
        return {way: _WORDS[way] for way in sorted(self._had - there)}


async def answers(name: str) -> bool:
    """Whether the resolver says anything at all, were it that there is no such name."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ASK_S):
            try:
                await resolve(name, 0)
            except Finding as finding:
                return finding.reason not in _SILENT
            return True
    return False


def routes(proc: Path) -> set[Way]:
    """The families that have a default route, as the kernel lists them."""
    found: set[Way] = set()
    if any(row[1] == row[7] == _NOWHERE_4 and int(row[3], 16) & _UP for row in _rows(proc / "route", columns=11)):
        found.add("4")
    if any(
        row[0] == _NOWHERE_6 and row[1] == "00" and int(row[8], 16) & (_UP | _REJECT) == _UP and row[9] != "lo"
        for row in _rows(proc / "ipv6_route", columns=10)
    ):
        found.add("6")
    return found


def _rows(table: Path, *, columns: int) -> Iterator[list[str]]:
    """The rows of a table, less its heading; none where the system has no such file."""
    with suppress(OSError):
        rows = [line.split() for line in table.read_text().splitlines()]
        yield from (row for row in rows if len(row) == columns and row[0] != "Iface")
