"""Cuts our own line in network namespaces, with sixty targets at its far end, and counts what we accuse them of.

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
FOURS, NAMED, SIXES = 50, 10, 10  # The first ten by IPv4 are looked at by name.
DARK_S, LIGHT_S, WAIT_S = 15.0, 10.0, 30.0
RESOLV: Final = Path("/etc/netns") / HERE / "resolv.conf"
SERVER: Final = """
import http.server, socket, threading
class Six(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()
class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *_): pass
threading.Thread(target=Six(("::", 80), Well).serve_forever, daemon=True).start()
http.server.ThreadingHTTPServer(("0.0.0.0", 80), Well).serve_forever()
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
        ip("-n", HERE, "addr", "add", "fd00:77::2/64", "dev", "here0", "nodad")
        ip("-n", WORLD, "addr", "add", "fd00:77::1/64", "dev", "world0", "nodad")
        ip("-n", HERE, "-6", "route", "add", "default", "via", "fd00:77::1")
        for number in range(FOURS):
            ip("-n", WORLD, "addr", "add", f"10.78.{number}.1/32", "dev", "lo")
        for number in range(SIXES):
            ip("-n", WORLD, "addr", "add", f"fd00:78:{number}::1/128", "dev", "lo", "nodad")
        RESOLV.parent.mkdir(parents=True)
        RESOLV.write_text("nameserver 10.77.0.1\n")
        yield
    finally:
        RESOLV.unlink(missing_ok=True)
        RESOLV.parent.rmdir()
        for place in (HERE, WORLD):
            ip("netns", "del", place)


def config(directory: Path) -> Path:
    """Sixty targets of as many hosts and domains, without an anchor."""
    hosts = {f"name{n}": f"{n}.site{n}.test" for n in range(NAMED)}
    hosts |= {f"four{n}": f"10.78.{n}.1" for n in range(NAMED, FOURS)}
    hosts |= {f"six{n}": f"[fd00:78:{n}::1]" for n in range(SIXES)}
    parts = ['[defaults]\ninterval = "5s"\ntimeout = "3s"\n', '[[component]]\nid = "site"\nname = "Site"\n']
    parts += [
        f'[[target]]\nname = "{name}"\nkind = "http"\ncomponent = "site"\nurl = "http://{host}/"\n'
        for name, host in hosts.items()
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


def main() -> None:
    """Cut the line in five ways, then let one target fail."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(line())
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = subprocess.Popen(inside(WORLD, sys.executable, "-c", SERVER))
        stack.callback(world.terminate)
        resolver = subprocess.Popen(inside(WORLD, sys.executable, "-c", RESOLVER))
        stack.callback(resolver.terminate)
        log = directory / "log"
        command = inside(HERE, sys.executable, "-m", "monitor", "run", "--config", str(config(directory)))
        with log.open("w") as out:
            ownup = subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT)
        stack.callback(ownup.wait)
        stack.callback(ownup.terminate)  # Callbacks run last first.
        time.sleep(LIGHT_S)
        daemon = Daemon(directory, log)
        print(f"{'cut':36} {'incidents':>9} {'drafts':>6} {'alarms':>6} {'known in':>9} {'healed in':>9}")
        for name, (cut, *heal) in cuts(resolver.pid).items():
            before = daemon.counts()
            subprocess.run(cut, check=True)
            known_s = daemon.until(isolated=True)
            time.sleep(DARK_S)
            for step in heal:
                subprocess.run(step, check=True)
            healed_s = daemon.until(isolated=False)
            time.sleep(LIGHT_S)
            new = [now - then for now, then in zip(daemon.counts(), before, strict=True)]
            print(f"{name:36} {new[0]:9} {new[1]:6} {new[2]:6} {known_s:7.1f} s {healed_s:7.1f} s")
        before = daemon.counts()
        ip("-n", WORLD, "addr", "del", "10.78.20.1/32", "dev", "lo")
        time.sleep(LIGHT_S)
        new = [now - then for now, then in zip(daemon.counts(), before, strict=True)]
        print(f"{'one target is gone':36} {new[0]:9} {new[1]:6} {new[2]:6}")


if __name__ == "__main__":
    main()
