"""A mail host on loopback: SMTP and IMAP share one store, and mail is lost, delayed or changed as a test tells."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from probes.look import Result, look
from probes.roundtrip import Roundtrip
from tests.probes.lines import Server, Visitor, serving

PASSWORD = "store-password"
HEADERS = re.compile(rb"BODY\.PEEK\[HEADER\.FIELDS \(([^)]*)\)\]")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(slots=True)
class Mail:
    """One message in a folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    arrived_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(slots=True)
class Store:
    """Folders by their names on the wire, their attributes, and a bell that rings when mail comes."""

    folders: dict[str, list[Mail]] = field(default_factory=lambda: {"INBOX": []})
    attributes: dict[str, str] = field(default_factory=dict)
    submitted: list[bytes] = field(default_factory=list)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    uid: int = 0

    def put(self, raw: bytes, folder: str = "INBOX", **more: Any) -> Mail:
        """Deliver."""
        self.uid += 1
        mail = Mail(self.uid, raw, **more)
        self.folders.setdefault(folder, []).append(mail)
        self.bell.set()
        return mail


Route = Callable[[Store, bytes], Awaitable[None]]


async def straight(store: Store, raw: bytes) -> None:
    """Deliver at once."""
    store.put(raw)


@dataclass(slots=True)
class Host:
    """How the host behaves, and where it is. ``login`` is what IMAP answers to LOGIN."""

    store: Store = field(default_factory=Store)
    route: Route = straight
    answers: dict[str, str] = field(default_factory=dict)
    capabilities: str = "IMAP4rev1 IDLE SPECIAL-USE UIDPLUS"
    login: str = "OK welcome"
    search_is_blind: bool = False
    leaves_after: list[int] = field(default_factory=list)
    sessions: int = 0
    smtp: Server = field(default_factory=lambda: Server(0))
    imap: Server = field(default_factory=lambda: Server(0))
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve_smtp(self, visitor: Visitor) -> None:
        await visitor.say("220 mail ESMTP")
        while True:
            line = (await visitor.hear()).decode()
            key = next((key for key in self.answers if line.startswith(key)), "")
            if key:
                await visitor.say(self.answers[key])
            elif line == "DATA":
                await visitor.say("354 go on")
                raw = await self._message(visitor)
                answer = self.answers.get(".", "250 2.0.0 taken")
                if not answer.startswith("5"):
                    self.tasks.add(asyncio.create_task(self.route(self.store, raw)))
                if not answer:
                    await visitor.stay_silent()
                await visitor.say(answer)
            elif line == "QUIT":
                await visitor.say("221 bye")
                return
            else:
                await visitor.say("250 2.1.0 fine")

    async def _message(self, visitor: Visitor) -> bytes:
        lines = []
        while (line := await visitor.hear()) != b".":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.store.submitted.append(b"\r\n".join(lines) + b"\r\n")
        return self.store.submitted[-1]

    async def serve_imap(self, visitor: Visitor) -> None:
        self.sessions += 1
        session = Session(self, visitor, self.leaves_after.pop(0) if self.leaves_after else 10**6)
        await visitor.say("* OK ready")
        while await session.answer((await visitor.hear()).decode()):
            pass


