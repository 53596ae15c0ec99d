"""``ownup incidents``, ``drafts`` and ``approve``: the desk from a terminal anywhere, over its API."""

import asyncio
import json
import os
import pty
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from drafts.notice import Notice
from monitor.commands import main
from monitor.desk.app import make
from monitor.ledger import drafts
from monitor.models import AuditEntry, Delivery
from tests.monitor.desk.api.conftest import issue
from tests.monitor.desk.house import House


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said."""

    code: int | None
    out: str
    err: str


@dataclass(slots=True)
class Terminal:
    """Somebody's shell, with the address of a desk and maybe a token."""

    url: str
    token: str
    patch: pytest.MonkeyPatch
    said: pytest.CaptureFixture[str]

    async def run(
        self, *words: str, typed: str | None = None, meanwhile: Callable[[], Awaitable[Any]] | None = None
    ) -> Done:
        """Run ``ownup``, on a terminal if something is ``typed`` there; ``meanwhile`` happens once it asks."""
        self.patch.setenv("OWNUP_TOKEN", self.token)
        ours, theirs = pty.openpty()
        asked = ""
        with os.fdopen(theirs) as there:
            self.patch.setattr("sys.stdin", StringIO() if typed is None else there)
            command = asyncio.create_task(asyncio.to_thread(main, [*words, "--url", self.url]))
            while meanwhile and "[y/N]" not in asked and not command.done():
                asked += self.said.readouterr().out
                await asyncio.sleep(0.02)
            if meanwhile:
                await meanwhile()
            os.write(ours, (typed or "").encode())
            code = await command
        os.close(ours)
        out, err = self.said.readouterr()
        return Done(code, asked + out, err)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A provider with a confirmed outage."""
    async with House.open(tmp_path) as opened:
        await opened.fail()
        yield opened


@pytest.fixture
async def terminal(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Terminal]:
    """Maria's."""
    async with TestServer(make(house.seat())) as server:
        secret = await issue(house, "Maria")
        capsys.readouterr()
        yield Terminal(str(server.make_url("/")).rstrip("/"), secret, monkeypatch, capsys)


async def sent(house: House) -> int:
    """How much was given to channels."""
    async with house.ledger.read() as s:
        return len((await s.scalars(select(Delivery))).all())


async def test_incidents_and_drafts_are_listed(terminal: Terminal) -> None:
    """As a table for people, as JSON for programs, and one as a whole."""
    table = await terminal.run("incidents")
    assert table.code == 0, table.err
    heads, row = table.out.splitlines()
    assert heads.split() == ["NUMBER", "STAGE", "WHAT", "HOW"]
    assert row.startswith("1       investigating  Sending email  1 check fails since")
    told = json.loads((await terminal.run("drafts", "--json")).out)
    assert (told["id"], told["kind"]) == (1, "first")
    assert "took it up" in (await terminal.run("incidents", "1")).out


async def test_a_yes_on_a_terminal_shows_the_words_first(house: House, terminal: Terminal) -> None:
    """What was shown is what goes out, in Maria's name."""
    no = await terminal.run("approve", "1", typed="\n")
    assert (no.code, no.out.splitlines()[-1][-21:]) == (1, "nothing was published")
    assert await sent(house) == 0
    yes = await terminal.run("approve", "1", typed="y\n")
    assert yes.code == 0, yes.err
    assert "Sending email: no secure connection in part" in yes.out
    assert "not over subscribers: it needs Sending email, which fails now" in yes.out
    assert "approved by Maria: it goes out now over chat, page" in yes.out
    assert await sent(house) == 2


async def version(terminal: Terminal) -> str:
    """The version that ``ownup drafts 1`` names in its last line."""
    return (await terminal.run("drafts", "1")).out.splitlines()[-1].removeprefix("version: ")


