"""The pages in memory: rendered when the record or the minute changes, never by a reader's request."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn, Self

from monitor.config import Component, Site
from monitor.ledger.store import Ledger


class Pages:
    """Every answer of the public page as of one moment."""

    @classmethod
    async def open(
        cls, ledger: Ledger, *, site: Site, components: Sequence[Component], clock: Callable[[], datetime]
    ) -> Self:
        """Read the record once, so that the first reader already finds a page."""
        raise NotImplementedError

    async def keep(self) -> NoReturn:
        """Stay true for ever: read again whenever the record or the minute changes. A task for the daemon's group."""
        raise NotImplementedError
