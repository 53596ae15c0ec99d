"""Cuts our own line in network namespaces, with sixty targets at its far end, and counts what we accuse them of.

Run as root on Linux with ``ip``: ``python -m benchmarks.cut_off``. All traffic stays inside two namespaces that it
makes and removes. It prints one line a cut: incidents that opened, drafts, alarms, how soon we knew that we were cut
off, and how soon after healing that we see again. In the end one target really goes down, and must be told. A test of
the whole plays a short form of it (tests/e2e/test_cut_off.py).
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.line import HERE, WORLD, inside, ip, line

ROOT: Final = Path(__file__).parents[1]
FOURS, NAMED, SIXES = 50, 10, 10  # The first ten by IPv4 are looked at by name.
LONE: Final = FOURS - 1  # The last one is looked at so seldom that only its tripwire can be early.
DARK_S, LIGHT_S, WAIT_S = 15.0, 10.0, 30.0
SERVER: Final = """
import http.server, socket, threading
class Four(http.server.ThreadingHTTPServer):
    request_queue_size = 256
class Six(Four):
    address_family = socket.AF_INET6
    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()
class Well(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *_): pass
threading.Thread(target=Six(("::", 80), Well).serve_forever, daemon=True).start()
Four(("0.0.0.0", 80), Well).serve_forever()
"""
RESOLVER: Final = """
import contextlib, socket
door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); door.bind(("10.77.0.1", 53))
while True:
    asked, who = door.recvfrom(512)
    end = asked.index(0, 12) + 5
    number, is_a = int(asked[13:13 + asked[12]]), asked[end - 3] == 1
    answer = bytes([192, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 10, 78, number, 1]) if is_a else b""
    with contextlib.suppress(OSError):  # the way back is cut
        door.sendto(asked[:2] + bytes([129, 128, 0, 1, 0, is_a, 0, 0, 0, 0]) + asked[12:end] + answer, who)
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Our settings, and how long it is dark and light."""

    interval: str = "5s"
    timeout: str = "3s"
    dark_s: float = DARK_S
    light_s: float = LIGHT_S


def config(pace: Pace) -> str:
    """Sixty targets of as many hosts and domains, without an anchor."""
    hosts = {f"name{n}": f"{n}.site{n}.test" for n in range(NAMED)}
    hosts |= {f"four{n}": f"10.78.{n}.1" for n in range(NAMED, FOURS)}
    hosts |= {f"six{n}": f"[fd00:78:{n}::1]" for n in range(SIXES)}
    parts = [f'[defaults]\ninterval = "{pace.interval}"\ntimeout = "{pace.timeout}"\n']
    parts += ['[[component]]\nid = "site"\nname = "Site"\n']
    parts += [
        f'[[target]]\nname = "{name}"\nkind = "http"\ncomponent = "site"\nurl = "http://{host}/"\n'
        + ('interval = "20s"\ntimeout = "8s"\n' if name == f"four{LONE}" else "")
        for name, host in hosts.items()
    ]
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one cut: new incidents, drafts and alarms, and seconds until we knew it and saw again."""

    incidents: int
    drafts: int
    alarms: int
    known_s: float = 0.0
    healed_s: float = 0.0


