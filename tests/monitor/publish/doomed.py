"""A program that sends what is approved again and again, and dies each time one step later.

``python -m tests.monitor.publish.doomed RECORD BASE PORT`` copies RECORD once a death into BASE and sends from the copy
until it is killed at that step; then it sends what each life left, and prints how many deaths there were. A step is
the beginning or the end of a transaction, and of the exchange with the sink.
"""

import asyncio
import os
import shutil
import signal
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from monitor.channels.webhook import Webhook
from monitor.config import Site, Storage
from monitor.ledger import deliveries
from monitor.ledger.store import Ledger
from monitor.publish import drain
from monitor.sending.post import Post

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="


def die_at(step: int) -> None:
    """Kill this process, as ``kill -9`` does, when the given step is reached."""
    steps = count()

    def reach() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    write, ask = Ledger.write, Post.ask

    @asynccontextmanager
    async def watched(self: Ledger) -> Any:
        reach()
        async with write(self) as s:
            yield s
            reach()
        reach()

    async def asked(self: Post, *words: Any, **options: Any) -> Any:
        reach()
        answer = await ask(self, *words, **options)
        reach()
        return answer

    Ledger.write, Post.ask = watched, asked


async def send(directory: Path, port: int) -> None:
    """Drain the channel until nothing is left to send."""
    url = f"http://127.0.0.1:{port}/{directory.name}"
    channel = Webhook.model_validate({"name": "hook", "url": url, "secret": SECRET})
    async with Ledger.open(Storage(), directory) as ledger:
        site = Site(name="Example", public_url="https://status.test")
        sending = asyncio.create_task(
            drain(ledger, channel, site=site, clock=lambda: datetime.now(UTC), on_delivery=lambda *_: None)
        )
        while True:
            seen = ledger.version
            async with ledger.read() as s:
                if not (await deliveries.pending_counts(s)).get("hook"):
                    break
            await ledger.changed(seen)
        sending.cancel()


def life(directory: Path, port: int, step: int) -> bool:
    """One life in a process of its own; whether it was killed."""
    child = os.fork()
    if not child:
        die_at(step)
        asyncio.run(send(directory, port))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def deaths(record: Path, base: Path, port: int) -> list[Path]:
    """Die at every step, until a life ends by itself; where each of the others left its record."""
    left = []
    for step in count():
        directory = base / f"step{step}"
        shutil.copytree(record, directory)
        if not life(directory, port, step):
            return left
        left.append(directory)
    return left


async def come_back(left: list[Path], port: int) -> None:
    """Send the rest of every life."""
    await asyncio.gather(*(send(directory, port) for directory in left))


def main(record: Path, base: Path, port: int) -> None:
    """Die at every step, and come back each time."""
    left = deaths(record, base, port)
    asyncio.run(come_back(left, port))
    print(len(left))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
