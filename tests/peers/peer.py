"""A real server as a test's peer: its own directory, its own ports, its own process group, gone when the test is."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import psutil

START_S: Final = 10.0
STOP_S: Final = 1.5
PAUSE_S: Final = 0.02

# Where .ci/unpack puts the servers that may not be installed beside others.
UNPACKED: Final = Path(__file__).parents[2] / ".cache" / "peers"


def unpacked(path: str) -> Path:
    """A file or directory of theirs."""
    found = UNPACKED / path
    assert found.exists(), f"there is no {found}: run .ci/peers"
    return found


class Peer(ABC):
    """A server that runs in the foreground. ``log`` is what to read when it does not do what you expect."""

    start_s: float = START_S

    def __init__(self) -> None:
        # Not pytest's tmp_path: that is closed to other users, but root's servers drop to users of their own,
        # and its names are too long for UNIX sockets (108 bytes).
        self.directory = Path(tempfile.mkdtemp(prefix="peer-", dir="/tmp"))
        self.directory.chmod(0o755)
        self.log = self.directory / "log"
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments; it must stay in the foreground."""

    @abstractmethod
    def port_to_wait_for(self) -> int:
        """A port that answers once the server is up."""

    def environment(self) -> dict[str, str]:
        """What the program's environment has besides our own."""
        return {}

    @property
    def is_running(self) -> bool:
        """Whether its first process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start, and come back when it answers; start it again after ``stop`` or ``kill`` at will."""
        assert not self.is_running, "it runs already"
        with self.log.open("ab") as log:
            environment = {**os.environ, **self.environment()}
            self._process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, env=environment, start_new_session=True
            )
        give_up = time.monotonic() + self.start_s
        while not _answers(self.port_to_wait_for()):
            if not self.is_running or time.monotonic() > give_up:
                self.kill()
                message = f"{type(self).__name__} did not start:\n{self.log.read_text(errors='replace')}"
                raise RuntimeError(message)
            time.sleep(PAUSE_S)
        return self

    def stop(self) -> None:
        """End it as an administrator would (SIGTERM), within two seconds."""
        if self._process is not None and self.is_running:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S)
        self.kill()

    def kill(self) -> None:
        """End it and all its children at once (SIGKILL to the process group)."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(STOP_S)
            _await_end_of_group(self._process.pid)
            self._process = None

    def remove(self) -> None:
        """Kill it and leave nothing behind."""
        self.kill()
        shutil.rmtree(self.directory)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, *_error: object) -> None:
        self.stop()
        self.remove()


def _await_end_of_group(group: int) -> None:
    """SIGKILL comes back before its victims are gone, and until then they hold their ports."""
    give_up = time.monotonic() + STOP_S
    while any(_is_alive_in(process, group) for process in psutil.process_iter()):
        assert time.monotonic() < give_up, f"process group {group} outlives SIGKILL"
        time.sleep(PAUSE_S)


def _is_alive_in(process: psutil.Process, group: int) -> bool:
    """A zombie is dead, though nobody has buried it."""
    try:
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
