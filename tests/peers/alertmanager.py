"""A real Alertmanager, to be told of alerts and to tell a webhook."""

import json
from collections.abc import Mapping
from typing import Any

from tests.peers.peer import UNPACKED, Peer
from tests.peers.ports import Block

PROGRAM = "prometheus-alertmanager"


class Alertmanager(Peer):
    """It listens on ``port``; whatever its config leaves open is its default."""

    def __init__(self, ports: Block, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.port = ports.port()
        # JSON is YAML.
        self.directory.joinpath("config.yaml").write_text(json.dumps(config))

    def command(self) -> list[str]:
        """Run the one that .ci/peers unpacked, alone; Debian's looks for its templates in /usr/share, nowhere else."""
        share = str(UNPACKED / "usr" / "share")
        bind = ("sh", "-c", 'mount --bind "$0" /usr/share && exec "$@"', share)
        return [
            *("unshare", "--map-root-user", "--mount", *bind),
            str(UNPACKED / "usr" / "bin" / PROGRAM),
            f"--config.file={self.directory / 'config.yaml'}",
            f"--storage.path={self.directory / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
        ]

    def port_to_wait_for(self) -> int:
        return self.port
