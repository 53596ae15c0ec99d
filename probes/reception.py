"""Watching a mailbox until a message has arrived in it, or came back, or its time is over."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Final

from probes.command import Commands
from probes.dialogue import open_dialogue
from probes.finding import Failed
from probes.folder import Folder, Mail, body, fresh, listed, remove
from probes.imap import Imap
from probes.junk import is_junk
from probes.letter import Report, authentication, places_of_stamp, report, reports
from probes.mailbox import spelled
from probes.notebook import Notebook
from probes.patience import in_time
from probes.reason import Reason
from probes.stamp import Seal, Stamp

PACE_S_MIN: Final = 0.2
BREATH_S: Final = 0.05  # a server that is not silent for a moment is not asked without one either
PACE_S_MAX: Final = 10.0
PACE: Final = 0.1  # of the time waited so far: so fine is the delivery time told where nothing wakes us
SETTLE_S: Final = 5.0
REPORTS_MAX: Final = 10
FOLDERS_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is waited for: a stamp, since a moment on the monotonic clock, until another."""

    stamp: Stamp
    sent_s: float
    until_s: float
    old_after_s: float
    sweep_after_s: float
    late_after_s: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """How the message arrived: so many seconds after it was taken, and where."""

    after_s: float
    folder: Folder
    mail: Mail


