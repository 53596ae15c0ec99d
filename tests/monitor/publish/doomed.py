"""A program that sends what is approved again and again, and dies each time one step later.

``python -m tests.monitor.publish.doomed RECORD BASE PORT CHANNEL`` copies RECORD once a death into BASE and sends from
the copy until it is killed at that step; then it sends what each life left, and prints how many deaths there were. A
step is the beginning or the end of a transaction, and of the exchange with the sink.
"""

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from monitor.channels.channel import Channel
from monitor.channels.webhook import Webhook
from monitor.config import Storage
from monitor.ledger import deliveries
from monitor.ledger.engines import FILE
from monitor.ledger.store import Ledger
from monitor.publish import tasks
from monitor.sending.post import Post
from tests.monitor.publish.readers import HOUSE, hooks

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


def channel(name: str, directory: Path, port: int) -> Channel:
    """One webhook, or those of all who subscribed, one after the other; each life has an address of its own."""
    if name == "hooks":
        return hooks(name=name, at_once=1)
    url = f"http://127.0.0.1:{port}/{directory.name}"
    return Webhook.model_validate({"name": name, "url": url, "secret": SECRET})


async def send(directory: Path, port: int, name: str) -> None:
    """Drain the channel until nothing is left to send."""
    async with Ledger.open(Storage(), directory) as ledger, asyncio.TaskGroup() as group:
        endless = tasks(
            ledger,
            channel(name, directory, port),
            house=HOUSE,
            clock=lambda: datetime.now(UTC),
            on_delivery=lambda *_: None,
        )
        sending = [group.create_task(task) for task in endless.values()]
        while True:
            seen = ledger.version
            async with ledger.read() as s:
                if not (await deliveries.pending_counts(s)).get(name):
                    break
            await ledger.changed(seen)
        for task in sending:
            task.cancel()


def move(directory: Path) -> None:
    """Let who subscribed live at an address of this life."""
    with closing(sqlite3.connect(directory / Storage().directory / FILE)) as record, record:
        record.execute("UPDATE subscriber SET address = replace(address, '/life', ?)", (f"/{directory.name}",))


def life(directory: Path, port: int, name: str, step: int) -> bool:
    """One life in a process of its own; whether it was killed."""
    child = os.fork()
    if not child:
        die_at(step)
        asyncio.run(send(directory, port, name))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def deaths(record: Path, base: Path, port: int, name: str) -> list[Path]:
    """Die at every step, until a life ends by itself; where each of the others left its record."""
    left = []
    for step in count():
        directory = base / f"step{step}"
        shutil.copytree(record, directory)
        move(directory)
        if not life(directory, port, name, step):
            return left
        left.append(directory)
    return left


async def come_back(left: list[Path], port: int, name: str) -> None:
    """Send the rest of every life."""
    await asyncio.gather(*(send(directory, port, name) for directory in left))


def main(record: Path, base: Path, port: int, name: str) -> None:
    """Die at every step, and come back each time."""
    left = deaths(record, base, port, name)
    asyncio.run(come_back(left, port, name))
    print(len(left))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
