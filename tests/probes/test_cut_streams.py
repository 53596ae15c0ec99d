"""Whatever bytes a server sends, and wherever they end, a look ends in time with a closed reason."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.look import Outcome, Reason, Result
from tests.probes.lines import Server, Visitor, look_imap, look_pop3, look_smtp, look_tcp, serving

Look = Callable[..., Awaitable[Result]]

SIGN_IN = {"username": "probe", "password": "correct horse"}
SMTP = b"220 x\r\n250-x\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n221 bye\r\n"
IMAP = b"* OK x\r\n* CAPABILITY X\r\na1 OK\r\na2 OK\r\n* X {3}\r\nabc\r\n* 5 EXISTS\r\na3 OK\r\n* BYE\r\na4 OK\r\n"
POP3 = b"+OK x\r\n+OK\r\nUSER\r\n.\r\n+OK\r\n+OK\r\n+OK 3 1200\r\n+OK bye\r\n"
TALK = b"notice\r\nPING :1\r\nwelcome\r\n"

TIMEOUT_S = 0.4
PATIENT_S = 30.0


async def by_smtp(server: Server, timeout_s: float = TIMEOUT_S) -> Result:
    """A look that signs in and offers an envelope."""
    return await look_smtp(server, timeout=timeout_s, mail_from="a@x.test", rcpt_to="b@x.test", **SIGN_IN)


async def by_imap(server: Server, timeout_s: float = TIMEOUT_S) -> Result:
    """A look that signs in and examines."""
    return await look_imap(server, timeout=timeout_s, **SIGN_IN)


async def by_pop3(server: Server, timeout_s: float = TIMEOUT_S) -> Result:
    """A look that signs in and counts."""
    return await look_pop3(server, timeout=timeout_s, **SIGN_IN)


async def by_tcp(server: Server, timeout_s: float = TIMEOUT_S) -> Result:
    """A look that expects twice."""
    return await look_tcp(server, timeout=timeout_s, dialogue=[{"expect": "PING"}, {"expect": "welcome"}])


async def look_at(look: Look, stream: bytes, *, silent: bool, timeout_s: float = TIMEOUT_S) -> Result:
    """A look at a server that sends these bytes at once, and then closes or falls silent."""

    async def script(visitor: Visitor) -> None:
        visitor.writer.write(stream)
        await visitor.writer.drain()
        if silent:
            await visitor.stay_silent()
        visitor.writer.write_eof()
        await visitor.stay_silent()

    async with serving(script) as server:
        return await look(server, timeout_s)


def is_a_verdict(result: Result) -> bool:
    """Whether it is one of ours: in time, and never our own bug."""
    known = result.reason is None if result.outcome is Outcome.OK else result.reason in set(Reason) - {Reason.BROKEN}
    return known and result.duration_s < TIMEOUT_S + 0.5


CASES = pytest.mark.parametrize(("look", "stream"), [(by_smtp, SMTP), (by_imap, IMAP), (by_pop3, POP3), (by_tcp, TALK)])


@CASES
async def test_a_stream_that_ends_anywhere_gives_a_reason(look: Look, stream: bytes) -> None:
    """At each byte the connection may end: only the whole answer is ok."""
    results = [await look_at(look, stream[:cut], silent=False, timeout_s=PATIENT_S) for cut in range(len(stream) + 1)]
    assert Reason.BROKEN not in {result.reason for result in results}
    outcomes = [result.outcome for result in results]
    assert outcomes == sorted(outcomes, key=[Outcome.FAILED, Outcome.OK].index), "ok once, ok from then on"
    assert outcomes[0] is Outcome.FAILED
    assert outcomes[-1] is Outcome.OK


@CASES
async def test_a_stream_that_falls_silent_anywhere_ends_in_time(look: Look, stream: bytes) -> None:
    """At each byte the server may fall silent: the deadline holds."""
    looks = [look_at(look, stream[:cut], silent=True) for cut in range(len(stream) + 1)]
    results = await asyncio.gather(*looks)
    assert all(is_a_verdict(result) for result in results)
    assert {result.outcome for result in results} == {Outcome.OK, Outcome.FAILED}


@pytest.mark.parametrize(
    ("look", "line"),
    [
        (by_smtp, "220 " + "2.0.0 " * 10_000),
        (by_smtp, "2" * 65_000),
        (by_imap, "* OK [" + "a" * 65_000),
        (by_imap, "* OK [a " + "a " * 32_000),
        (by_imap, "* " + "{1" * 32_000),
        (by_imap, "* OK [a\t" + "]" * 65_000),
        (by_pop3, "+OK <" + "a@" * 32_000),
        (by_pop3, "+OK " + "<a@" * 21_000),
        (by_pop3, "+OK [" + "a" * 65_000),
        (by_tcp, "PING" * 16_000),
    ],
)
async def test_no_line_takes_long_to_understand(look: Look, line: str) -> None:
    """What a hostile server can put into one line costs no more than any other line: it holds up nobody else."""
    began = time.process_time()
    result = await look_at(look, line.encode() + b"\r\n", silent=False)
    assert is_a_verdict(result)
    assert time.process_time() - began < 1  # what backtracks takes minutes


@CASES
@settings(max_examples=40, deadline=None)
@given(noise=st.binary(max_size=300), at=st.integers(0, 80))
def test_noise_anywhere_gives_a_reason(look: Look, stream: bytes, noise: bytes, at: int) -> None:
    """Random bytes in the middle of a good answer never find a bug of ours."""
    result = asyncio.run(look_at(look, stream[:at] + noise, silent=False))
    assert is_a_verdict(result), result


@CASES
async def test_a_stream_of_single_bytes_does_not_stretch_a_stage(look: Look, stream: bytes) -> None:
    """A server that dribbles is never silent for long, and still too late."""

    async def script(visitor: Visitor) -> None:
        for byte in stream:
            visitor.writer.write(bytes([byte]))
            await visitor.writer.drain()
            await asyncio.sleep(TIMEOUT_S / 4)

    async with serving(script) as server:
        result = await look(server)
    assert result.outcome is Outcome.FAILED
    assert is_a_verdict(result)


@CASES
async def test_two_hundred_silent_servers_leave_nothing_behind(look: Look, stream: bytes) -> None:
    """A healthy look among two hundred stuck ones is quick, and afterwards no task and no socket is left."""

    async def script(visitor: Visitor) -> None:
        visitor.writer.write(stream)
        await visitor.stay_silent()

    mine = psutil.Process()
    tasks, sockets = len(asyncio.all_tasks()), len(mine.net_connections())
    async with serving(Visitor.stay_silent) as stuck, serving(script) as healthy:
        alone = [await look(healthy, PATIENT_S) for _ in range(9)]
        waiting = [asyncio.ensure_future(look(stuck, PATIENT_S)) for _ in range(200)]
        await look(healthy, PATIENT_S)  # by the end of it all the others wait
        among_them = [await look(healthy, PATIENT_S) for _ in range(9)]
        assert not any(one.done() for one in waiting)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert {result.outcome for result in (*alone, *among_them)} == {Outcome.OK}
    assert median(result.duration_s for result in among_them) < median(result.duration_s for result in alone) + 0.05
    assert len(asyncio.all_tasks()) == tasks
    assert len(mine.net_connections()) == sockets
