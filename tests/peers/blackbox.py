"""A real blackbox_exporter, to hold our figures beside."""

import json
from collections.abc import Mapping
from typing import Any

from tests.peers.peer import UNPACKED, Peer
from tests.peers.ports import Block

PROGRAM = "prometheus-blackbox-exporter"


class Blackbox(Peer):
    """It listens on ``port``; ``modules`` are those of its config."""

    def __init__(self, ports: Block, modules: Mapping[str, Any]) -> None:
        super().__init__()
        self.port = ports.port()
        # JSON is YAML.
        self.directory.joinpath("config.yaml").write_text(json.dumps({"modules": modules}))

    def command(self) -> list[str]:
        """Run the one that .ci/peers unpacked."""
        return [
            str(UNPACKED / "usr" / "bin" / PROGRAM),
            f"--config.file={self.directory / 'config.yaml'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]

    def port_to_wait_for(self) -> int:
        return self.port
