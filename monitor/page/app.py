"""The public page as a web application: without cookies or scripts, every page from memory, and the door beside it."""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from aiohttp import web

from monitor.page.answer import Answer
from monitor.page.door import Door
from monitor.page.pages import Pages

PACKED: Final = "-gzip"
"""What the tag of a compressed answer has at its end: other bytes need another tag (RFC 9110 section 8.8.3)."""

_NOT_AT_ALL: Final = re.compile(r"\s*q=0(?:\.0*)?\s*")

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action {forms}; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "ownup",
}


def make(pages: Pages) -> web.Application:
    """The application to serve on ``[page] listen``. Run ``pages.keep()`` beside it, so that it stays true."""
    app = web.Application(client_max_size=1)
    opens = pages.setting.rules.secret is not None
    if opens:
        Door.of(pages).add_to(app)
    app.router.add_get("/{path:.*}", _reader(pages))
    app.on_response_prepare.append(partial(_guard, forms="'self'" if opens else "'none'"))
    return app


def _reader(pages: Pages) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def read(request: web.Request) -> web.Response:
        answer = pages.answer(request.path)
        body = pages.packed(answer) if _unpacks(request) else answer.body
        headers = _headers(answer, packed=body is not answer.body)
        if _known(request, answer):
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=body, status=answer.status, content_type=answer.content_type, charset="utf-8", headers=headers
        )

    return read


def _unpacks(request: web.Request) -> bool:
    """Whether the reader takes gzip: it is named, and not with the weight 0 (RFC 9110 section 12.5.3)."""
    for part in request.headers.get("Accept-Encoding", "").split(","):
        coding, _, weight = part.partition(";")
        if coding.strip().lower() == "gzip":
            return not _NOT_AT_ALL.fullmatch(weight)
    return False


def _known(request: web.Request, answer: Answer) -> bool:
    """Whether the reader has this answer already (RFC 9110 section 13.1.2)."""
    tags = request.if_none_match or ()
    known = {answer.etag, answer.etag + PACKED, "*"}
    return answer.status == web.HTTPOk.status_code and any(tag.value in known for tag in tags)


def _headers(answer: Answer, *, packed: bool) -> dict[str, str]:
    headers = {"Cache-Control": answer.cache_control, "Vary": "Accept-Encoding"}
    headers["ETag"] = f'"{answer.etag}{PACKED if packed else ""}"'
    if packed:
        headers["Content-Encoding"] = "gzip"
    if answer.shared:
        headers["Access-Control-Allow-Origin"] = "*"
    return headers


async def _guard(request: web.Request, response: web.StreamResponse, *, forms: str) -> None:
    """Every answer, an error too, says what a browser may do with it; ``forms`` is where forms may lead, if any."""
    del request
    response.headers.update({name: value.format(forms=forms) for name, value in HEADERS.items()})
