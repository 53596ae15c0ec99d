"""Two network namespaces with one line between them: here is the monitor, and the world has an address for everybody.

It needs root, Linux and ``ip``. Nothing leaves the two namespaces, and they are gone afterwards.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

NUMBER: Final = os.environ.get("OWNUP_LINE", str(os.getpid()))  # whoever is started inside is told its line's number
HERE: Final = f"ownup-here-{NUMBER}"
WORLD: Final = f"ownup-world-{NUMBER}"
RESOLV: Final = Path("/etc/netns") / HERE / "resolv.conf"


def ip(*words: str) -> None:
    """Run one ``ip`` command."""
    subprocess.run(["ip", *words], check=True)


def inside(place: str, *words: str) -> list[str]:
    """A command that runs in a namespace."""
    return ["ip", "netns", "exec", place, *words]


def why_not() -> str | None:
    """Why no line can be laid on this machine, or None."""
    if os.geteuid() != 0:
        return "network namespaces can only be made by root"
    try:
        made = subprocess.run(["ip", "netns", "add", HERE], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "network namespaces are made with ip, which is not installed"
    if made.returncode:
        return f"network namespaces cannot be made here: {made.stderr.strip()}"
    ip("netns", "del", HERE)
    return None


@contextlib.contextmanager
def line(*, fours: int, sixes: int = 0) -> Iterator[None]:
    """Lay the line. The world has so many addresses: 10.78.0.1, 10.78.1.1 and so on, fd00:78:0::1 and so on."""
    with contextlib.ExitStack() as stack:
        for place in (HERE, WORLD):
            ip("netns", "add", place)
            stack.callback(ip, "netns", "del", place)
        _join()
        for number in range(fours):
            ip("-n", WORLD, "addr", "add", f"10.78.{number}.1/32", "dev", "lo")
        for number in range(sixes):
            ip("-n", WORLD, "addr", "add", f"fd00:78:{number}::1/128", "dev", "lo", "nodad")
        RESOLV.parent.mkdir(parents=True)
        stack.callback(RESOLV.parent.rmdir)
        RESOLV.write_text("nameserver 10.77.0.1\n")
        stack.callback(RESOLV.unlink)
        yield


def _join() -> None:
    ip("link", "add", "here0", "netns", HERE, "type", "veth", "peer", "name", "world0", "netns", WORLD)
    for place, device, address in ((HERE, "here0", "10.77.0.2/24"), (WORLD, "world0", "10.77.0.1/24")):
        ip("-n", place, "addr", "add", address, "dev", device)
        for one in (device, "lo"):
            ip("-n", place, "link", "set", one, "up")
    ip("-n", HERE, "route", "add", "default", "via", "10.77.0.1")
    ip("-n", HERE, "addr", "add", "fd00:77::2/64", "dev", "here0", "nodad")
    ip("-n", WORLD, "addr", "add", "fd00:77::1/64", "dev", "world0", "nodad")
    ip("-n", HERE, "-6", "route", "add", "default", "via", "fd00:77::1")
