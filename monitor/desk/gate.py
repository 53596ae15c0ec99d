"""The one place where a request is let through or turned away: session, role, origin and form token."""

import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from aiohttp import web

from monitor.desk import cookie, proxy
from monitor.desk.act import FORMS
from monitor.desk.arrival import arrive
from monitor.desk.number import ROW
from monitor.desk.visit import Desk, Refusal, Visit, limits
from monitor.ledger import audit, people
from monitor.models import Person, Role

TOUCH_EVERY: Final = timedelta(minutes=1)
FIELDS_MAX: Final = 20
_DEED: Final = re.compile(rf"(/(?:updates|incidents)/{ROW})(?:/[a-z]+)?")
_WORDS: Final = (
    "title",
    "body",
    "short",
    "spoken",
    "reason",
    "noticed",
    "how",
    "what",
    "owner",
    *(field.name for form in FORMS for field in form.fields),
)

Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the desk, who answers, and the least role that may ask; None is open to everyone.

    ``passive`` where a page asks by itself, which keeps no session alive.
    """

    method: str
    path: str
    handler: Handler
    role: Role | None
    passive: bool = False


def guard(route: Route, desk: Desk) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """What answers at a route: its handler for those who may, else a page that says what to do next."""

    async def answer(request: web.Request) -> web.StreamResponse:
        visit = await _enter(request, desk, passive=route.passive or "Live" in request.headers)
        try:
            visit = replace(visit, form=await _form(request), person=await _vouched(visit) or visit.person)
            _check(visit, route)
            response: web.StreamResponse = await route.handler(visit)
        except Refusal as refusal:
            response = await _refuse(visit, refusal)
        if visit.is_new and not response.cookies:
            cookie.give(visit, response, visit.browser)
        return response

    return answer


async def _enter(request: web.Request, desk: Desk, *, passive: bool) -> Visit:
    now = desk.seat.clock()
    browser = cookie.read(request, desk.seat)
    person = await _who(desk, browser, now, passive=passive) if browser else None
    return Visit(desk, request, browser or cookie.fresh(), is_new=not browser, person=person, form={}, now=now)


async def _vouched(visit: Visit) -> Person | None:
    """Whom a trusted proxy says this is."""
    seat, outsider = visit.seat, proxy.outsider(visit.request, visit.seat.config.desk)
    return await arrive(seat.ledger, outsider, seat.config.desk.groups, visit.now) if outsider else None


async def _who(desk: Desk, browser: str, now: datetime, *, passive: bool) -> Person | None:
    async with desk.seat.ledger.read() as s:
        found = await people.signed_in(s, browser, now=now, **limits(desk.seat))
    if found and not passive and now - found.session.seen_at > TOUCH_EVERY:
        async with desk.seat.ledger.write() as s:
            await people.touch(s, browser, now)
    return found.person if found else None


async def _form(request: web.Request) -> dict[str, str]:
    """The fields of a form; browsers send line ends as CR LF, which no text of ours has, and NUL fits no database."""
    if request.method != "POST":
        return {}
    try:
        text = (await request.read()).decode("ascii", "replace")
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except (web.HTTPRequestEntityTooLarge, ValueError):
        raise Refusal(413, "That is more than a form here may send, so nothing was done.", "Send less.") from None
    return {name: value.replace("\r\n", "\n").replace("\0", "") for name, value in fields}


def _check(visit: Visit, route: Route) -> None:
    deed = visit.request.method == "POST"
    if deed:
        _check_origin(visit)
    if route.role is not None:
        _check_person(visit, route.role)
    if deed and not hmac.compare_digest(visit.field("token").encode(), visit.token().encode()):
        raise Refusal(
            403,
            "This form does not come from a page that the desk gave this browser, so nothing was done.",
            "Allow its cookie, open the page anew, and do it there.",
        )


def _check_origin(visit: Visit) -> None:
    """A browser says where a form comes from (Fetch Metadata, RFC 6454); one from elsewhere is not ours."""
    headers = visit.request.headers
    site, origin = headers.get("Sec-Fetch-Site", "none"), headers.get("Origin")
    ours = {visit.request.host, urlsplit(visit.seat.config.desk.url).netloc}
    if site not in {"same-origin", "none"} or (origin is not None and urlsplit(origin).netloc not in ours):
        raise Refusal(
            403, "This form came from another site, so nothing was done.", "Open the desk itself and do it there."
        )


def _check_person(visit: Visit, role: Role) -> None:
    if visit.person is None:
        raise Refusal(
            401, "Your session has ended, so nothing was done.", "Sign in again: you come back to this very page."
        )
    if not visit.may(role):
        raise Refusal(
            403,
            f"You are {visit.person.role} here and this needs {role}, so nothing was done.",
            "Call somebody with that role, or ask an admin to give it to you.",
        )


async def _refuse(visit: Visit, refusal: Refusal) -> web.Response:
    """Answer a refusal, and leave a line in the audit of what a known person was refused."""
    back = _home(visit.request.path)
    if visit.request.method == "POST" and (person := visit.person or await _was(visit)):
        await _note(visit, person, back, refusal)
    if refusal.shown is not None:
        return refusal.shown
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        sign_in = f"/login?next={quote(back, safe='')}"
        return _sorry(visit, refusal, sign_in, "Sign in") if visit.request.method == "POST" else visit.goto(sign_in)
    if back == "/" or refusal.status == HTTPStatus.NOT_FOUND:
        return _sorry(visit, refusal, "/", "To the overview")
    return _sorry(visit, refusal, back, "Open it anew")


async def _was(visit: Visit) -> Person | None:
    """Whose session this browser had before it ended, if the record still knows."""
    async with visit.seat.ledger.read() as s:
        return None if visit.is_new else await people.was_signed_in(s, visit.browser)


async def _note(visit: Visit, person: Person, subject: str, refusal: Refusal) -> None:
    async with visit.seat.ledger.write() as s:
        await audit.note(
            s, actor=person.name, action="refused", subject=subject, detail=refusal.sentence, now=visit.now
        )


def _home(path: str) -> str:
    """The page that a deed's address belongs to; never a secret of an invitation."""
    deed = _DEED.fullmatch(path)
    return deed[1] if deed else "/"


def _sorry(visit: Visit, refusal: Refusal, href: str, label: str) -> web.Response:
    """The page of a refusal, with whatever the human had written, so that it is not lost."""
    kept = {name: visit.form[name] for name in _WORDS if visit.form.get(name)}
    return visit.page("refused.html", status=refusal.status, refusal=refusal, kept=kept, href=href, label=label)
