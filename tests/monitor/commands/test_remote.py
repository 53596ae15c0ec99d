"""``ownup incidents``, ``drafts`` and ``approve``: the desk from a terminal anywhere, over its API."""

import asyncio
import json
import os
import pty
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from monitor.commands import main
from monitor.desk.app import make
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

    async def run(self, *words: str, typed: str | None = None) -> Done:
        """Run ``ownup``, on a terminal if something is ``typed`` there."""
        self.patch.setenv("OWNUP_TOKEN", self.token)
        ours, theirs = pty.openpty()
        with os.fdopen(theirs) as there:
            self.patch.setattr("sys.stdin", StringIO() if typed is None else there)
            os.write(ours, (typed or "").encode())
            code = await asyncio.to_thread(main, [*words, "--url", self.url])
        os.close(ours)
        out, err = self.said.readouterr()
        return Done(code, out, err)


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


async def test_without_a_terminal_the_hash_says_which_words(house: House, terminal: Terminal) -> None:
    """No hash, no yes; a wrong one is refused by the desk, and stands in the audit."""
    blind = await terminal.run("approve", "1")
    assert (blind.code, await sent(house)) == (2, 0)
    assert "give --text-sha256" in blind.err
    wrong = await terminal.run("approve", "1", "--text-sha256", "0" * 64)
    assert (wrong.code, await sent(house)) == (1, 0)
    assert wrong.err.startswith("Not done: the draft is not what you saw")
    assert len(wrong.err.splitlines()) == 1
    async with house.ledger.read() as s:
        line = (await s.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()
    assert (line.actor, line.action, line.through) == ("Maria", "refused", "token 1: robot")
    right = json.loads((await terminal.run("drafts", "1", "--json")).out)["text_sha256"]
    assert (await terminal.run("approve", "1", "--text-sha256", right)).code == 0
    again = await terminal.run("approve", "1", "--text-sha256", right)
    assert (again.code, await sent(house)) == (1, 2)
    assert "somebody has approved this draft already" in again.err


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
