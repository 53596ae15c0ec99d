"""The listener for machines: ``/metrics``, ``/probe``, ``/-/healthy``, ``/-/ready`` and ``/-/reload``."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final

from aiohttp import web

from monitor.config import Metrics
from monitor.metrics import blackbox, scrape
from monitor.metrics.dialect import Dialect, preferred, told
from monitor.metrics.gauges import Gauges
from monitor.metrics.guard import Guard
from monitor.metrics.health import Pulse
from monitor.metrics.series import Series

# A transcript quotes strangers, whom no browser shall take for a page.
_PLAIN: Final = {"Content-Type": Dialect.TEXT.value, "X-Content-Type-Options": "nosniff"}


def make(
    gauges: Gauges,
    series: Series,
    pulse: Pulse,
    *,
    rules: Metrics,
    clock: Callable[[], datetime],
    reload: Callable[[], bool],
) -> web.Application:
    """Make the application, guarded by ``rules``. ``reload`` reads the config anew, and tells whether it was taken."""

    async def metrics(request: web.Request) -> web.StreamResponse:
        gauges.now = clock()
        dialect = preferred(request.headers.get("Accept", ""))
        pieces = chain(series.pieces(dialect), (told(gauges.registry, dialect),))
        return await scrape.answer(request, pieces, dialect)

    async def healthy(_: web.Request) -> web.Response:
        return web.Response(text="healthy\n")

    async def ready(_: web.Request) -> web.Response:
        why_not = pulse.why_not_ready(asyncio.get_running_loop().time())
        return web.Response(text=f"{why_not}\n", status=503) if why_not else web.Response(text="ready\n")

    async def take(_: web.Request) -> web.Response:
        if reload():
            return web.Response(text="the new config is taken\n")
        return web.Response(text="the new config is refused, the old one stays; the log says why\n", status=400)

    app = web.Application(middlewares=Guard(rules).middleware())
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/probe", partial(_probe, series))
    app.router.add_get("/-/healthy", healthy)
    app.router.add_get("/-/ready", ready)
    app.router.add_post("/-/reload", take)
    return app


async def _probe(series: Series, request: web.Request) -> web.Response:
    name = request.query.get("target", "")
    if name in series.last:
        words = blackbox.transcript if request.query.get("debug") == "true" else blackbox.text
        return web.Response(text=words(*series.last[name]), headers=_PLAIN)
    if series.knows(name):
        return web.Response(text="this target was not looked at yet\n", status=503)
    return web.Response(text="there is no target of this name: ask for /probe?target=NAME\n", status=404)
