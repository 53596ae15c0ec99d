"""The sample host as a whole: a child process that breaks, repairs, shows and never outlives us."""

import asyncio
import contextlib
import signal
import smtplib
import sys

import aiohttp
import psutil
import pytest

from monitor.sample import Part, Ports, SampleError, Standing, running

ANY = Ports(*[0] * 6)


@pytest.mark.parametrize("part", Part)
async def test_a_broken_part_refuses_until_it_is_repaired(part: Part) -> None:
    """Broken means refused, on the same port as before, and nothing else breaks with it."""
    async with running(ANY) as sample:
        port = getattr(sample.ports, part.value)
        assert await sample.state() == dict.fromkeys(Part, Standing.WORKING)
        await sample.break_(part)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert await sample.state() == {**dict.fromkeys(Part, Standing.WORKING), part: Standing.BROKEN}
        await sample.repair(part)
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()


async def test_breaking_drops_those_who_are_inside() -> None:
    """An open connection does not survive the break."""
    async with running(ANY) as sample:
        reader, writer = await asyncio.open_connection("127.0.0.1", sample.ports.smtp)
        assert (await reader.readline()).startswith(b"220 ")
        await sample.break_(Part.SMTP)
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()


async def test_breaking_twice_is_breaking_once() -> None:
    """Break and repair may be said again: what counts is how the part stands."""
    async with running(ANY) as sample:
        await sample.break_(Part.WEB)
        await sample.break_(Part.WEB)
        await sample.repair(Part.WEB)
        await sample.repair(Part.WEB)
        assert (await sample.state())[Part.WEB] is Standing.WORKING


async def test_the_sinks_keep_and_show_what_came() -> None:
    """A webhook and a mail show up for people, escaped, and for programs, whole."""
    async with running(ANY) as sample, aiohttp.ClientSession(f"http://127.0.0.1:{sample.ports.sink_web}") as session:
        await session.post("/webhook", data="<script>", headers={"Idempotency-Key": "k1"})
        with smtplib.SMTP("127.0.0.1", sample.ports.sink_smtp, timeout=5) as client:
            client.sendmail("desk@shop.test", ["list@shop.test"], "Subject: we are down\n\nsorry")
        page = await (await session.get("/")).text()
        kept = await (await session.get("/kept.json")).json()
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "Subject: we are down" in page
    assert kept["webhooks"][0]["headers"]["Idempotency-Key"] == "k1"
    assert kept["webhooks"][0]["body"] == "<script>"
    assert kept["mails"][0]["mail"]["recipients"] == ["list@shop.test"]


async def test_the_sink_forgets_the_oldest() -> None:
    """Twenty are kept, so that a loop that never stops cannot fill the memory."""
    async with running(ANY) as sample, aiohttp.ClientSession(f"http://127.0.0.1:{sample.ports.sink_web}") as session:
        for number in range(25):
            await session.post("/webhook", data=str(number))
        kept = await (await session.get("/kept.json")).json()
    assert [webhook["body"] for webhook in kept["webhooks"]] == [str(number) for number in range(24, 4, -1)]


async def test_the_shop_is_open() -> None:
    """The page says what an example config looks for."""
    async with running(ANY) as sample, aiohttp.request("GET", f"http://127.0.0.1:{sample.ports.web}/") as answer:
        assert "All our shops are open." in await answer.text()


async def test_leaving_ends_the_child() -> None:
    """After the block nothing answers any more, and we have no child left."""
    before = set(psutil.Process().children())
    async with running(ANY) as sample:
        (child,) = set(psutil.Process().children()) - before
    assert not child.is_running()
    with pytest.raises(SampleError):
        await sample.state()


async def test_a_killed_parent_leaves_nothing() -> None:
    """Even ``kill -9`` of the parent ends the child, because the pipe between them closes."""
    program = (
        "import asyncio, os\n"
        "from monitor.sample import Ports, running\n"
        "async def main():\n"
        "    async with running(Ports(*[0] * 6)) as sample:\n"
        "        print(sample.ports, flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    assert await parent.stdout.readline()
    (child,) = psutil.Process(parent.pid).children()
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    await asyncio.to_thread(child.wait, 5)


async def test_a_taken_port_is_one_clear_line() -> None:
    """A second host on the same ports says so, with exit code 2 and without a traceback."""
    async with running(ANY) as sample:
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "monitor", "sample", "serve", "--ports", str(sample.ports)),
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await second.communicate()
    assert second.returncode == 2
    assert said.decode().count("\n") == 1
    assert "address already in use" in said.decode()
