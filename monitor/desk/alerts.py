"""``POST /api/v1/alerts``: Alertmanager's webhook (version 4); an alert from outside opens a draft as our looks do."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

import structlog
from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from drafts.markdown import one_line
from monitor import authorization
from monitor.config import Alerts
from monitor.desk.seat import Seat
from monitor.ledger import alerts
from monitor.ledger.alerts import Told
from monitor.ledger.errors import Refused

BODY_BYTES_MAX: Final = 1024 * 1024
ALERTS_MAX: Final = 1000
NAME_CHARS_MAX: Final = 200

log = structlog.get_logger("ownup.alerts")

Text = Annotated[str, Field(max_length=10_000)]


class Alert(BaseModel):
    """One alert of the notification. ``endsAt`` means nothing while it fires, so it is not read."""

    status: Literal["firing", "resolved"]
    labels: Mapping[str, Text]
    annotations: Mapping[str, Text] = Field(default_factory=dict)
    startsAt: AwareDatetime  # noqa: N815 - Alertmanager's own word
    fingerprint: Annotated[str, Field(min_length=1, max_length=200)]


class Notification(BaseModel):
    """What Alertmanager posts; newer versions send further keys, which are left alone."""

    version: Literal["4"]
    groupKey: Text  # noqa: N815 - likewise
    alerts: Annotated[tuple[Alert, ...], Field(max_length=ALERTS_MAX)]


def answer(seat: Seat) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Take notifications from who shows the secret; without one in the config there is nothing at this address."""
    rules: Alerts = seat.config.alerts

    async def take(request: web.Request) -> web.Response:
        if rules.token is None and rules.password is None:
            return _problem(404, "this desk takes no alerts: set [alerts] token, or username and password")
        if not _may(request.headers.get("Authorization", ""), rules):
            return _problem(401, "show the token, or the user name and password, of [alerts]")
        try:
            notification = Notification.model_validate_json(await _body(request))
        except ValidationError as error:
            return _problem(
                400, f"not a notification of Alertmanager's version 4: {error.error_count()} mistakes in it"
            )
        return web.json_response(await _keep(seat, notification, seat.clock()))

    return take


async def _keep(seat: Seat, notification: Notification, now: datetime) -> dict[str, object]:
    """Write it all down at once; whatever names no component of ours is told back, and logged."""
    rules: Alerts = seat.config.alerts
    known = {component.id for component in seat.config.component}
    told = list(_told(notification, rules, now))
    strange = [one.name for one in told if one.component_id not in known]
    async with seat.ledger.write() as s:
        for one in told:
            if one.component_id in known:
                try:
                    await alerts.take(s, one, now)
                except Refused as why:
                    log.warning("an alert is not taken", alert=one.name, why=str(why))
    if strange:
        log.warning("alerts name no component", label=rules.label, alerts=strange)
    return {"taken": len(told) - len(strange), "without_component": strange}


def _told(notification: Notification, rules: Alerts, now: datetime) -> Iterator[Told]:
    for alert in notification.alerts:
        label = alert.labels.get(rules.label, "")
        yield Told(
            group=notification.groupKey,
            fingerprint=alert.fingerprint,
            name=_name(alert),
            component_id=rules.components.get(label, label),
            started_at=min(alert.startsAt, now),
            firing=alert.status == "firing",
        )


def _name(alert: Alert) -> str:
    """What it is called, and what it says of itself, as one line."""
    parts = (alert.labels.get("alertname", "unnamed"), alert.annotations.get("summary", ""))
    return one_line(": ".join(part for part in parts if part))[:NAME_CHARS_MAX]


async def _body(request: web.Request) -> bytes:
    """The body, or an empty one where it is longer than any notification should be."""
    body = b""
    async for part in request.content.iter_chunked(65536):
        body += part
        if len(body) > BODY_BYTES_MAX:
            return b""
    return body


def _may(header: str, rules: Alerts) -> bool:
    shown = authorization.read(header)
    if rules.token and shown.token:
        return authorization.same(shown.token, rules.token.get_secret_value())
    if rules.username and rules.password:
        expected = f"{rules.username}:{rules.password.get_secret_value()}"
        return authorization.same(f"{shown.username}:{shown.password}", expected)
    return False


def _problem(status: int, detail: str) -> web.Response:
    """An answer as RFC 9457 has it; a 401 says how to do better."""
    headers = {"WWW-Authenticate": 'Bearer, Basic realm="alerts"'} if status == web.HTTPUnauthorized.status_code else {}
    body = json.dumps({"status": status, "detail": detail})
    return web.Response(status=status, text=body, content_type="application/problem+json", headers=headers)
