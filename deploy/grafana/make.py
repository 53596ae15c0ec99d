"""Writes the dashboards that Grafana is provisioned with: ``python -m deploy.grafana.make``.

They are made by our own few lines: Grafana's SDK for Python stops at the model of Grafana 11.6.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deploy.grafana import mail, overview, promises, target

BOARDS: Final = (overview.BOARD, target.BOARD, mail.BOARD, promises.BOARD)
HERE: Final = Path(__file__).parent / "dashboards"


def texts() -> Iterator[tuple[Path, str]]:
    """Each file, and what should stand in it."""
    for board in BOARDS:
        yield HERE / f"{board.name}.json", json.dumps(board.json(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write them all."""
    for path, text in texts():
        path.write_text(text)


if __name__ == "__main__":
    main()
