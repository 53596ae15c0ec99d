"""Breaks real servers one after the other, and times us and the usual way side by side: ``python -m benchmarks.live``.

Every server is an nginx of its own at an address of its own, behind a line of network namespaces, so it needs root. In
each story as many servers as ``--runs`` says fail at random moments of the 30 s between two looks: their process is
killed; their address vanishes, so that packets are dropped without a word; or they live and answer with 500. Ownup and
blackbox_exporter with Prometheus and Alertmanager watch all of them at once. We count from the breaking to the moment
at which anybody else can read in our record that there is a draft, and to the moment at which either side calls a
human, which both do by a webhook. The exit code is 1 if an objective is missed.
"""

import argparse
import base64
import os
import random
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.line import HERE, NUMBER, WORLD, inside, ip, line
from benchmarks.rival import Called, rival, webhook
from tests.peers.ports import Block

INTERVAL_S: Final = 30
WARM_S: Final = 2.5 * INTERVAL_S  # Two looks of each, so that every tripwire hangs and Prometheus has seen all of them.
GAP_S: Final = 3.0
LONGEST_S: Final = 240.0
POLL_S: Final = 0.05
STARTING_S_MAX: Final = 60.0
ANCHORS: Final = 3
TIMES_MIN: Final = 4.0
STORIES: Final = ("killed", "black-holed", "status 500")

NGINX: Final = """
daemon off; master_process off; pid {directory}/pid;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2; fastcgi_temp_path {directory}/t3;
    uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
    server {{
        listen {address}:80;
        root {directory};
        if (-f {directory}/broken) {{ return 500; }}
    }}
}}
"""
CONFIG: Final = """
[defaults]
interval = "{interval}s"
[[route]]
kind = "webhook"
name = "sink"
url = "${{LIVE_URL}}"
secret = "${{LIVE_SECRET}}"
[[person]]
name = "whoever is on call"
routes = ["sink"]
"""
TARGET: Final = """
[[component]]
id = "{name}"
name = "{name}"
[[target]]
name = "{name}"
kind = "http"
component = "{name}"
url = "{url}"
"""
ANCHOR: Final = '\n[[anchor]]\nname = "{name}"\nkind = "http"\nurl = "{url}"\n'
SEEN: Final = """
    SELECT member.target FROM member JOIN incident_update ON incident_update.incident_id = member.incident_id
"""


@dataclass
class Server:
    """One nginx, and what was seen of its end, on the monotonic clock."""

    name: str
    address: str
    story: str
    directory: Path
    process: subprocess.Popen[bytes] | None = None
    broken_s: float = 0.0
    seen: dict[str, float] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its only page."""
        return f"http://{self.address}/"

    def start(self) -> None:
        """Serve."""
        self.directory.mkdir()
        self.directory.joinpath("index.html").write_text("All our shops are open.\n")
        conf = self.directory / "conf"
        conf.write_text(NGINX.format(directory=self.directory, address=self.address))
        command = inside(WORLD, "nginx", "-e", str(self.directory / "log"), "-c", str(conf))
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        """End it, if it lives."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def fail(self) -> None:
        """Do to it what its story says."""
        if self.story == "killed":
            self.stop()
        elif self.story == "black-holed":
            ip("-n", WORLD, "addr", "del", f"{self.address}/32", "dev", "lo")
        else:
            self.directory.joinpath("broken").touch()
        self.broken_s = time.monotonic()

    def took_s(self, what: str) -> float:
        """How long after it broke, endless if it never came."""
        return self.seen.get(what, float("inf")) - self.broken_s


def cast(stories: Sequence[str], runs: int, directory: Path) -> list[Server]:
    """The servers of every story, and those that never break."""
    roles = [*(story for story in stories for _ in range(runs)), *["anchor"] * ANCHORS]
    return [Server(f"site-{n}", f"10.78.{n}.1", story, directory / f"site-{n}") for n, story in enumerate(roles)]


def config(servers: Sequence[Server]) -> str:
    """Ours: each server is a target of a component of its own, with every default."""
    parts = [
        (ANCHOR if server.story == "anchor" else TARGET).format(name=server.name, url=server.url) for server in servers
    ]
    return CONFIG.format(interval=INTERVAL_S) + "".join(parts)


@contextmanager
def ownup(directory: Path, text: str, sink: str) -> Iterator[Path]:
    """Our daemon, which calls people at ``sink``; gives its record."""
    path = directory / "config.toml"
    path.write_text(text)
    env = {**os.environ, "LIVE_URL": sink, "LIVE_SECRET": f"whsec_{base64.b64encode(os.urandom(32)).decode()}"}
    command = [sys.executable, "-m", "monitor", "run", "--config", path]
    with directory.joinpath("log").open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, env=env)
    try:
        yield directory / ".ownup" / "record.db"
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait()


def opened(path: Path) -> sqlite3.Connection:
    """The record, to be read, as soon as the daemon has made it."""
    deadline_s = time.monotonic() + STARTING_S_MAX
    while True:
        try:
            record = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            record.execute(SEEN)
        except sqlite3.OperationalError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(POLL_S)
        else:
            return record


