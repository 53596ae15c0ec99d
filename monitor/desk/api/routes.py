"""Every address of the API; the document that describes it is made from this table."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from monitor.desk import alerts
from monitor.desk.api import (
    aftermath,
    changes,
    claims,
    decisions,
    drafts,
    events,
    house,
    incidents,
    outbox,
    rehearsal,
    reply,
    sample,
    subscribers,
)
from monitor.desk.api.door import guard, nowhere
from monitor.desk.api.endpoint import PREFIX, Endpoint
from monitor.desk.api.openapi import document
from monitor.desk.seat import Seat
from monitor.desk.streams import Streams
from monitor.models import Role

_INCIDENT: Final = "/incidents/{id}"
_DRAFT: Final = "/drafts/{id}"

ENDPOINTS: Final = (
    Endpoint("GET", "/me", house.me),
    Endpoint("GET", "/components", house.components),
    Endpoint("GET", "/targets", house.looked_at),
    Endpoint("GET", "/channels", house.channels),
    Endpoint("GET", "/calls", house.called),
    Endpoint("GET", "/events", events.listen, also=(429,)),
    Endpoint("GET", "/readiness", rehearsal.ready),
    Endpoint("GET", "/brief", aftermath.briefs),
    Endpoint("GET", "/incidents", incidents.listed),
    Endpoint("POST", "/incidents", incidents.begin, Role.RESPONDER, makes=True),
    Endpoint("GET", _INCIDENT, incidents.get),
    Endpoint("POST", f"{_INCIDENT}/acknowledge", claims.acknowledge, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/takeover", claims.take_over, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/customer", claims.customer_first, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/began", claims.back_date, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/noticed", claims.notice, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/cleared", claims.clear, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/merge", claims.join, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/split", claims.split, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/acts", claims.tell, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/briefed", claims.briefed, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/followups", aftermath.add, Role.RESPONDER),
    Endpoint("POST", f"{_INCIDENT}/reply", reply.reply),
    Endpoint("GET", f"{_INCIDENT}/reparation", reply.owed),
    Endpoint("GET", "/followups", aftermath.undone),
    Endpoint("POST", "/followups/{id}/done", aftermath.done, Role.RESPONDER),
    Endpoint("GET", "/drafts", drafts.listed),
    Endpoint("GET", _DRAFT, drafts.get),
    Endpoint("GET", f"{_DRAFT}/changes", changes.since),
    Endpoint("PUT", _DRAFT, drafts.edit, Role.RESPONDER),
    Endpoint("POST", f"{_DRAFT}/ours", drafts.ours, Role.RESPONDER),
    Endpoint("POST", f"{_DRAFT}/promise", drafts.promise, Role.RESPONDER),
    Endpoint("POST", f"{_DRAFT}/approve", decisions.approve, Role.APPROVER),
    Endpoint("POST", f"{_DRAFT}/agree", decisions.agree, Role.APPROVER),
    Endpoint("POST", f"{_DRAFT}/reject", decisions.reject, Role.RESPONDER),
    Endpoint("POST", f"{_DRAFT}/also", outbox.also, Role.APPROVER),
    Endpoint("POST", "/deliveries/{id}/again", outbox.again, Role.APPROVER),
    Endpoint("POST", "/channels/lift", outbox.lift, Role.APPROVER, also=(404,)),
    Endpoint("GET", "/subscribers", subscribers.counted),
    Endpoint("POST", "/subscribers/export", subscribers.export, Role.APPROVER, also=(404,)),
    Endpoint("POST", "/subscribers/erase", subscribers.erase, Role.APPROVER, also=(404,)),
    Endpoint("GET", "/drill", rehearsal.drill),
    Endpoint("POST", "/drill", rehearsal.begin, Role.APPROVER, also=(404,)),
    Endpoint("GET", "/sample", sample.state, also=(404, 502)),
    Endpoint("POST", "/sample/break", sample.break_, Role.RESPONDER, also=(404, 502)),
    Endpoint("POST", "/sample/repair", sample.repair, Role.RESPONDER, also=(404, 502)),
    alerts.ENDPOINT,
)


def add_to(app: web.Application, seat: Seat, streams: Streams) -> None:
    """Serve the API, its document, and a plain answer at whatever else begins like it."""
    app.router.add_get(f"{PREFIX}/openapi.json", _document())
    for endpoint in ENDPOINTS:
        answer = alerts.answer(seat) if endpoint.outside else guard(endpoint, seat, streams)
        for method in (endpoint.method, "HEAD") if endpoint.method == "GET" else (endpoint.method,):
            app.router.add_route(method, endpoint.route, answer)
    app.router.add_route("*", f"{PREFIX}/{{path:.*}}", nowhere(ENDPOINTS))


def _document() -> Callable[[web.Request], Awaitable[web.Response]]:
    text = document(ENDPOINTS)

    async def answer(request: web.Request) -> web.Response:
        del request
        return web.Response(text=text, content_type="application/json", charset="utf-8")

    return answer
