"""A real Prometheus, with the config and the rules that a benchmark gives it."""

import json
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self
from urllib.error import HTTPError

from tests.peers.peer import PAUSE_S, Peer
from tests.peers.ports import Block


class Prometheus(Peer):
    """It listens on ``port``; its config finds its ``rules`` in ``rules.yaml``."""

    def __init__(self, ports: Block, config: Mapping[str, Any], rules: Mapping[str, Any]) -> None:
        super().__init__()
        self.port = ports.port()
        # JSON is YAML.
        self.directory.joinpath("rules.yaml").write_text(json.dumps(rules))
        self.directory.joinpath("prometheus.yaml").write_text(json.dumps({**config, "rule_files": ["rules.yaml"]}))

    def command(self) -> list[str]:
        """Run the system's, with its data among ours."""
        return [
            "prometheus",
            f"--config.file={self.directory / 'prometheus.yaml'}",
            f"--storage.tsdb.path={self.directory / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]

    def start(self) -> Self:
        """It listens before it has read its store, and says so."""
        super().start()
        give_up = time.monotonic() + self.start_s
        while not self._is_ready():
            assert time.monotonic() < give_up, self.log.read_text()
            time.sleep(PAUSE_S)
        return self

    def _is_ready(self) -> bool:
        with suppress(HTTPError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready"):
            return True
        return False

    def port_to_wait_for(self) -> int:
        return self.port
