"""What tripwires cost, and what they are worth: ``python -m benchmarks.tripwires idle`` and ``… killed``.

``idle`` holds ten thousand wires to a silent server of its own, on uvloop and on asyncio, and tells what that costs
while nothing happens; the exit code is 1 if an objective is missed. ``killed`` runs a real daemon on a real nginx with
30 s between looks, kills nginx again and again at random moments, and tells how soon there is a draft.
"""

import argparse
import asyncio
import os
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import aiohttp
import psutil
import trustme
import uvloop

from benchmarks.thousand import CONFIG, TARGET, daemon
from monitor.tripwire import Tripwires, room
from probes.kept import Kept
from tests.peers.nginx import Nginx
from tests.peers.ports import Block

CORE_SHARE_MAX: Final = 0.01
RSS_MB_MAX: Final = 60.0
DRAFT_S_MAX: Final = 2.0
TICK_S: Final = 0.25
GROUP: Final = 10
PER_SECOND: Final = 1000
POLL_S: Final = 0.02
INTERVAL_S: Final = 30
MB: Final = 1e6
LOOPS: Final = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}


def accept(listener: socket.socket) -> None:
    """Take every connection, say so, and nothing more."""
    room()
    taken = []
    while True:
        taken.append(listener.accept()[0])
        taken[-1].send(b"+")


@contextmanager
def silent_server() -> Iterator[tuple[str, int]]:
    """A server in a process of its own, so that what it costs does not count."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        child = get_context("fork").Process(target=accept, args=(listener,), daemon=True)
        child.start()
        try:
            yield listener.getsockname()
        finally:
            child.kill()
            child.join()


async def hold(count: int, seconds: float, address: tuple[str, int]) -> tuple[float, float]:
    """The share of a core, and the MB of memory, that so many wires cost."""
    process = psutil.Process()
    held_max = room()
    if held_max < count:
        sys.exit(f"the limit on open files allows {held_max} wires only")
    bare_mb = process.memory_info().rss / MB
    with closing(Tripwires(_nobody, {}, held_max=held_max)) as wires:
        for number in range(count):
            sock = socket.create_connection(address)
            sock.recv(1)  # a connection that the server's queue has no room for would be lost later
            sock.settimeout(0)
            wires.hold(f"target-{number}", Kept(sock))
            if number % GROUP == 0:  # looks are spread over their interval, and so are the kernel's questions
                await asyncio.sleep(GROUP / PER_SECOND)
        share = await _idle(process, seconds)
        if len(wires) < count:
            sys.exit(f"{count - len(wires)} wires were lost")
        return share, process.memory_info().rss / MB - bare_mb


def _nobody(target: str, in_s: float) -> None:
    raise AssertionError(f"{target} tripped (in {in_s} s), though nothing happened")


async def _idle(process: psutil.Process, seconds: float) -> float:
    """The share of a core while the loop only ticks, four times a second as the daemon's does."""
    before, began = process.cpu_times(), time.monotonic()
    for _ in range(round(seconds / TICK_S)):
        await asyncio.sleep(TICK_S)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / (time.monotonic() - began)


def idle(count: int, seconds: float, loop: str) -> bool:
    """Measure on one loop, in a process of its own."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with silent_server() as address, asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        share, mb = runner.run(hold(count, seconds, address))
    print(
        f"{loop:8} {count} wires for {seconds:g} s: {share:8.3%} of a core  {mb:6.1f} MB  {mb * MB / count:6.0f} B each"
    )
    sys.stdout.flush()
    os._exit(0 if share < CORE_SHARE_MAX and mb < RSS_MB_MAX else 1)


async def killed(runs: int) -> bool:
    """Kill nginx at random moments, and time the drafts."""
    block = Block()
    page, desk, metrics = block.port(), block.port(), block.port()
    url = f"http://127.0.0.1:{metrics}/metrics"
    waits_s = []
    certificate = trustme.CA().issue_cert("localhost")
    with tempfile.TemporaryDirectory() as directory, Nginx(block, certificate) as nginx:
        config = nginx.directory / "nginx.conf"
        config.write_text(config.read_text().replace("keepalive_timeout 5s", "keepalive_timeout 75s"))
        nginx.stop()
        nginx.start()
        text = CONFIG.format(interval=INTERVAL_S, page=page, desk=desk, metrics=metrics)
        text += TARGET.format(number=0, port=nginx.http)
        async with daemon(Path(directory), text, url), aiohttp.ClientSession() as session:
            for _ in range(runs):
                waits_s.append(await _kill(nginx, session, url))
                print(f"  {waits_s[-1]:.3f} s", flush=True)
    print(
        f"killed {runs} times, {INTERVAL_S} s between looks: "
        f"a draft after {statistics.median(waits_s):.3f} s (median), {max(waits_s):.3f} s (longest)"
    )
    return statistics.median(waits_s) < DRAFT_S_MAX


async def _kill(nginx: Nginx, session: aiohttp.ClientSession, url: str) -> float:
    """Seconds from one kill to the draft; afterwards nginx lives, and the draft is withdrawn."""
    await _until(session, url, "ownup_tripwires 1.0")
    await asyncio.sleep(random.uniform(0, INTERVAL_S))  # noqa: S311 - the moment is no secret
    await _until(session, url, "ownup_tripwires 1.0")
    began = time.monotonic()
    nginx.kill()
    await _until(session, url, "ownup_drafts_waiting 1.0")
    took_s = time.monotonic() - began
    nginx.start()
    await _until(session, url, "ownup_drafts_waiting 0.0")
    return took_s


async def _until(session: aiohttp.ClientSession, url: str, line: str) -> None:
    async with asyncio.timeout(3 * INTERVAL_S):
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(url) as answer:
                    if line in (await answer.text()).splitlines():
                        return
            await asyncio.sleep(POLL_S)


def main() -> int:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    cost = commands.add_parser("idle", help="what they cost")
    cost.add_argument("--wires", type=int, default=10_000, help="default: %(default)s")
    cost.add_argument("--seconds", type=float, default=30.0, help="how long to idle; default: %(default)s")
    worth = commands.add_parser("killed", help="what they are worth")
    worth.add_argument("--runs", type=int, default=5, help="more would be judged as flapping; default: %(default)s")
    options = parser.parse_args()
    if options.command == "killed":
        return 0 if asyncio.run(killed(options.runs)) else 1
    return 0 if min([idle(options.wires, options.seconds, loop) for loop in LOOPS]) else 1


if __name__ == "__main__":
    sys.exit(main())
