"""A program that adds samples to the file in a directory, and says when each began, until it is killed.

``python -m tests.monitor.ledger.sampling DIRECTORY``
"""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from monitor.config import Storage
from monitor.ledger.samples import Samples
from probes.look import Outcome, Result


def result(at: datetime, outcome: Outcome = Outcome.OK, target: str = "smtp") -> Result:
    """What one look gave."""
    return Result(
        target=target,
        kind="smtp",
        outcome=outcome,
        reason=None,
        detail="",
        started_at=at,
        duration_s=0.0123,
        phases={},
        certificate=None,
        evidence=(),
        numbers={},
    )


async def main(directory: Path) -> None:
    """Add a sample every few milliseconds."""
    async with Samples.open(Storage(directory=directory), directory) as samples:
        while True:
            samples.add(result(at := datetime.now(UTC)))
            sys.stdout.write(f"{at.isoformat()}\n")
            sys.stdout.flush()
            await asyncio.sleep(0.005)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
