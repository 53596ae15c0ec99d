"""How long a part of a look may take, where the whole may take much longer because it waits for something."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from probes.finding import Failed
from probes.notebook import Notebook


@asynccontextmanager
async def in_time(limit_s: float, notes: Notebook, peer: str) -> AsyncIterator[None]:
    """Bound a part of a look. Raises Failed, with the reason of the stage in which the time was over."""
    try:
        async with asyncio.timeout(limit_s):
            yield
    except TimeoutError:
        sentence = f"{peer} kept us waiting for more than {limit_s:g} s in all (stage: {notes.stage})"
        raise Failed(notes.silence, sentence) from None
