"""Folders of a mailbox over IMAP: which there are, what is new in one, and the removal of exactly what is ours.

Everything is looked at by EXAMINE and BODY.PEEK, which change no flag. Only the removal opens a folder for writing.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from probes.command import Commands
from probes.letter import FIELDS, Fields, fields
from probes.mailbox import read
from probes.reason import Reason
from probes.response import Response

TAIL_MAX: Final = 50
SEARCHED_MAX: Final = 50
HEADER_BYTES_MAX: Final = 8192
REPORT_BYTES_MAX: Final = 32 * 1024
FRAME_CHARS_MAX: Final = 2048  # an answer to our FETCH needs a tenth of it, its literals apart

_LIST: Final = re.compile(r'\* LIST \(([^)]*)\) (?:NIL|"\\?.") (.+)', re.IGNORECASE)
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_FETCH: Final = re.compile(r"\* \d+ FETCH \(", re.IGNORECASE)
_UID: Final = re.compile(r"[( ]UID ([0-9]{1,10})[ )]", re.IGNORECASE)
_DATE: Final = re.compile(r'INTERNALDATE "([^"]{20,30})"', re.IGNORECASE)
_EXISTS: Final = re.compile(r"([0-9]{1,10}) EXISTS", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as far as its headers tell; ``arrived_at`` is by the server's clock (INTERNALDATE)."""

    uid: int
    arrived_at: datetime | None
    header: Fields


@dataclass(slots=True)
class Folder:
    """A folder, by its name on the wire and as people read it; ``junk`` is where the spam goes."""

    raw: bytes
    name: str
    junk: bool
    validity: str = ""
    seen: int = 0
    searched: bool = False
    exists: int = field(default=0, compare=False)


async def listed(commands: Commands, *, special: bool) -> dict[bytes, tuple[str, frozenset[str]]]:
    """Every folder by its name on the wire: as people read it, and its attributes in small letters.

    ``special`` asks for the attributes of RFC 6154 too.
    """
    found: dict[bytes, tuple[str, frozenset[str]]] = {}
    for verb in ("LIST", "LIST (SPECIAL-USE)") if special else ("LIST",):
        with commands.talk.stage("list", "its list of folders"):
            answer = await commands.give(verb, b"", b"*")
        for said in answer.untagged:
            if match := _LIST.match(said.frame):
                raw = _name(match[2], said)
                name, attributes = found.get(raw, (read(raw.decode("utf-8", "replace")), frozenset()))
                found[raw] = name, attributes | frozenset(match[1].lower().split())
    return found


async def fresh(commands: Commands, folder: Folder, owner: str) -> list[Mail]:
    """What came into a folder since we last asked; at first its last messages, and all that SEARCH knows to be ours.

    A SEARCH may lag behind what is there, so it is never asked for what has just come.
    """
    talk = commands.talk
    talk.renew()
    with talk.stage("examine", f"its answer to EXAMINE {folder.name}"):
        answer = await commands.give("EXAMINE", folder.raw)
    if not answer.ok:
        raise answer.final.refusal(talk, f"EXAMINE {folder.name}", Reason.SELECT)
    folder.exists = max(
        (int(match[1]) for said in answer.untagged if (match := _EXISTS.fullmatch(said.rest))), default=0
    )
    validity = _validity(answer.untagged)
    if validity != folder.validity:
        folder.validity, folder.seen, folder.searched = validity, 0, False
    mails = []
    if folder.exists:
        first = f"UID FETCH {folder.seen + 1}:*" if folder.seen else f"FETCH {max(1, folder.exists - TAIL_MAX + 1)}:*"
        mails = [mail for mail in await _fetch(commands, first) if mail.uid > folder.seen]
        mails += await _searched(commands, folder, owner, {mail.uid for mail in mails})
    folder.seen = max([folder.seen, *(mail.uid for mail in mails)])
    return mails


async def body(commands: Commands, uid: int) -> str:
    """The beginning of a message's text, its soft line ends taken out."""
    with commands.talk.stage("report", "the report that came back"):
        answer = await commands.give(f"UID FETCH {uid} (UID BODY.PEEK[TEXT]<0.{REPORT_BYTES_MAX}>)")
    texts = [text for said in answer.untagged if _FETCH.match(said.frame) for text in said.literals]
    return b"\r\n".join(texts).decode("utf-8", "replace").replace("=\r\n", "")


async def remove(commands: Commands, folder: Folder, uids: Sequence[int]) -> bool:
    """Remove exactly these messages; whether they are gone. What others have marked as deleted is not expunged."""
    talk, chosen = commands.talk, ",".join(map(str, sorted(uids)))
    talk.renew()
    with talk.stage("remove", "its answer to the removal of our message"):
        answer = await commands.give("SELECT", folder.raw)
        if not answer.ok or _validity(answer.untagged) != folder.validity:
            return False
        if not (await commands.give(f"UID STORE {chosen} +FLAGS.SILENT (\\Deleted)")).ok:
            return False
        if (await commands.give(f"UID EXPUNGE {chosen}")).ok:  # UIDPLUS, RFC 4315
            return True
        marked = await _uids(commands, "DELETED")
        return marked == set(uids) and (await commands.give("EXPUNGE")).ok


async def _searched(commands: Commands, folder: Folder, owner: str, known: Iterable[int]) -> list[Mail]:
    if folder.searched or folder.exists <= TAIL_MAX:
        return []
    folder.searched = True
    with commands.talk.stage("search", "its answer to SEARCH"):
        uids = await _uids(commands, f'SUBJECT "ownup.{owner}."') - set(known)
    chosen = ",".join(map(str, sorted(uids)[-SEARCHED_MAX:]))
    return await _fetch(commands, f"UID FETCH {chosen}") if chosen else []


async def _uids(commands: Commands, criterion: str) -> set[int]:
    answer = await commands.give(f"UID SEARCH {criterion}")
    words = (said.rest.split() for said in answer.untagged)
    return {
        int(word) for verb, *rest in filter(None, words) if verb.upper() == "SEARCH" for word in rest if word.isdigit()
    }


async def _fetch(commands: Commands, which: str) -> list[Mail]:
    with commands.talk.stage("fetch", "the headers that we asked for"):
        parts = f"(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS ({FIELDS})]<0.{HEADER_BYTES_MAX}>)"
        answer = await commands.give(f"{which} {parts}")
    mails = (_mail(said) for said in answer.untagged if _FETCH.match(said.frame))
    return [mail for mail in mails if mail]


def _mail(said: Response) -> Mail | None:
    if len(said.frame) > FRAME_CHARS_MAX:
        return None
    uid = _UID.search(_QUOTED.sub('""', said.frame))
    if uid is None:
        return None
    date = _DATE.search(said.frame)
    return Mail(int(uid[1]), _time(date[1]) if date else None, fields(b"".join(said.literals)))


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _name(word: str, said: Response) -> bytes:
    if said.literals:
        return said.literals[-1]
    quoted = _QUOTED.fullmatch(word.strip())
    return (re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else word.strip()).encode()


def _validity(untagged: Iterable[Response]) -> str:
    return next((said.data for said in untagged if said.code == "UIDVALIDITY"), "")
