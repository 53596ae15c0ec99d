"""Which looks leave their connection standing, and what the server then sees of us."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from probes.http import Http
from probes.imap import Imap
from probes.kept import ASK_AFTER_S, GIVE_UP_S, Kept, Sign
from probes.look import Outcome, Result, look
from probes.pop3 import Pop3
from probes.smtp import Smtp
from probes.target import Target
from probes.tcp import Tcp
from probes.tls import Tls
from tests.peers.dovecot import PASSWORD, USERNAME, Dovecot
from tests.peers.nginx import Nginx
from tests.peers.postfix import Postfix
from tests.probes.lines import Script, Server, Visitor, answering, serving
from tests.probes.web import reply, web

COMMON: dict[str, Any] = {"name": "one", "component": "all", "timeout": "5s"}
SIGN_IN = {"username": "probe", "password": "correct horse"}
IMAP = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done",
    "LOGIN": "{tag} OK welcome",
    "EXAMINE": "* 5 EXISTS\r\n{tag} OK [READ-ONLY] done",
    "LOGOUT": "* BYE until next time\r\n{tag} OK done",
}


@asynccontextmanager
async def looked(target: Target) -> AsyncIterator[tuple[Result, list[Kept]]]:
    """A look, and what it left standing."""
    kept: list[Kept] = []
    try:
        yield await look(target, keep=kept.append), kept
    finally:
        for one in kept:
            one.close()


def http(url: str, **options: Any) -> Http:
    """A web target."""
    return Http(url=url, **COMMON, **options)


def lines(kind: type[Target], server: Server, **options: Any) -> Target:
    """A target that talks in lines, without TLS."""
    return kind(host="127.0.0.1", port=server.port, tls_mode="none", **COMMON, **options)  # type: ignore[call-arg]


async def test_a_web_server_that_keeps_alive_leaves_a_connection(nginx: Nginx) -> None:
    """It stands, the kernel watches it, and it drops when the server is killed."""
    async with looked(http(f"http://127.0.0.1:{nginx.http}/")) as (result, kept):
        assert result.outcome is Outcome.OK
        (one,) = kept
        assert one.hear() is Sign.STANDS
        with socket.socket(fileno=socket.dup(one.fileno())) as seen:
            assert seen.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert seen.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == ASK_AFTER_S
            assert seen.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == GIVE_UP_S * 1000
        nginx.kill()
        assert one.hear() is Sign.DROPPED


async def test_tls_leaves_a_bare_connection(nginx: Nginx, authority_file: Path) -> None:
    """Tickets that come after the answer are forgotten, and the end is still seen."""
    target = http(f"https://localhost:{nginx.https}/", tls=Tls(ca_file=authority_file))
    async with looked(target) as (result, kept):
        assert result.outcome is Outcome.OK, result.detail
        (one,) = kept
        nginx.kill()
        async with asyncio.timeout(2):
            while one.hear() is not Sign.DROPPED:
                await asyncio.sleep(0.001)


async def test_nothing_is_kept_that_nobody_wants() -> None:
    """Without ``keep``, and with ``tripwire = false``, the server is told that the connection closes."""
    async with web(reply("fine")) as site:
        await look(http(site.url()))
        async with looked(http(site.url(), tripwire=False)) as (_, kept):
            assert kept == []
        assert [asked.headers["connection"] for asked in site.asked] == ["close", "close"]


@pytest.mark.parametrize(
    "page",
    [
        reply("fine", connection="close"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nfine",
        b"HTTP/1.1 200 OK\r\n\r\nfine",
        reply("broken", "500 Internal Server Error"),
    ],
    ids=["close", "1.0", "until the end", "failed"],
)
async def test_some_answers_leave_nothing(page: bytes) -> None:
    """A server that closes after its answer, and one whose answer is not good."""
    async with web(page) as site, looked(http(site.url())) as (_, kept):
        assert kept == []
        assert site.asked[0].headers["connection"] == "keep-alive"


async def test_only_the_last_step_of_a_redirect_is_kept(nginx: Nginx) -> None:
    """Its other connections are closed, as ever."""
    async with looked(http(f"http://127.0.0.1:{nginx.http}/moved")) as (result, kept):
        assert result.numbers["redirects"] == 1
        assert len(kept) == 1


def idling(answer: str) -> Script:
    """An IMAP server that answers so to IDLE."""
    return answering("* OK ready", {**IMAP, "IDLE": answer})


async def test_an_imap_session_goes_idle() -> None:
    """Where we are signed in, the server is told that we listen, and not that we leave."""
    async with serving(idling("+ idling")) as server, looked(lines(Imap, server, **SIGN_IN)) as (result, kept):
        assert result.outcome is Outcome.OK, result.detail
        assert len(kept) == 1
        assert server.heard[-1] == b"a4 IDLE"
        assert list(result.phases)[-1] == "idle"


async def test_an_imap_server_without_idle_is_left() -> None:
    """One that refuses IDLE hears a farewell."""
    async with serving(idling("{tag} BAD no")) as server, looked(lines(Imap, server, **SIGN_IN)) as (result, kept):
        assert result.outcome is Outcome.OK, result.detail
        assert kept == []
        assert server.heard[-1] == b"a5 LOGOUT"


async def test_a_real_dovecot_goes_idle(dovecot: Dovecot, authority_file: Path) -> None:
    """Over TLS; when it is killed, the connection drops."""
    target = Imap(
        host="127.0.0.1",
        port=dovecot.imaps,
        username=USERNAME,
        password=PASSWORD,
        tls=Tls(ca_file=authority_file),
        **COMMON,
    )
    async with looked(target) as (result, kept):
        assert result.outcome is Outcome.OK, result.detail
        (one,) = kept
        dovecot.kill()
        async with asyncio.timeout(2):
            while one.hear() is not Sign.DROPPED:
                await asyncio.sleep(0.001)


@pytest.mark.parametrize(("options", "count"), [({}, 1), (SIGN_IN, 0)], ids=["unknown", "signed in"])
async def test_a_pop3_session_is_kept_unless_it_locks_the_mailbox(options: dict[str, str], count: int) -> None:
    """RFC 1939 section 4: who has signed in holds an exclusive lock."""

    async def answer(visitor: Visitor) -> None:
        await visitor.say("+OK ready")
        while True:
            await visitor.say("-ERR no" if await visitor.hear() == b"CAPA" else "+OK 0 0")

    async with serving(answer) as server, looked(lines(Pop3, server, **options)) as (result, kept):
        assert result.outcome is Outcome.OK, result.detail
        assert len(kept) == count


async def test_a_plain_connection_is_kept() -> None:
    """With a dialogue or without, and not after one that failed."""
    dialogues = {"^hello": 1, "^farewell": 0}

    async def greet(visitor: Visitor) -> None:
        await visitor.say("hello")
        await visitor.stay_silent()

    async with serving(greet) as server:
        for expected, count in dialogues.items():
            steps = [{"expect": expected}]
            async with looked(lines(Tcp, server, dialogue=steps, stage_timeout="100ms")) as (_, kept):
                assert len(kept) == count


@pytest.mark.parametrize(("options", "count"), [({}, 0), ({"tripwire": True}, 1)], ids=["default", "asked"])
async def test_smtp_is_kept_only_if_asked(options: dict[str, bool], count: int, postfix: Postfix) -> None:
    """A mail server has few places for idle clients."""
    target = Smtp(host="127.0.0.1", port=postfix.smtp, tls=Tls(verify=False), **COMMON, **options)
    async with looked(target) as (result, kept):
        assert result.outcome is Outcome.OK, result.detail
        assert len(kept) == count


async def test_a_look_that_should_have_been_refused_leaves_nothing(authority: trustme.CA, authority_file: Path) -> None:
    """A finding that comes after the connection was left standing still closes it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    async def greet(visitor: Visitor) -> None:
        await visitor.stay_silent()

    tls = Tls(ca_file=authority_file, expect_alert=True)
    async with serving(greet, context) as server:
        target = Tcp(host="127.0.0.1", port=server.port, tls_mode="implicit", tls=tls, **COMMON)
        async with looked(target) as (result, kept):
            assert result.outcome is Outcome.FAILED
            assert kept == []
