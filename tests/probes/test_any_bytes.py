"""Any bytes from a server, cut anywhere, at any speed, end in time, in an outcome, and leave nothing behind."""

import asyncio
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probes.http import Http
from probes.look import Outcome, Reason, Result, look

TIMEOUT_S = 0.2

PIECES = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 302 Found\r\nLocation: /\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Type: text/html; charset=utf-16\r\n",
    b"Upgrade: h2c\r\nConnection: upgrade\r\n",
    b"\r\n",
    b"5\r\nhello\r\n",
    b"0\r\n\r\n",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03",
    b"\x15\x03\x03\x00\x02\x02\x28",
    b"x" * 70_000,
]

streams = st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=12).map(b"".join)


async def look_at(stream: bytes, cuts: list[int], scheme: str, *, closes: bool) -> Result:
    """One look at a server that says these bytes in these pieces, and then closes or is silent."""
    talks: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())
        try:
            await reader.read(1)
            for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
                writer.write(stream[start:end])
                await writer.drain()
                await asyncio.sleep(0)
            while not closes and await reader.read(65536):
                pass
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        target = Http(
            name="any",
            component="any",
            url=url,
            timeout=f"{int(TIMEOUT_S * 1000)}ms",
            max_redirects=1,
            max_body="64KiB",
            body_must_match="hello",
            header_must_not_match={"Upgrade": "h3"},
        )
        result = await look(target)
        assert asyncio.all_tasks() - talks == {asyncio.current_task()}
        await asyncio.wait_for(asyncio.gather(*filter(None, talks)), 1)  # they end when our sockets are closed
    return result


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    stream=streams,
    cut=st.lists(st.floats(0, 1), max_size=4),
    scheme=st.sampled_from(["http", "https"]),
    closes=st.booleans(),
)
def test_any_bytes_end_in_an_outcome(stream: bytes, cut: list[float], scheme: str, *, closes: bool) -> None:
    """In time, with a reason of the closed set, never by our own bug, and with harmless evidence."""
    cuts = sorted(int(where * len(stream)) for where in cut)
    result = asyncio.run(look_at(stream, cuts, scheme, closes=closes))
    assert result.duration_s < TIMEOUT_S + 0.5
    assert result.outcome in {Outcome.OK, Outcome.FAILED}, result.detail
    assert (result.reason is None) == (result.outcome is Outcome.OK)
    assert result.reason is None or result.reason in Reason
    assert all(not re.search(r"[\x00-\x1f\x7f]", line.text) for line in result.evidence)
    assert not re.search(r"[\x00-\x1f\x7f]", result.detail)
