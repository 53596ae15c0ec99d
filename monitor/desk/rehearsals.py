"""Drills asked for at the desk: one at a time, each a process of its own, which ends with the daemon."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NoReturn

from monitor.config import Config
from monitor.ledger import audit
from monitor.ledger.store import Ledger

END_S: Final = 5.0
CHUNK_BYTES: Final = 4096
TAIL_BYTES_MAX: Final = 16 * 1024
_ENDS: Final = {0: "passed", 1: "not passed"}


@dataclass(slots=True)
class Rehearsal:
    """One drill: who asked for it, whether people are called, what it has said, and how it ended ("" as yet)."""

    asked_by: str
    at: datetime
    call: bool
    end: str = ""
    _said: bytearray = field(default_factory=bytearray)

    @property
    def lines(self) -> list[str]:
        """What it has said so far: where it goes on, and at the end the score."""
        return self._said.decode(errors="replace").splitlines()

    async def follow(self, child: Process) -> str:
        """Hear a drill to its end; gives how it ended."""
        assert child.stdout is not None  # noqa: S101 - it was started with pipes
        assert child.stderr is not None  # noqa: S101 - likewise
        troubles = bytearray()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_tail(child.stdout, self._said))
            tasks.create_task(_tail(child.stderr, troubles))
        code = await child.wait()
        if code not in _ENDS:  # Its log is not for this page, but its last line says why it could not go on.
            self._said += b"\n".join(troubles.splitlines()[-1:])
        return _ENDS.get(code, "broken off")


class Rehearsals:
    """Holds the drills that people ask for; ``latest`` is the one that goes on, or went on last."""

    def __init__(self, ledger: Ledger, config: Config[Any], clock: Callable[[], datetime]) -> None:
        port = config.desk.drill_port
        self.url = config.desk.drill_url or f"http://127.0.0.1:{port}"
        self.latest: Rehearsal | None = None
        self._command = (
            *(sys.executable, "-m", "monitor", "drill", "--config", str(config.path.absolute())),
            *("--desk-port", str(port), "--desk-url", self.url, "--leashed"),
        )
        self._ledger, self._clock = ledger, clock
        self._asked = asyncio.Event()

    def ask(self, rehearsal: Rehearsal) -> bool:
        """Begin this one, unless another goes on."""
        if self.latest and not self.latest.end:
            return False
        self.latest = rehearsal
        self._asked.set()
        return True

    async def run(self) -> NoReturn:
        """Hold each drill that is asked for; a cancellation ends the one that goes on."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            assert self.latest is not None  # noqa: S101 - whoever asks has said which
            await self._hold(self.latest)

    async def _hold(self, rehearsal: Rehearsal) -> None:
        await self._note(rehearsal.asked_by, "drill started", json.dumps({"calls people": rehearsal.call}))
        try:
            end = await self._play(rehearsal)
        except OSError as error:
            end = f"not begun: {error.strerror}"
        await self._note("ownup", "drill ended", end)
        rehearsal.end = end

    async def _play(self, rehearsal: Rehearsal) -> str:
        call = ("--call",) if rehearsal.call else ()
        # Standard input is its leash: it ends when we do, whatever ends us.
        child = await asyncio.create_subprocess_exec(*self._command, *call, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        try:
            return await rehearsal.follow(child)
        finally:
            await _end(child)

    async def _note(self, actor: str, action: str, detail: str) -> None:
        async with self._ledger.write() as s:
            await audit.note(s, actor=actor, action=action, subject="drill", detail=detail, now=self._clock())


async def _tail(stream: asyncio.StreamReader, into: bytearray) -> None:
    while chunk := await stream.read(CHUNK_BYTES):
        into += chunk
        del into[:-TAIL_BYTES_MAX]


async def _end(child: Process) -> None:
    """Let it tidy up after itself, but not for long."""
    if child.returncode is not None:
        return
    child.terminate()
    with suppress(TimeoutError):
        async with asyncio.timeout(END_S):
            await child.wait()
            return
    child.kill()
    await child.wait()
