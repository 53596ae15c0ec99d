"""The desk as one web application: every address, who answers there, and who may ask."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from aiohttp import web

from monitor.desk import (
    act,
    begin,
    bounces,
    brief,
    claim,
    decide,
    drill,
    edit,
    elsewhere,
    follow_up,
    incident,
    live,
    login,
    outbox,
    overview,
    ping,
    readiness,
    reparation,
    reply,
    sample,
    subscribers,
    targets,
    update,
    welcome,
)
from monitor.desk.api import routes as api
from monitor.desk.gate import Route, guard
from monitor.desk.knocks import Knocks
from monitor.desk.number import ROW
from monitor.desk.seat import Seat
from monitor.desk.sheets import STYLE_SHA256, Sheets
from monitor.desk.streams import Streams
from monitor.desk.visit import Desk, Refusal, Visit
from monitor.models import Role
from monitor.oidc import Provider
from monitor.password import Passwords
from monitor.readiness import readiness as of_config

FORM_BYTES_MAX: Final = 64 * 1024
_ID: Final = f"{{id:{ROW}}}"

HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'self'; style-src 'sha256-{STYLE_SHA256}'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


async def _nowhere(visit: Visit) -> web.Response:
    del visit
    raise Refusal(404, "There is nothing at this address.", "The overview leads to everything that is here.")


ROUTES: Final = (
    Route("GET", "/login", login.get, None),
    Route("POST", "/login", login.post, None),
    Route("POST", "/logout", login.out, None),
    Route("GET", "/oidc", elsewhere.get, None),
    Route("GET", elsewhere.RETURN, elsewhere.back, None),
    Route("GET", "/welcome/{token}", welcome.get, None),
    Route("POST", "/welcome/{token}", welcome.post, None),
    Route("GET", "/", overview.get, Role.VIEWER),
    Route("GET", "/live", live.get, Role.VIEWER, passive=True),
    Route("GET", "/targets", targets.get, Role.VIEWER),
    Route("GET", "/brief", brief.get, Role.VIEWER),
    Route("GET", "/reply", reply.get, Role.VIEWER),
    Route("POST", "/reply", reply.post, Role.VIEWER),
    Route("GET", "/readiness", readiness.get, Role.VIEWER),
    Route("GET", "/subscribers", subscribers.get, Role.VIEWER),
    Route("POST", "/subscribers/export", subscribers.export, Role.APPROVER),
    Route("POST", "/subscribers/erase", subscribers.erase, Role.APPROVER),
    Route("POST", "/drill", drill.post, Role.APPROVER),
    Route("GET", f"/incidents/{_ID}", incident.get, Role.VIEWER),
    Route("GET", "/incidents/new", begin.get, Role.RESPONDER),
    Route("POST", "/incidents/new", claim.begin, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/acknowledge", claim.take_up, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/takeover", claim.take_over, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/customer", claim.customer_first, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/began", claim.back_date, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/noticed", claim.notice, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/cleared", claim.clear, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/merge", claim.join, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/split", claim.split, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/acts", act.post, Role.RESPONDER),
    Route("GET", f"/incidents/{_ID}/reparation", reparation.get, Role.VIEWER),
    Route("POST", f"/incidents/{_ID}/followups", follow_up.add, Role.RESPONDER),
    Route("POST", f"/followups/{_ID}/done", follow_up.done, Role.RESPONDER),
    Route("POST", f"/incidents/{_ID}/briefed", brief.post, Role.RESPONDER),
    Route("GET", f"/updates/{_ID}", update.get, Role.VIEWER),
    Route("GET", f"/updates/{_ID}/edit", edit.get, Role.RESPONDER),
    Route("POST", f"/updates/{_ID}/edit", edit.post, Role.RESPONDER),
    Route("POST", f"/updates/{_ID}/ours", edit.ours, Role.RESPONDER),
    Route("POST", f"/updates/{_ID}/approve", decide.approve, Role.APPROVER),
    Route("POST", f"/updates/{_ID}/again", outbox.again, Role.APPROVER),
    Route("POST", f"/updates/{_ID}/also", outbox.also, Role.APPROVER),
    Route("POST", "/channels/lift", outbox.lift, Role.APPROVER),
    Route("POST", f"/updates/{_ID}/agree", decide.agree, Role.APPROVER),
    Route("POST", f"/updates/{_ID}/promise", claim.promise, Role.RESPONDER),
    Route("POST", f"/updates/{_ID}/reject", decide.reject, Role.RESPONDER),
    Route("POST", "/sample/break", sample.break_, Role.RESPONDER),
    Route("POST", "/sample/repair", sample.repair, Role.RESPONDER),
    Route("*", "/{path:.*}", _nowhere, None),
)


def make(seat: Seat) -> web.Application:
    """Build the desk's application; ``seat`` says what it reads, and writes approvals into."""
    streams, knocks = Streams(seat.ledger), Knocks(seat.ledger)
    plans = of_config(seat.config)
    desk = Desk(seat, Sheets.load(), Passwords(), streams, knocks, plans, _provider(seat))
    app = web.Application(client_max_size=FORM_BYTES_MAX)
    app.router.add_get("/static/{name}", _static(desk.sheets))
    app.router.add_post("/bounces", bounces.answer(seat))
    app.router.add_post("/ping/{key}", ping.answer(seat.hear))
    api.add_to(app, seat, streams)
    for route in ROUTES:
        for method in (route.method, "HEAD") if route.method == "GET" else (route.method,):
            app.router.add_route(method, route.path, guard(route, desk))
    app.on_response_prepare.append(_headers)
    app.on_shutdown.append(partial(_end, streams))
    return app


def _provider(seat: Seat) -> Provider | None:
    oidc, url = seat.config.oidc, seat.config.desk.url
    return Provider(oidc, f"{url}{elsewhere.RETURN}", seat.clock) if oidc.issuer else None


async def _end(streams: Streams, app: web.Application) -> None:
    """Streams would else hold up the end."""
    del app
    streams.closing.set()


def _static(sheets: Sheets) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        static = sheets.static(request.path)
        if static is None:
            raise web.HTTPNotFound
        kept = {"Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(body=static.body, content_type=static.content_type, headers=kept)

    return answer


async def _headers(request: web.Request, response: web.StreamResponse) -> None:
    """Every answer says what a browser may do with it; pages, which show people and drafts, are kept nowhere."""
    del request
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
