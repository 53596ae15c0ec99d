"""Signing in and out: equal time for every wrong answer, a wait that doubles, and a new secret for every session."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from aiohttp import web

from monitor.desk import cookie
from monitor.desk.number import ROW
from monitor.desk.proxy import address
from monitor.desk.times import span
from monitor.desk.visit import Refusal, Visit, limits
from monitor.ledger import audit, people, throttle
from monitor.models import Person

NAME_CHARS_MAX: Final = 80
_PAGE: Final = re.compile(rf"/(?:(?:updates|incidents)/{ROW})?")


async def get(visit: Visit) -> web.Response:
    """Ask who it is; whoever is signed in already is sent where they wanted to go."""
    wanted = visit.request.query.get("next", "/")
    return visit.goto(inside(wanted)) if visit.person else _ask(visit, next=inside(wanted))


async def post(visit: Visit) -> web.Response:
    """Sign in, or say that name and password do not fit, never which of them."""
    if not visit.seat.config.desk.passwords:
        raise Refusal(403, "Nobody signs in with a password here.", "Sign in where the button leads you.")
    name, keys = visit.field("name").strip()[:NAME_CHARS_MAX], _keys(visit)
    await _pay(visit, keys)
    async with visit.seat.ledger.read() as s:
        person = await people.find(s, name)
    stored = person.password_hash if person and person.disabled_at is None else None
    if not await visit.desk.passwords.matches(stored, visit.field("password")) or person is None:
        subject = f"person:{person.id}" if person else "desk"
        await visit.desk.knocks.note(f"by password, from {_from(visit)}", visit.now, subject=subject)
        refusal = Refusal(401, "Name and password do not fit together.", "Try again, or ask an admin for a new link.")
        refusal.shown = _ask(visit, name=name, next=inside(visit.field("next")), refusal=refusal)
        raise refusal
    return await begin(visit, person, inside(visit.field("next")), forgive=keys)


async def out(visit: Visit) -> web.Response:
    """Sign out, and give the browser a new secret."""
    async with visit.seat.ledger.write() as s:
        await people.sign_out(s, visit.browser)
    response = visit.goto("/login", "out")
    cookie.give(visit, response, cookie.fresh())
    return response


async def begin(
    visit: Visit, person: Person, path: str, *, forgive: Sequence[str] = (), through: str = "password"
) -> web.Response:
    """Begin a session under a new secret, so that one known from before the sign-in opens nothing."""
    assert person.id is not None  # noqa: S101 - they stand in the record
    browser, length = cookie.fresh(), limits(visit.seat)
    async with visit.seat.ledger.write() as s:
        await people.expire_sessions(s, now=visit.now, **length)
        await people.sign_out(s, visit.browser)
        await people.sign_in(s, person.id, browser, visit.now)
        for key in forgive:
            await throttle.forgive(s, key)
        await audit.note(
            s, actor=person.name, action="signed in", subject=f"person:{person.id}", detail=through, now=visit.now
        )
    response = visit.goto(path)
    cookie.give(visit, response, browser, lasting=length["absolute"])
    return response


def _ask(visit: Visit, *, next: str, name: str = "", refusal: Refusal | None = None) -> web.Response:  # noqa: A002 - the field's name
    config = visit.seat.config
    return visit.page(
        "login.html",
        status=refusal.status if refusal else 200,
        next=next,
        name=name,
        refusal=refusal,
        passwords=config.desk.passwords,
        elsewhere=config.oidc.label if visit.desk.provider else "",
    )


async def _pay(visit: Visit, keys: Sequence[str]) -> None:
    """Count the attempt as failed before it is tried, so that many at once are not cheaper than one after another."""
    async with visit.seat.ledger.write() as s:
        blocked = [until for key in keys if (until := await throttle.blocked_until(s, key, visit.now))]
        if not blocked:
            for key in keys:
                await throttle.failed(s, key, visit.now)
    if blocked:
        raise _too_often(visit, max(blocked))


def _too_often(visit: Visit, until: datetime) -> Refusal:
    wait_s = max(1, round((until - visit.now).total_seconds()))
    refusal = Refusal(
        429, "Too many wrong answers came for this name or from this address.", f"Wait {span(wait_s)}, then try again."
    )
    refusal.shown = _ask(
        visit, name=visit.field("name")[:NAME_CHARS_MAX], next=inside(visit.field("next")), refusal=refusal
    )
    refusal.shown.headers["Retry-After"] = str(wait_s)
    return refusal


def _keys(visit: Visit) -> tuple[str, str]:
    """An account's key is hashed: people type passwords into the wrong field, and the record shall not hold them."""
    name = hashlib.sha256(visit.field("name").strip().casefold().encode()).hexdigest()
    return f"name:{name}", f"address:{_from(visit)}"


def _from(visit: Visit) -> str:
    return address(visit.request, visit.seat.config.desk)


def inside(path: str) -> str:
    """A page of this desk to go to, and nothing else that a link might ask for."""
    return path if _PAGE.fullmatch(path) else "/"
