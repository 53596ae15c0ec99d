"""The listener for machines: ``/metrics``, ``/-/healthy``, ``/-/ready`` and ``/-/reload``."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from monitor.metrics.gauges import Gauges
from monitor.metrics.health import Pulse
from monitor.metrics.series import Series


def make(
    gauges: Gauges, series: Series, pulse: Pulse, *, clock: Callable[[], datetime], reload: Callable[[], bool]
) -> web.Application:
    """Make the application. ``reload`` reads the config anew, and tells whether it was taken."""

    async def metrics(_: web.Request) -> web.Response:
        gauges.now = clock()
        body = series.text().encode() + generate_latest(gauges.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

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
    app.router.add_get("/-/healthy", healthy)
    app.router.add_get("/-/ready", ready)
    app.router.add_post("/-/reload", take)
    return app
