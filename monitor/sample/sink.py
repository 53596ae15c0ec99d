"""The sink: where notices sent in sample mode arrive, so that a newcomer sees what customers would have received."""

from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

from aiohttp import web
from jinja2 import Environment, StrictUndefined

from monitor.sample.smtp import Mail

KEPT_MAX: Final = 20
BODY_BYTES_MAX: Final = 256 * 1024

_PAGE: Final = Environment(autoescape=True, undefined=StrictUndefined).from_string(
    files("monitor.sample").joinpath("sink.html").read_text("utf-8")
)


@dataclass(frozen=True, slots=True)
class Webhook:
    """One call as it came."""

    at: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Received:
    """One mail, and when it came."""

    at: str
    mail: Mail


@dataclass(frozen=True, slots=True)
class Sink:
    """The last twenty webhooks and the last twenty mails, newest first."""

    webhooks: deque[Webhook] = field(default_factory=lambda: deque(maxlen=KEPT_MAX))
    mails: deque[Received] = field(default_factory=lambda: deque(maxlen=KEPT_MAX))

    def keep(self, mail: Mail) -> None:
        """Keep one mail."""
        self.mails.appendleft(Received(_now(), mail))

    def application(self) -> web.Application:
        """``POST /webhook`` keeps, ``/`` shows to people, ``/kept.json`` to programs."""
        application = web.Application(client_max_size=BODY_BYTES_MAX)
        application.add_routes(
            [
                web.post("/webhook", self._take),
                web.get("/", self._show),
                web.get("/kept.json", self._tell),
            ]
        )
        return application

    async def _take(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode("utf-8", "replace")
        self.webhooks.appendleft(Webhook(_now(), dict(request.headers), body))
        return web.Response(status=204)

    async def _show(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=_PAGE.render(webhooks=self.webhooks, mails=self.mails), content_type="text/html")

    async def _tell(self, request: web.Request) -> web.Response:
        del request
        return web.json_response(
            {
                "webhooks": [asdict(webhook) for webhook in self.webhooks],
                "mails": [asdict(received) for received in self.mails],
            }
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
