"""The door of the API: token, role, version and body are looked at here, and every refusal leaves in one shape."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from monitor.desk.api.ask import Ask
from monitor.desk.api.endpoint import PREFIX, Endpoint, Shape, Version
from monitor.desk.api.events import sent
from monitor.desk.api.problem import Problem, invalid, refused
from monitor.desk.seat import Seat
from monitor.desk.streams import Streams
from monitor.desk.visit import Refusal
from monitor.ledger import audit, tokens
from monitor.ledger.errors import Refused
from monitor.ledger.tokens import Bearer, Standing
from monitor.models import Role

JSON: Final = "application/json"
READS: Final = frozenset({"GET", "HEAD"})
_RANK: Final = tuple(Role)
_CLOSED: Final = {
    Standing.EXPIRED: "This token has expired",
    Standing.REMOVED: "This token was removed",
    Standing.DISABLED: "The person of this token is here no more",
}

Model = TypeVar("Model", bound=BaseModel)
Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(endpoint: Endpoint, seat: Seat, streams: Streams) -> Answering:
    """What answers at an endpoint."""
    shape = Shape.of(endpoint.handler)

    async def answer(request: web.Request) -> web.StreamResponse:
        bearer = await _bearer(request, seat)
        try:
            ask = Ask(seat, _admitted(bearer, endpoint, seat), seat.clock(), streams)
            await _touch(ask)
            given = await _given(request, shape)
            if shape.streams:
                return await sent(request, endpoint.handler(ask, **given))
            return _answered(endpoint, await _done(endpoint, ask, given))
        except Problem as problem:
            if bearer and request.method not in READS:
                await _note(request, seat, bearer, problem)
            return problem.response()

    return answer


def nowhere(endpoints: tuple[Endpoint, ...]) -> Answering:
    """What answers at every other address under the API's own."""

    async def answer(request: web.Request) -> web.StreamResponse:
        allowed = sorted({one.method for one in endpoints if one.matches(request.path)})
        if not allowed:
            problem = Problem(404, "There is nothing at this address.", f"{PREFIX}/openapi.json lists all there is.")
            return problem.response()
        verbs = ", ".join(["HEAD", *allowed] if "GET" in allowed else allowed)
        detail = f"{request.method} is not done here."
        return Problem(405, detail, f"This address takes {verbs}.", headers={"Allow": verbs}).response()

    return answer


async def _done(endpoint: Endpoint, ask: Ask, given: Mapping[str, Any]) -> BaseModel:
    try:
        answer: BaseModel = await endpoint.handler(ask, **given)
    except Refused as why:
        raise refused(why) from why
    except Refusal as why:
        raise Problem(why.status, why.sentence, why.advice) from why
    return answer


def _answered(endpoint: Endpoint, answer: BaseModel) -> web.Response:
    headers = {}
    if tag := getattr(answer, "etag", ""):
        headers["ETag"] = tag
    if endpoint.makes:
        headers["Location"] = f"{PREFIX}/incidents/{getattr(answer, 'id', '')}"
    text = answer.model_dump_json(ensure_ascii=True)  # what turns or hides letters does so in a terminal, too
    return web.Response(status=endpoint.status, text=text, content_type=JSON, charset="utf-8", headers=headers)


async def _bearer(request: web.Request, seat: Seat) -> Bearer | None:
    """Whose token is shown, whether it still opens anything or not."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    async with seat.ledger.read() as s:
        return await tokens.find(s, secret.strip())


def _admitted(bearer: Bearer | None, endpoint: Endpoint, seat: Seat) -> Bearer:
    if bearer is None:
        raise _stranger("This address wants a token, and none that we know was shown", "")
    standing = bearer.standing(seat.clock())
    if standing is not Standing.GOOD:
        raise _stranger(_CLOSED[standing], ', error="invalid_token"')
    if _RANK.index(bearer.role) < _RANK.index(endpoint.role):
        advice = "Use a token of somebody who may, or ask an admin for one with that role."
        raise Problem(403, f"This token is {bearer.role}, and this needs {endpoint.role}: nothing was done.", advice)
    return bearer


def _stranger(detail: str, error: str) -> Problem:
    return Problem(
        401,
        f"{detail}: nothing was done.",
        "Show a token as “Authorization: Bearer ownup_…”; an admin makes one with “ownup token add”.",
        headers={"WWW-Authenticate": f'Bearer realm="ownup"{error}'},
    )


async def _touch(ask: Ask) -> None:
    used = ask.bearer.token.used_at
    if used is None or ask.now - used > tokens.TOUCH_EVERY:
        async with ask.write() as s:
            await tokens.touch(s, ask.bearer.token.id, ask.now)


async def _given(request: web.Request, shape: Shape) -> dict[str, Any]:
    """All that the handler takes of this request."""
    given: dict[str, Any] = {}
    if shape.numbered:
        given["number"] = int(request.match_info["id"])
    if shape.versioned:
        given["version"] = _version(request)
    given |= _queried(request, shape)
    if shape.given is not None:
        given["given"] = _parsed(shape.given, await _body(request))
    return given


def _version(request: web.Request) -> Version:
    shown = request.headers.get("If-Match", "").strip()
    if shown in {"", "*"}:
        advice = "Get the draft, read it, and send its ETag as If-Match."
        raise Problem(428, "Which version of the draft you have read is not said: nothing was done.", advice)
    return Version(shown)


def _queried(request: web.Request, shape: Shape) -> dict[str, BaseModel]:
    if shape.query is None:
        return {}
    try:
        return {"query": shape.query.model_validate_strings(dict(request.query))}
    except ValidationError as error:
        raise invalid("query", error) from None


async def _body(request: web.Request) -> bytes:
    if request.content_type != JSON:
        raise Problem(415, "The body is no JSON.", f"Send it as “Content-Type: {JSON}”.")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Problem(413, "That is more than a body here may hold.", "Send less.") from None


def _parsed(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise invalid("body", error) from None


async def _note(request: web.Request, seat: Seat, bearer: Bearer, problem: Problem) -> None:
    """What a known person's program was refused stands in the audit."""
    async with seat.ledger.write() as s:
        audit.open_through(s, bearer.name)
        detail, path = f"{HTTPStatus(problem.told.status).value} {problem.told.detail}", request.path
        name, now = bearer.person.name, seat.clock()
        await audit.note(s, actor=name, action="refused", subject=path, detail=detail, now=now)
