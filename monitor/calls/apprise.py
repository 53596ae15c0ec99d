"""Everything that Apprise can reach: ntfy, Slack, Teams, Telegram, gateways for text messages and a hundred others."""

from typing import ClassVar, Literal

from monitor.calls.route import Ring, Route
from monitor.models import Signal
from monitor.sending.notifier import Notifier


class Apprise(Route, Notifier):
    """A call by one address in Apprise's own form."""

    summary: ClassVar = "Hands the call to Apprise, which speaks to ntfy, Slack, Teams, Telegram and many more."

    kind: Literal["apprise"] = "apprise"

    async def ring(self, ring: Ring) -> str:
        """Ring once."""
        return await self.notify(title=ring.title, text=f"{ring.text}\n{ring.site}", grave=_grave(ring))


def _grave(ring: Ring) -> str:
    """How grave it looks, in Apprise's words."""
    if ring.signal is Signal.RING:
        return "warning" if ring.quiet else "failure"
    return "info" if ring.signal is Signal.TAKEN else "success"
