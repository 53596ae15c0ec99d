"""A small mail server in a thread, and a config file that points to it."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

MakeConfig = Callable[..., Path]


class Submission(socketserver.StreamRequestHandler):
    """Greets, offers PLAIN, refuses every sign-in by quoting the secret back, and takes its leave."""

    def handle(self) -> None:
        self._say("220 mail.example ESMTP")
        for line in self.rfile:
            verb, _, rest = line.decode().strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    self._say("250-mail.example", "250 AUTH PLAIN CRAM-MD5")
                case "AUTH":
                    self._say(f"535 5.7.8 {rest} is wrong")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("502 unknown")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a running Submission server."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Submission) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def make_config(tmp_path: Path) -> MakeConfig:
    """Write a config file with one component, ``mail``, and the given tables."""

    def make(*tables: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text("\n".join(('[[component]]\nid = "mail"\nname = "Sending email"', *tables)))
        return path

    return make


@pytest.fixture
def target() -> Callable[..., str]:
    """One ``[[target]]`` of the kind smtp, without TLS."""

    def make(name: str, port: int, *more: str) -> str:
        lines = (f'name = "{name}"', 'kind = "smtp"', 'component = "mail"', 'host = "127.0.0.1"', f"port = {port}")
        return "\n".join(("[[target]]", *lines, 'tls_mode = "none"', *more))

    return make