@dataclass(slots=True)
class Session:
    """One IMAP session; it says BYE instead of answering the command after ``left`` of them."""

    host: Host
    visitor: Visitor
    left: int
    folder: str = ""

    async def answer(self, line: str) -> bool:
        """Answer one command; False at the end."""
        tag, _, command = line.partition(" ")
        if not self.left:
            await self.visitor.say("* BYE autologout")
            return False
        self.left -= 1
        verb = command.removeprefix("UID ").partition(" ")[0].lower()
        await getattr(self, f"on_{verb}")(tag, command)
        return verb != "logout"

    async def on_capability(self, tag: str, _: str) -> None:
        await self.visitor.say(f"* CAPABILITY {self.host.capabilities}", f"{tag} OK")

    async def on_login(self, tag: str, _: str) -> None:
        await self.visitor.say(f"{tag} {self.host.login}")

    async def on_logout(self, tag: str, _: str) -> None:
        await self.visitor.say("* BYE", f"{tag} OK")

    async def on_list(self, tag: str, command: str) -> None:
        store, chosen = self.host.store, "(SPECIAL-USE)" in command
        for name in store.folders:
            attributes = store.attributes.get(name, "")
            if attributes or not chosen:
                shown = attributes if chosen else ""
                await self.visitor.say(f'* LIST (\\HasNoChildren {shown}) "/" "{name}"')
        await self.visitor.say(f"{tag} OK")

    async def on_examine(self, tag: str, command: str) -> None:
        self.folder = re.findall(r'"(.*)"', command)[0]
        mails = self.host.store.folders[self.folder]
        await self.visitor.say(f"* {len(mails)} EXISTS", "* OK [UIDVALIDITY 7] x", f"{tag} OK")

    on_select = on_examine

    async def on_fetch(self, tag: str, command: str) -> None:
        mails = self.host.store.folders[self.folder]
        by_uid = command.startswith("UID ")
        which = command.removeprefix("UID ").split()[1]
        for number, mail in enumerate(mails, 1):
            if self._chosen(which, mail.uid if by_uid else number, last=mail is mails[-1]):
                part = self._header(mail, command) if "HEADER" in command else mail.raw.partition(b"\r\n\r\n")[2]
                when = mail.arrived_at
                date = f"{when.day:2d}-{MONTHS[when.month - 1]}-{when.year} {when:%H:%M:%S} +0000"
                head = f'* {number} FETCH (INTERNALDATE "{date}" BODY[X (Y)]<0> {{{len(part)}}}\r\n'
                self.visitor.writer.write(head.encode() + part + f" UID {mail.uid})\r\n".encode())
        await self.visitor.say(f"{tag} OK")

    @staticmethod
    def _chosen(which: str, number: int, *, last: bool) -> bool:
        for part in which.split(","):
            low, colon, high = part.partition(":")
            if (colon and high == "*" and (number >= int(low) or last)) or part == str(number):
                return True
        return False

    @staticmethod
    def _header(mail: Mail, command: str) -> bytes:
        match = HEADERS.search(command.encode())
        assert match, command
        wanted = tuple(name.lower() + b":" for name in match[1].split())
        header = mail.raw.partition(b"\r\n\r\n")[0]
        return b"".join(line + b"\r\n" for line in header.split(b"\r\n") if line.lower().startswith(wanted)) + b"\r\n"

    async def on_search(self, tag: str, command: str) -> None:
        mails = self.host.store.folders[self.folder]
        if "DELETED" in command:
            found = [mail.uid for mail in mails if "\\Deleted" in mail.flags]
        else:
            words = re.findall(r'"(.*)"', command)[0].encode()
            found = [mail.uid for mail in mails if words in mail.raw and not self.host.search_is_blind]
        await self.visitor.say(" ".join(["* SEARCH", *map(str, found)]), f"{tag} OK")

    async def on_store(self, tag: str, command: str) -> None:
        which = command.split()[2]
        for mail in self.host.store.folders[self.folder]:
            if self._chosen(which, mail.uid, last=False):
                mail.flags.add("\\Deleted")
        await self.visitor.say(f"{tag} OK")

    async def on_expunge(self, tag: str, command: str) -> None:
        if command.startswith("UID") and "UIDPLUS" not in self.host.capabilities:
            await self.visitor.say(f"{tag} BAD what")
            return
        which = command.split()[2] if command.startswith("UID") else ""
        folders = self.host.store.folders
        folders[self.folder] = [
            mail
            for mail in folders[self.folder]
            if "\\Deleted" not in mail.flags or (which and not self._chosen(which, mail.uid, last=False))
        ]
        await self.visitor.say(f"{tag} OK")

    async def on_idle(self, tag: str, _: str) -> None:
        await self.visitor.say("+ idling")
        bell = self.host.store.bell
        bell.clear()
        async with asyncio.TaskGroup() as group:
            ringing = group.create_task(bell.wait())
            done = group.create_task(self.visitor.hear())
            await asyncio.wait([ringing, done], return_when=asyncio.FIRST_COMPLETED)
            if not done.done():
                await self.visitor.say("* 1 EXISTS")
            await done
            ringing.cancel()
        await self.visitor.say(f"{tag} OK")


@asynccontextmanager
async def hosting(host: Host) -> AsyncIterator[Host]:
    """Serve both protocols."""
    async with serving(host.serve_smtp) as host.smtp, serving(host.serve_imap) as host.imap:
        try:
            yield host
        finally:
            for task in host.tasks:
                task.cancel()
            await asyncio.gather(*host.tasks, return_exceptions=True)


def target(host: Host, **options: Any) -> Roundtrip:
    """A round trip through the host."""
    where = {"host": "localhost", "connect_to": "127.0.0.1", "tls_mode": "none"}
    plain: dict[str, Any] = {
        "name": "trip",
        "component": "mail",
        "timeout": "2s",
        "smtp": {**where, "port": host.smtp.port or 1, **options.pop("smtp", {})},
        "imap": {**where, "port": host.imap.port or 1, "username": "probe", "password": PASSWORD},
        "mail_from": "probe@example.test",
        "mail_to": "inbox@example.test",
        "deliver_warn": "5s",
        "deliver_fail": "8s",
    }
    return Roundtrip(**(plain | options))


async def travel(host: Host, **options: Any) -> Result:
    """One look at a host that serves as long as the look lasts."""
    async with hosting(host):
        return await look(target(host, **options))