@dataclass
class Daemon:
    """The daemon in its namespace, seen through its record, its log and its metrics."""

    directory: Path
    pace: Pace
    resolver: int

    def isolated(self) -> bool:
        """What the metric says, and ``/-/ready`` with it."""
        cut_off = 'ownup_place_isolated{place="here"} 1.0' in self.get("/metrics")
        return cut_off and "we are cut off" in self.get("/-/ready")

    def until(self, *, isolated: bool) -> float:
        """Seconds until it says so."""
        began = time.monotonic()
        while self.isolated() is not isolated:
            if time.monotonic() - began > WAIT_S:
                return float("inf")
            time.sleep(0.2)
        return time.monotonic() - began

    def counts(self) -> tuple[int, int, int]:
        """Incidents, drafts and alarms so far."""
        with contextlib.closing(sqlite3.connect(self.directory / ".ownup" / "record.db")) as record:
            incidents, drafts = (
                record.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own two words
                for table in ("incident", "incident_update")
            )
        return incidents, drafts, self.log().count("we are cut off: results count as unknown")

    def log(self) -> str:
        """What it logged."""
        return self.directory.joinpath("log").read_text()

    def get(self, path: str) -> str:
        """A page of its metrics listener."""
        asked = inside(HERE, "curl", "-s", f"http://127.0.0.1:9481{path}")
        return subprocess.run(asked, check=False, capture_output=True, text=True).stdout

    def endure(self, cut: str) -> Seen:
        """Cut the line in this way, heal it, and tell what came of it."""
        before = self.counts()
        first, *heal = cuts(self.resolver)[cut]
        subprocess.run(first, check=True)
        known_s = self.until(isolated=True)
        time.sleep(self.pace.dark_s)
        for step in heal:
            subprocess.run(step, check=True)
        healed_s = self.until(isolated=False)
        time.sleep(self.pace.light_s)
        return Seen(*self._since(before), known_s, healed_s)

    def lose_one(self) -> Seen:
        """Let one target really go."""
        before = self.counts()
        ip("-n", WORLD, "addr", "del", "10.78.20.1/32", "dev", "lo")
        began = time.monotonic()
        while self.counts()[1] == before[1] and time.monotonic() - began < WAIT_S:
            time.sleep(0.2)
        time.sleep(self.pace.dark_s)
        return Seen(*self._since(before))

    def _since(self, before: tuple[int, int, int]) -> Iterator[int]:
        return (now - then for now, then in zip(self.counts(), before, strict=True))


def cuts(resolver: int) -> dict[str, list[list[str]]]:
    """Each way to cut the line: one command that cuts, and those that heal."""
    world, here = ["ip", "-n", WORLD], ["ip", "-n", HERE]
    return {
        "our own link goes down": [
            [*here, "link", "set", "here0", "down"],
            [*here, "link", "set", "here0", "up"],
            [*here, "addr", "replace", "fd00:77::2/64", "dev", "here0", "nodad"],
            [*here, "route", "replace", "default", "via", "10.77.0.1"],
            [*here, "-6", "route", "replace", "default", "via", "fd00:77::1"],
        ],
        "the far end of our line goes down": [
            [*world, "link", "set", "world0", "down"],
            [*world, "link", "set", "world0", "up"],
            [*world, "addr", "replace", "fd00:77::1/64", "dev", "world0", "nodad"],
        ],
        "packets vanish on the way back": [
            [*world, "route", "add", "blackhole", "10.77.0.2/32"],
            [*world, "route", "del", "blackhole", "10.77.0.2/32"],
        ],
        "only IPv6 is cut": [
            [*world, "-6", "route", "add", "blackhole", "fd00:77::2/128"],
            [*world, "-6", "route", "del", "blackhole", "fd00:77::2/128"],
        ],
        "only the resolver falls silent": [["kill", "-STOP", str(resolver)], ["kill", "-CONT", str(resolver)]],
    }


@contextlib.contextmanager
def daemon(pace: Pace) -> Iterator[Daemon]:
    """The line, both servers at its far end, and the daemon at ours."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(line(fours=FOURS, sixes=SIXES))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        _, resolver = (
            stack.enter_context(_running(inside(WORLD, sys.executable, "-c", it))) for it in (SERVER, RESOLVER)
        )
        path = directory / "config.toml"
        path.write_text(config(pace))
        ownup = inside(HERE, sys.executable, "-m", "monitor", "run", "--config", str(path))
        stack.enter_context(_running(ownup, directory / "log"))
        yield Daemon(directory, pace, resolver)


@contextlib.contextmanager
def _running(command: list[str], log: Path = Path(os.devnull)) -> Iterator[int]:
    """A process, by its id, which is ended by SIGTERM."""
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait()


def main() -> None:
    """Cut the line in five ways, then let one target fail."""
    with daemon(Pace()) as ownup:
        time.sleep(LIGHT_S)
        print(f"{'cut':36} {'incidents':>9} {'drafts':>6} {'alarms':>6} {'known in':>9} {'healed in':>9}")
        for cut in cuts(0):
            seen = ownup.endure(cut)
            print(
                f"{cut:36} {seen.incidents:9} {seen.drafts:6} {seen.alarms:6} "
                f"{seen.known_s:7.1f} s {seen.healed_s:7.1f} s"
            )
        seen = ownup.lose_one()
        print(f"{'one target is gone':36} {seen.incidents:9} {seen.drafts:6} {seen.alarms:6}")


if __name__ == "__main__":
    main()