async def last_audit(house: House) -> AuditEntry:
    """The newest line of the audit."""
    async with house.ledger.read() as s:
        return (await s.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()


async def test_the_version_says_what_was_read(house: House, terminal: Terminal) -> None:
    """What changed since is refused by the desk, and stands in the audit; what did not goes out, once."""
    read = await version(terminal)
    assert read in (await terminal.run("drafts")).out
    await house.fail("smtp-relay")
    stale = await terminal.run("approve", "1", "--version", read)
    assert (stale.code, await sent(house)) == (1, 0)
    assert stale.err.startswith("Not done: the draft changed since you got it")
    assert len(stale.err.splitlines()) == 1
    line = await last_audit(house)
    assert (line.actor, line.action, line.through) == ("Maria", "refused", "token 1: robot")
    now = await version(terminal)
    assert (await terminal.run("approve", "1", "--version", f'"{now}"')).code == 0
    again = await terminal.run("approve", "1", "--version", now)
    assert (again.code, await sent(house)) == (1, 2)
    assert "somebody has approved this draft already" in again.err


async def test_facts_that_changed_under_edited_words_are_another_version(house: House, terminal: Terminal) -> None:
    """The words are the same, and yet it is not what was read."""
    async with house.ledger.write() as s:
        await drafts.edit(s, 1, (await house.person("Rita")).id, 1, Notice("t", "b", "s", "p"), house.now)
    read = await version(terminal)
    await house.fail("smtp-relay")
    stale = await terminal.run("approve", "1", "--version", read, "--override", "It must out.")
    assert (stale.code, await sent(house)) == (1, 0)
    assert "the draft changed since you got it" in stale.err


async def test_a_draft_that_changes_while_it_is_read_is_not_approved(house: House, terminal: Terminal) -> None:
    """The yes is to what was shown, however long it is looked at."""
    done = await terminal.run("approve", "1", typed="y\n", meanwhile=lambda: house.fail("smtp-relay"))
    assert "publish this in your name?" in done.out
    assert (done.code, await sent(house)) == (1, 0)
    assert "the draft changed since you got it" in done.err


async def test_without_a_terminal_one_says_which_words(house: House, terminal: Terminal) -> None:
    """No version and no yes: nothing; with --yes the words are shown, and go out as shown."""
    blind = await terminal.run("approve", "1")
    assert (blind.code, await sent(house)) == (2, 0)
    assert "give the --version that you have read, or --yes" in blind.err
    done = await terminal.run("approve", "1", "--yes")
    assert (done.code, await sent(house)) == (0, 2)
    assert "Sending email: no secure connection in part" in done.out
    assert "publish this in your name?" not in done.out


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        ("", "", "OWNUP_TOKEN is not set"),
        ("", "a\nb", "OWNUP_TOKEN holds what no token of ours does"),
        ("http://desk.example", "ownup_x", "would send your token in the clear: use https"),
        ("desk", "ownup_x", "is no address of a desk"),
        ("http://127.0.0.1:9", "ownup_x", "does not answer"),
    ],
)
async def test_what_cannot_be_asked_is_one_line(terminal: Terminal, url: str, token: str, said: str) -> None:
    """Exit code 2, and nothing was sent."""
    done = await replace(terminal, url=url or terminal.url, token=token).run("drafts")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


async def test_a_token_that_opens_nothing_is_said_to_be_so(terminal: Terminal) -> None:
    """Exit code 1: the desk has answered, and it was no."""
    done = await replace(terminal, token="ownup_guess").run("incidents")
    assert done.code == 1
    assert "none that we know was shown" in done.err


async def test_something_else_at_that_address_is_said_to_be_so(terminal: Terminal) -> None:
    """A page of another server makes no traceback."""
    app = web.Application()
    app.router.add_get("/{path:.*}", _hello)
    async with TestServer(app) as server:
        done = await replace(terminal, url=str(server.make_url("/")).rstrip("/")).run("incidents")
    assert done.code == 2
    assert "is no desk of ours" in done.err
    assert len(done.err.splitlines()) == 1


async def _hello(request: web.Request) -> web.Response:
    del request
    return web.Response(text="<h1>Hello</h1>", content_type="text/html")
