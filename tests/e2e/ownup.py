"""The daemon as its operators have it: a process on a config file, which can be stopped, killed and started again."""

import asyncio
import re
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

START_S = 30

# Where a daemon of a test listens, and keeps its record: the beginning of its config.
HOUSE = """[desk]
listen = "127.0.0.1:{desk}"
url = "http://127.0.0.1:{desk}"
[page]
listen = "127.0.0.1:{page}"
[metrics]
listen = "127.0.0.1:{metrics}"
[storage]
directory = "record"
"""


@dataclass
class Ownup:
    """One daemon. ``link`` is the one-time link of its first start."""

    directory: Path
    config: str
    environ: dict[str, str] = field(default_factory=dict)
    page: str = ""
    desk: str = ""
    metrics: str = ""
    link: str = ""
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until it has told its addresses."""
        (self.directory / "config.toml").write_text(self.config)
        with (self.directory / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command(),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=self.environ,
            )
        assert self.process.stdout
        async with asyncio.timeout(START_S):
            while not self.metrics:
                self._read((await self.process.stdout.readline()).decode())
            while not await self._answers():
                await asyncio.sleep(0.05)

    def command(self) -> list[str]:
        """What an operator types."""
        return [sys.executable, "-m", "monitor", "run", "--config", str(self.directory / "config.toml")]

    def _read(self, line: str) -> None:
        assert line, f"it did not start: {self.log()}"
        name, _, value = line.partition("   ")
        url = value.split()[0] if value.split() else ""
        match re.sub(r"\s+", " ", name.strip()):
            case "public page":
                self.page = url
            case "desk":
                self.desk = url
            case "first admin":
                self.link = url
            case "metrics":
                self.metrics = url

    async def _answers(self) -> bool:
        try:
            async with aiohttp.ClientSession() as session, session.get(self.desk) as answer:
                return answer.status < 500
        except aiohttp.ClientError:
            return False

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """End it as an operator would; gives its exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        assert self.process
        if self.process.returncode is None:
            self.process.send_signal(number)
        self.metrics = ""
        return await self.process.wait()

    def log(self) -> str:
        """What it logged."""
        return (self.directory / "log").read_text()
