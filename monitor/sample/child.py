"""The sample host as a child process that never outlives its parent."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from monitor.sample.parts import Ports
from monitor.sample.remote import Sample, SampleError

START_S: Final = 10.0
STOP_S: Final = 1.0


@asynccontextmanager
async def running(ports: Ports = Ports()) -> AsyncIterator[Sample]:  # noqa: B008 - Ports is frozen
    """Run ``ownup sample serve`` beside us for as long as the block lasts; raise SampleError if it does not start.

    The child watches a pipe from us and ends when it closes, so that even our ``kill -9`` leaves nothing behind.
    """
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "sample", "serve", "--leashed", "--ports", str(ports)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the daemon, which may still want to deliver to the sinks
    )
    try:
        yield Sample(await _answering(child))
    finally:
        await _end(child)


async def _answering(child: asyncio.subprocess.Process) -> Ports:
    """Wait for the first line, which tells the ports that the child listens on."""
    assert child.stdout is not None  # noqa: S101 - it was asked for as a pipe
    try:
        async with asyncio.timeout(START_S):
            line = await child.stdout.readline()
        return Ports.parse(line.decode().rpartition(" ")[2])
    except (TimeoutError, ValueError) as error:
        raise SampleError("the sample host did not start; is one running already? (see the lines above)") from error


async def _end(child: asyncio.subprocess.Process) -> None:
    assert child.stdin is not None  # noqa: S101 - it was asked for as a pipe
    child.stdin.close()
    try:
        async with asyncio.timeout(STOP_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
