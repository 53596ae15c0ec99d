"""``POST /api/v1/alerts``: Alertmanager's webhook (version 4); an alert from outside opens a draft as our looks do."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

import structlog
from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from drafts.markdown import one_line
from monitor import authorization
from monitor.config import Alerts
from monitor.desk.api.endpoint import Endpoint
from monitor.desk.api.problem import Problem, invalid
from monitor.desk.bucket import Bucket
from monitor.desk.seat import Seat
from monitor.ledger import alerts
from monitor.ledger.alerts import Told
from monitor.ledger.errors import Refused

BODY_BYTES_MAX: Final = 1024 * 1024
ALERTS_MAX: Final = 1000
NAME_CHARS_MAX: Final = 200
NOTIFICATIONS_A_MINUTE_MAX: Final = 600
"""Alertmanager sends one for each group of alerts, every few minutes: more than that is a fault, or no Alertmanager."""

STRANGERS_A_MINUTE_MAX: Final = 30

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


class Taken(BaseModel):
    """How many alerts were taken, and which name no component of ours."""

    taken: int
    without_component: tuple[str, ...]


async def take(seat: Seat, given: Notification, now: datetime) -> Taken:
    """Take alerts from Alertmanager's webhook: each opens a draft, or joins an incident that is open.

    Whatever names no component of ours is told back, and logged.
    """
    rules: Alerts = seat.config.alerts
    known = {component.id for component in seat.config.component}
    told = list(_told(given, rules, now))
    strange = tuple(one.name for one in told if one.component_id not in known)
    async with seat.ledger.write() as s:
        for one in told:
            if one.component_id in known:
                try:
                    await alerts.take(s, one, now)
                except Refused as why:
                    log.warning("an alert is not taken", alert=one.name, why=str(why))
    if strange:
        log.warning("alerts name no component", label=rules.label, alerts=strange)
    return Taken(taken=len(told) - len(strange), without_component=strange)


ENDPOINT: Final = Endpoint("POST", "/alerts", take, outside=True)


def answer(seat: Seat) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Take notifications from who shows the secret; without one in the config there is nothing at this address.

    Whoever shows it is let in whatever strangers do: their mistakes must not keep an outage from us.
    """
    ours, strangers = Bucket(NOTIFICATIONS_A_MINUTE_MAX), Bucket(STRANGERS_A_MINUTE_MAX)

    async def answered(request: web.Request) -> web.Response:
        try:
            _admit(request, seat, ours, strangers)
            given = _parsed(await _body(request))
            told = await take(seat, given, seat.clock())
        except Problem as problem:
            return problem.response()
        return web.json_response(text=told.model_dump_json())

    return answered


def _admit(request: web.Request, seat: Seat, ours: Bucket, strangers: Bucket) -> None:
    """Let who shows the secret through, as long as it is not too often. Raises Problem."""
    rules: Alerts = seat.config.alerts
    if rules.token is None and rules.password is None:
        advice = "Set token, or username and password, under [alerts] in its config."
        raise Problem(404, "This desk takes no alerts.", advice)
    may = _may(request.headers.get("Authorization", ""), rules)
    if wait_s := (ours if may else strangers).take(seat.clock()):
        who = "notifications" if may else "wrong secrets"
        headers = {"Retry-After": str(wait_s)}
        raise Problem(429, f"Too many {who} come here: nothing was taken.", f"Wait {wait_s} s.", headers=headers)
    if not may:
        headers = {"WWW-Authenticate": 'Bearer, Basic realm="alerts"'}
        advice = "Show the token, or the user name and password, of [alerts]."
        raise Problem(401, "The secret of [alerts] was not shown: nothing was taken.", advice, headers=headers)


def _parsed(body: bytes) -> Notification:
    try:
        return Notification.model_validate_json(body)
    except ValidationError as error:
        raise invalid("notification", error) from None


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
    """The body. Raises Problem where it is longer than any notification should be."""
    body = b""
    async for part in request.content.iter_chunked(65536):
        body += part
        if len(body) > BODY_BYTES_MAX:
            advice = "Let Alertmanager group its alerts, or set max_alerts in its webhook_configs."
            raise Problem(413, "That is more than a notification may hold: nothing was taken.", advice)
    return body


def _may(header: str, rules: Alerts) -> bool:
    shown = authorization.read(header)
    if rules.token and shown.token:
        return authorization.same(shown.token, rules.token.get_secret_value())
    if rules.username and rules.password:
        expected = f"{rules.username}:{rules.password.get_secret_value()}"
        return authorization.same(f"{shown.username}:{shown.password}", expected)
    return False
