"""PagerDuty by its Events API v2: a call triggers an alert there, and whatever ends it here ends it there."""

import json
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, SecretStr

from monitor.calls.route import Ring, Route
from monitor.config import HttpUrl
from monitor.models import Signal, Why
from monitor.sending.post import Post

SUMMARY_CHARS_MAX: Final = 1024
_ACTIONS: Final = {Signal.RING: "trigger", Signal.TAKEN: "acknowledge", Signal.OVER: "resolve"}
_SEVERITIES: Final = {
    Why.CONFIRMED: "critical",
    Why.LATE: "critical",
    Why.BLIND: "error",
    Why.APPROVAL: "warning",
    Why.DUE: "warning",
}


class PagerDuty(Route, Post):
    """An integration of a PagerDuty service, by its routing key. All calls about one matter are one alert there."""

    summary: ClassVar = "Opens, acknowledges and resolves an alert at PagerDuty."
    keeps_books: ClassVar = True

    kind: Literal["pagerduty"] = "pagerduty"
    url: HttpUrl = "https://events.pagerduty.com/v2/enqueue"
    routing_key: Annotated[SecretStr, Field(min_length=1)]

    async def ring(self, ring: Ring) -> str:
        """Send one event; the receipt is the status and the beginning of the answer."""
        return await self.post(self.url, event(self.routing_key, ring), {}, now=ring.sent_at)


def event(routing_key: SecretStr, ring: Ring) -> bytes:
    """The event, as the Events API v2 wants it; what it is about is its ``dedup_key``."""
    content = {
        "routing_key": routing_key.get_secret_value(),
        "event_action": _ACTIONS[ring.signal],
        "dedup_key": ring.matter,
        "client": "Ownup",
        "client_url": ring.link,
        "links": [{"href": ring.link, "text": "Open it on the desk"}],
        "payload": {
            "summary": ring.title[:SUMMARY_CHARS_MAX],
            "source": ring.site,
            "severity": _SEVERITIES[ring.why],
            "timestamp": ring.at.isoformat(),
            "class": ring.why,
            "custom_details": {"text": ring.text, "person": ring.person},
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
