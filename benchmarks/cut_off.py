"""Cuts our own line in network namespaces, with fifty targets at its far end, and counts what we accuse them of.

Run as root on Linux with ``ip``: ``.venv/bin/python benchmarks/cut_off.py``. All traffic stays inside two namespaces
that it makes and removes. It prints one line a cut: incidents that opened, drafts, alarms, how soon we knew that we
were cut off, and how soon after healing that we see again. In the end one target really goes down, and must be told.
"""

import contextlib
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
HERE, WORLD = "ownup-here", "ownup-world"
TARGETS: Final = 50
DARK_S, LIGHT_S, WAIT_S = 20.0, 15.0, 30.0
SERVER: Final = """
import http.server
class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("0.0.0.0", 80), Well).serve_forever()
"""


def ip(*words: str) -> None:
    """Run one ``ip`` command."""
    subprocess.run(["ip", *words], check=True)


def inside(place: str, *words: str) -> list[str]:
    """A command that runs in a namespace."""
    return ["ip", "netns", "exec", place, *words]


@contextlib.contextmanager
def line() -> Iterator[None]:
    """Two namespaces with one line between them; the world has an address for every target."""
    for place in (HERE, WORLD):
        ip("netns", "add", place)
    try:
        ip("link", "add", "here0", "netns", HERE, "type", "veth", "peer", "name", "world0", "netns", WORLD)
        for place, device, address in ((HERE, "here0", "10.77.0.2/24"), (WORLD, "world0", "10.77.0.1/24")):
            ip("-n", place, "addr", "add", address, "dev", device)
            for one in (device, "lo"):
                ip("-n", place, "link", "set", one, "up")
        ip("-n", HERE, "route", "add", "default", "via", "10.77.0.1")
        for number in range(TARGETS):
            ip("-n", WORLD, "addr", "add", f"10.78.{number}.1/32", "dev", "lo")
        yield
    finally:
        for place in (HERE, WORLD):
            ip("netns", "del", place)


def config(directory: Path) -> Path:
    """Fifty targets of fifty hosts, without an anchor."""
    parts = ['[defaults]\ninterval = "5s"\ntimeout = "3s"\n', '[[component]]\nid = "site"\nname = "Site"\n']
    parts += [
        f'[[target]]\nname = "t{n}"\nkind = "http"\ncomponent = "site"\nurl = "http://10.78.{n}.1/"\n'
        for n in range(TARGETS)
    ]
    path = directory / "config.toml"
    path.write_text("\n".join(parts))
    return path


@dataclass
class Daemon:
    """The daemon in its namespace, seen through its record, its log and its metrics."""

    directory: Path
    log: Path

    def isolated(self) -> bool:
        """What the metric says, and ``/-/ready`` with it."""
        text = self._get("/metrics")
        cut_off = 'ownup_place_isolated{place="here"} 1.0' in text
        return cut_off and "we are cut off" in self._get("/-/ready")

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
        return incidents, drafts, self.log.read_text().count("we are cut off: results count as unknown")

    def _get(self, path: str) -> str:
        asked = inside(HERE, "curl", "-s", f"http://127.0.0.1:9481{path}")
        return subprocess.run(asked, check=False, capture_output=True, text=True).stdout


CUTS: Final = {
    "our own link goes down": (
        ["-n", HERE, "link", "set", "here0", "down"],
        ["-n", HERE, "link", "set", "here0", "up"],
        ["-n", HERE, "route", "replace", "default", "via", "10.77.0.1"],
    ),
    "the far end of our line goes down": (
        ["-n", WORLD, "link", "set", "world0", "down"],
        ["-n", WORLD, "link", "set", "world0", "up"],
    ),
    "packets vanish on the way back": (
        ["-n", WORLD, "route", "add", "blackhole", "10.77.0.2/32"],
        ["-n", WORLD, "route", "del", "blackhole", "10.77.0.2/32"],
    ),
}


def main() -> None:
    """Cut the line in three ways, then let one target fail."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(line())
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = subprocess.Popen(inside(WORLD, sys.executable, "-c", SERVER))
        stack.callback(world.terminate)
        log = directory / "log"
        command = inside(HERE, sys.executable, "-m", "monitor", "run", "--config", str(config(directory)))
        with log.open("w") as out:
            ownup = subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT)
        stack.callback(ownup.wait)
        stack.callback(ownup.terminate)  # Callbacks run last first.
        time.sleep(LIGHT_S)
        daemon = Daemon(directory, log)
        print(f"{'cut':36} {'incidents':>9} {'drafts':>6} {'alarms':>6} {'known in':>9} {'healed in':>9}")
        for name, (cut, *heal) in CUTS.items():
            before = daemon.counts()
            ip(*cut)
            known_s = daemon.until(isolated=True)
            time.sleep(DARK_S)
            for step in heal:
                ip(*step)
            healed_s = daemon.until(isolated=False)
            time.sleep(LIGHT_S)
            new = [now - then for now, then in zip(daemon.counts(), before, strict=True)]
            print(f"{name:36} {new[0]:9} {new[1]:6} {new[2]:6} {known_s:7.1f} s {healed_s:7.1f} s")
        before = daemon.counts()
        ip("-n", WORLD, "addr", "del", "10.78.7.1/32", "dev", "lo")
        time.sleep(LIGHT_S)
        new = [now - then for now, then in zip(daemon.counts(), before, strict=True)]
        print(f"{'one target is gone':36} {new[0]:9} {new[1]:6} {new[2]:6}")


if __name__ == "__main__":
    main()