@dataclass(slots=True)
class Reception:
    """What was received so far, and what is to be removed because it is ours."""

    imap: Imap
    seal: Seal
    wanted: Wanted
    junk_mailboxes: Collection[str]
    removal_s: float
    arrival: Arrival | None = None
    bounce: Report | None = None
    delay: Report | None = None
    copies: int = 0
    swept: int = 0
    late_s: list[float] = field(default_factory=list)
    _folders: list[Folder] = field(default_factory=list)
    _ours: dict[bytes, set[int]] = field(default_factory=dict)
    _reports_read: int = 0

    async def watch(self, notes: Notebook) -> None:
        """Look until it is known what became of the message; a server that ends a session is asked once more.

        Raises Finding for what is the fault of the IMAP server.
        """
        for left in (1, 0):
            entered = False
            try:
                async with self._session(notes) as commands:
                    entered = True
                    await self._wait(commands)
                    await self._clean_up(commands)
                    return
            except Failed as found:
                if found.reason is not Reason.CONNECTION_CLOSED or not entered or not left:
                    raise
                notes.say("note", f"{found.detail}; we sign in once more")

    @asynccontextmanager
    async def _session(self, notes: Notebook) -> AsyncIterator[Commands]:
        imap = self.imap
        async with open_dialogue(
            imap,
            notes,
            host=imap.host,
            port=imap.port,
            implicit_tls=imap.tls_mode == "implicit",
            peer="the IMAP server",
        ) as talk:
            commands = Commands(talk)
            try:
                await imap.enter(commands)
                yield commands
            finally:
                if not talk.lost:
                    with talk.farewell("logout"), suppress(Failed):
                        await commands.give("LOGOUT", leaving=True)

    async def _wait(self, commands: Commands) -> None:
        capabilities = await commands.capabilities("capability")
        await self._find_folders(commands, special="SPECIAL-USE" in capabilities)
        transcript = commands.talk.notes.transcript
        try:
            while not await self._is_known(commands):
                transcript.muted = True
                await self._pause(commands, idles="IDLE" in capabilities)
        finally:
            transcript.muted = False

    async def _is_known(self, commands: Commands) -> bool:
        for folder in self._folders:
            for mail in await fresh(commands, folder, self.seal.owner):
                await self._take_in(commands, folder, mail)
        return bool(self.arrival or self.bounce) or monotonic() >= self.wanted.until_s

    async def _pause(self, commands: Commands, *, idles: bool) -> None:
        waited_s, left_s = monotonic() - self.wanted.sent_s, self.wanted.until_s - monotonic()
        pause_s = min(max(PACE * waited_s, PACE_S_MIN), PACE_S_MAX, max(left_s, 0.0))
        if not idles:
            await asyncio.sleep(pause_s)
            return
        await asyncio.sleep(min(pause_s, BREATH_S))
        with commands.talk.stage("idle", "its answer to IDLE", limit_s=pause_s + SETTLE_S):
            await commands.listen(pause_s)

    async def _find_folders(self, commands: Commands, *, special: bool) -> None:
        """The junk folders, and last the mailbox itself, in which the waiting is done."""
        raw = spelled(self.imap.mailbox)
        junk = {
            name_raw: name
            for name_raw, (name, attributes) in (await listed(commands, special=special)).items()
            if name_raw != raw and "\\noselect" not in attributes and is_junk(name, attributes, self.junk_mailboxes)
        }
        known = {folder.raw: folder for folder in self._folders}
        folders = [Folder(name_raw, name, junk=True) for name_raw, name in [*junk.items()][:FOLDERS_MAX]]
        folders.append(Folder(raw, self.imap.mailbox, junk=False))
        self._folders = [known.get(folder.raw, folder) for folder in folders]

    async def _take_in(self, commands: Commands, folder: Folder, mail: Mail) -> None:
        if reports(mail.header):
            await self._take_in_report(commands, folder, mail)
        elif stamp := self.seal.find(places_of_stamp(mail.header)):
            self._credit(folder, mail, stamp)

    async def _take_in_report(self, commands: Commands, folder: Folder, mail: Mail) -> None:
        if self._reports_read >= REPORTS_MAX:
            return
        self._reports_read += 1
        text = await body(commands, mail.uid)
        stamp = self.seal.find(f"{places_of_stamp(mail.header)}\n{text}")
        if stamp is None:
            return
        if stamp.text != self.wanted.stamp.text:
            if self._age(stamp) >= self.wanted.old_after_s:
                self._mark(folder, mail)
            return
        told = report(text)
        self.bounce, self.delay = (told, self.delay) if told.final else (self.bounce, told)
        self._mark(folder, mail)

    def _credit(self, folder: Folder, mail: Mail, stamp: Stamp) -> None:
        """Count a message of ours for the look that sent it; another look may still wait for a young one."""
        if stamp.text == self.wanted.stamp.text:
            self.copies += 1
            self.arrival = self.arrival or Arrival(monotonic() - self.wanted.sent_s, folder, mail)
            self._mark(folder, mail)
            return
        age_s = self._age(stamp)
        if age_s < self.wanted.old_after_s:
            return
        self._mark(folder, mail)
        if age_s >= self.wanted.sweep_after_s:
            self.swept += 1
        elif (
            mail.arrived_at and (took_s := (mail.arrived_at - stamp.sent_at).total_seconds()) > self.wanted.late_after_s
        ):
            self.late_s.append(took_s)

    def _age(self, stamp: Stamp) -> float:
        return (self.wanted.stamp.sent_at - stamp.sent_at).total_seconds()

    def _mark(self, folder: Folder, mail: Mail) -> None:
        self._ours.setdefault(folder.raw, set()).add(mail.uid)

    async def _clean_up(self, commands: Commands) -> None:
        """Remove what is ours. If it cannot be removed, a later look will: no customer is harmed by it."""
        try:
            async with in_time(self.removal_s, commands.talk.notes, commands.talk.peer):
                for folder in self._folders:
                    uids = self._ours.pop(folder.raw, set())
                    if uids and not await remove(commands, folder, [*uids]):
                        commands.talk.notes.say("note", f"our own messages in {folder.name} could not be removed")
        except Failed as found:
            commands.talk.notes.say("note", f"our own messages are still there: {found.detail}")

    def numbers(self) -> Mapping[str, float]:
        """What dashboards want to know."""
        told = {"duplicates": float(max(self.copies - 1, 0)), "swept": float(self.swept)}
        told |= {"late_arrivals": float(len(self.late_s))}
        told |= {"late_seconds": max(self.late_s)} if self.late_s else {}
        if self.arrival is None:
            return told
        told["delivery_seconds"] = self.arrival.after_s
        for check, result in authentication(self.arrival.mail.header).items():
            told[f"{check}_pass"] = float(result == "pass")
        if self.arrival.mail.arrived_at:
            expected_at = self.wanted.stamp.sent_at + timedelta(seconds=self.arrival.after_s)
            told["clock_skew_seconds"] = (self.arrival.mail.arrived_at - expected_at).total_seconds()
        return told
