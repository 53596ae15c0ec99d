"""``POST /bounces``: mail that came back; whose address cannot be reached is written to no more."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import structlog
from aiohttp import web
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from monitor import authorization, bounce
from monitor.desk.bucket import Bucket
from monitor.desk.seat import Seat
from monitor.ledger import subscribers
from monitor.models import Subscriber, Way
from monitor.passes import Passes, Purpose

BODY_BYTES_MAX: Final = 1024 * 1024
BOUNCES_MAX: Final = 1000
STRANGERS_A_MINUTE_MAX: Final = 30
REPORT: Final = "message/rfc822"

log = structlog.get_logger("ownup.bounces")


class Bounced(BaseModel):
    """One address that a mail service says cannot be reached, and with which status (RFC 3463)."""

    address: Annotated[str, Field(max_length=254, pattern=r"^[^\x00]*$")]
    status: Annotated[str, Field(pattern=r"^[245]\.[0-9]{1,3}\.[0-9]{1,3}$")]


class Bounces(BaseModel):
    """What a mail service posts; further keys are left alone."""

    bounces: Annotated[tuple[Bounced, ...], Field(max_length=BOUNCES_MAX)]


class Told(BaseModel):
    """How many were stopped by it, and how many bounces were but counted."""

    stopped: int = 0
    counted: int = 0
    unknown: int = 0


def answer(seat: Seat) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Take reports from who shows the token; without one in the config there is nothing at this address."""
    strangers = Bucket(STRANGERS_A_MINUTE_MAX)

    async def taken(request: web.Request) -> web.Response:
        rules = seat.config.subscribers
        if rules.bounce_token is None or rules.secret is None:
            raise web.HTTPNotFound
        shown = authorization.read(request.headers.get("Authorization", "")).token
        if not authorization.same(shown, rules.bounce_token.get_secret_value()):
            if wait_s := strangers.take(seat.clock()):
                raise web.HTTPTooManyRequests(headers={"Retry-After": str(wait_s)})
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        body = await _body(request)
        told = await (_report(seat, body) if request.content_type == REPORT else _list(seat, body))
        return web.json_response(text=told.model_dump_json())

    return taken


async def _body(request: web.Request) -> bytes:
    body = b""
    async for part in request.content.iter_any():
        body += part
        if len(body) > BODY_BYTES_MAX:
            raise web.HTTPRequestEntityTooLarge(BODY_BYTES_MAX, len(body))
    return body


async def _list(seat: Seat, body: bytes) -> Told:
    """What a mail service says, whom the token vouches for."""
    try:
        given = Bounces.model_validate_json(body)
    except ValidationError as error:
        raise web.HTTPUnprocessableEntity(text=f"{error.error_count()} mistakes in it; see the manual\n") from None
    told = Told()
    async with seat.ledger.write() as s:
        for one in given.bounces:
            found = await subscribers.of_address(s, Way.EMAIL, one.address.strip().lower())
            await _settle(s, seat, found, one.status, told)
    return told


async def _report(seat: Seat, raw: bytes) -> Told:
    """A mail that came back. Anybody can write one, so it counts only for whose mail it shows that it had."""
    found = bounce.read(raw)
    told = Told()
    if found is None:
        return told
    passes, now = Passes.of(seat.config.subscribers), seat.clock()
    named = [passes.holder(Purpose.BOUNCE, one, now) for one in found.verp]
    named += [passes.holder(Purpose.STAY, one, now) for one in found.leave]
    async with seat.ledger.write() as s:
        nonce = next(filter(None, named), None)
        await _settle(s, seat, await subscribers.find(s, nonce) if nonce else None, found.status, told)
    return told


async def _settle(s: AsyncSession, seat: Seat, one: Subscriber | None, status: str, told: Told) -> None:
    if one is None:
        told.unknown += 1
    elif bounce.lasting(status):
        told.stopped += await subscribers.stop(s, one.id, f"came back: {status}", seat.clock())
        log.info("a subscriber was stopped, since mail came back", subscriber=one.id, status=status)
    else:
        await subscribers.bounced(s, one.id)
        told.counted += 1
