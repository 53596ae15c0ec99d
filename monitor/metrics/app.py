"""The listener for machines: ``/metrics``, ``/probe``, ``/-/healthy``, ``/-/ready`` and ``/-/reload``."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from monitor.metrics import blackbox
from monitor.metrics.gauges import Gauges
from monitor.metrics.health import Pulse
from monitor.metrics.series import Series

# A transcript quotes strangers, whom no browser shall take for a page.
_PLAIN: Final = {"Content-Type": CONTENT_TYPE_LATEST, "X-Content-Type-Options": "nosniff"}


def make(
    gauges: Gauges, series: Series, pulse: Pulse, *, clock: Callable[[], datetime], reload: Callable[[], bool]
) -> web.Application:
    """Make the application. ``reload`` reads the config anew, and tells whether it was taken."""

    async def metrics(_: web.Request) -> web.Response:
        gauges.now = clock()
        body = series.text().encode() + generate_latest(gauges.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def probe(request: web.Request) -> web.Response:
        name = request.query.get("target", "")
        if name in series.last:
            told = blackbox.transcript if request.query.get("debug") == "true" else blackbox.text
            return web.Response(text=told(*series.last[name]), headers=_PLAIN)
        if series.knows(name):
            return web.Response(text="this target was not looked at yet\n", status=503)
        return web.Response(text="there is no target of this name: ask for /probe?target=NAME\n", status=404)

    async def healthy(_: web.Request) -> web.Response:
        return web.Response(text="healthy\n")

    async def ready(_: web.Request) -> web.Response:
        why_not = pulse.why_not_ready(asyncio.get_running_loop().time())
        return web.Response(text=f"{why_not}\n", status=503) if why_not else web.Response(text="ready\n")

    async def take(_: web.Request) -> web.Response:
        if reload():
            return web.Response(text="the new config is taken\n")
        return web.Response(text="the new config is refused, the old one stays; the log says why\n", status=400)

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/probe", probe)
    app.router.add_get("/-/healthy", healthy)
    app.router.add_get("/-/ready", ready)
    app.router.add_post("/-/reload", take)
    return app
