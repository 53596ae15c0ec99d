"""Ownup as a peer: the daemon on a config of its own, and its commands beside it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.peers.peer import Peer

ROOT: Final = Path(__file__).parents[2]


class Daemon(Peer):
    """It keeps its record beside its config. ``port`` is where it gives its metrics."""

    start_s = 30.0

    def __init__(self, config: str, port: int, secrets: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.port, self.secrets = port, secrets or {}
        self.config = self.directory / "config.toml"
        self.config.write_text(config)

    def command(self) -> list[str]:
        """Run the daemon as an operator would."""
        return [*self._ownup(), "run", "--config", str(self.config)]

    def environment(self) -> dict[str, str]:
        """What its config reads from there, and where our code is."""
        return {**self.secrets, "PYTHONPATH": str(ROOT)}

    def port_to_wait_for(self) -> int:
        """Where it gives its metrics."""
        return self.port

    def say(self, *words: str) -> str:
        """What a command gives beside it."""
        command = [*self._ownup(), *words, "--config", str(self.config)]
        environment = {**os.environ, **self.environment()}
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    def _ownup(self) -> list[str]:
        return [sys.executable, "-m", "monitor"]