def subject(told: dict[str, Any]) -> Iterator[str]:
    """The servers that a call of ours is about."""
    return (found[0] for found in re.finditer(r"site-\d+", told["data"]["title"]) if told["data"]["why"] == "confirmed")


def note(record: sqlite3.Connection, ours: Called, theirs: Called, servers: Sequence[Server]) -> None:
    """Take in what can be seen now of either side."""
    drafted = {target for (target,) in record.execute(SEEN)}
    now_s = time.monotonic()
    for server in servers:
        if server.name in drafted:
            server.seen.setdefault("draft", now_s)
        if server.name in ours:
            server.seen["called"] = ours[server.name]
        if server.url in theirs:
            server.seen["theirs"] = theirs[server.url]


def play(
    record: sqlite3.Connection, ours: Called, theirs: Called, servers: Sequence[Server], dice: random.Random
) -> None:
    """Break one after the other, each at a random moment, and wait until both sides have told of all of them."""
    order = [server for server in servers if server.story != "anchor"]
    dice.shuffle(order)
    began_s = time.monotonic() + WARM_S
    # The pauses are random and two looks of one target are 30 s apart, so the phase is random too.
    moments = sorted(began_s + dice.uniform(0, max(len(order) * GAP_S, INTERVAL_S)) for _ in order)
    waiting = list(zip(moments, order, strict=True))
    while waiting or any(len(server.seen) < 3 for server in order):
        note(record, ours, theirs, servers)
        early = [server.name for _, server in waiting if server.seen]
        if early:
            sys.exit(f"told of before it broke: {', '.join(early)}")
        while waiting and waiting[0][0] <= time.monotonic():
            waiting.pop(0)[1].fail()
        if time.monotonic() > moments[-1] + LONGEST_S:
            return
        time.sleep(POLL_S)


def report(stories: Sequence[str], servers: Sequence[Server]) -> bool:
    """Print the table; false if an objective is missed."""
    print(f"{'':12}{'draft':>16}{'called':>16}{'mean':>8}{'blackbox & co.':>18}{'times':>8}")
    print(f"{'':12}{'p50':>8}{'worst':>8}{'p50':>8}{'worst':>8}{'':>8}{'p50':>9}{'worst':>9}")
    misses: list[str] = []
    for story in stories:
        drafts, calls, theirs = (
            [server.took_s(what) for server in servers if server.story == story]
            for what in ("draft", "called", "theirs")
        )
        draft, call, mean, their = (
            *map(statistics.median, (drafts, calls)),
            statistics.fmean(calls),
            statistics.median(theirs),
        )
        print(
            f"{story:12}{draft:8.1f}{max(drafts):8.1f}{call:8.1f}{max(calls):8.1f}{mean:8.1f}"
            f"{their:9.1f}{max(theirs):9.1f}{their / call:8.1f}"
        )
        misses += _misses(story, draft, call, mean, their)
    for miss in misses:
        print(f"missed: {miss}")
    return not misses


def _misses(story: str, draft: float, call: float, mean: float, their: float) -> list[str]:
    """The objectives that this story misses."""
    bounds = {
        "killed": (("a draft, median", draft, 2.0), ("called, median", call, 15.0)),
        "black-holed": (("called, median", call, 45.0),),
        "status 500": (("called, mean", mean, 30.0),),
    }
    found = [
        f"{story}: {what}: {value:.1f} s, not {limit:g} s" for what, value, limit in bounds[story] if value > limit
    ]
    if their / call < TIMES_MIN:
        found.append(f"{story}: {their / call:.1f} times as fast, not {TIMES_MIN:g}")
    return found


def perform(stories: Sequence[str], runs: int, seed: int) -> bool:
    """All of it, inside our end of the line."""
    print(f"seed {seed}, {runs} runs of each story, {INTERVAL_S} s between looks", flush=True)
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="live-"))
        stack.callback(shutil.rmtree, directory)
        servers = cast(stories, runs, directory)
        for server in servers:
            server.start()
            stack.callback(server.stop)
        ours: Called = {}
        theirs = stack.enter_context(rival(Block(), [server.url for server in servers]))
        sink = stack.enter_context(webhook(ours, subject))
        path = stack.enter_context(ownup(directory, config(servers), sink))
        record = stack.enter_context(closing(opened(path)))
        play(record, ours, theirs, servers, random.Random(seed))  # noqa: S311 - the moments are no secret
        return report(stories, servers)


def main() -> int:
    """Read the options, lay the line, and go on at its near end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="servers to break in each story; default: %(default)s")
    parser.add_argument("--story", choices=STORIES, action="append", help="only this one; may be given again")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the moments")  # noqa: S311 - no secret
    options = parser.parse_args()
    stories = options.story or STORIES
    if "OWNUP_LINE" in os.environ:
        return 0 if perform(stories, options.runs, options.seed) else 1
    with line(fours=len(stories) * options.runs + ANCHORS):
        again = inside(HERE, sys.executable, "-m", "benchmarks.live", *sys.argv[1:])
        return subprocess.run(again, check=False, env={**os.environ, "OWNUP_LINE": NUMBER}).returncode


if __name__ == "__main__":
    sys.exit(main())
