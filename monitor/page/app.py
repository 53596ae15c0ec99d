"""The public page as a web application: read only, without cookies or scripts, every answer from memory."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from monitor.page.answer import Answer
from monitor.page.pages import Pages

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "ownup",
}


def make(pages: Pages) -> web.Application:
    """The application to serve on ``[page] listen``. Run ``pages.keep()`` beside it, so that it stays true."""
    app = web.Application(client_max_size=1)
    app.router.add_get("/{path:.*}", _reader(pages))
    app.on_response_prepare.append(_guard)
    return app


def _reader(pages: Pages) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def read(request: web.Request) -> web.Response:
        answer = pages.answer(request.path)
        if _known(request, answer):
            return web.Response(status=304, headers=_headers(answer))
        return web.Response(
            body=answer.body,
            status=answer.status,
            content_type=answer.content_type,
            charset="utf-8",
            headers=_headers(answer),
        )

    return read


def _known(request: web.Request, answer: Answer) -> bool:
    """Whether the reader has this answer already (RFC 9110 section 13.1.2)."""
    tags = request.if_none_match or ()
    return answer.status == web.HTTPOk.status_code and any(tag.value in {answer.etag, "*"} for tag in tags)


def _headers(answer: Answer) -> dict[str, str]:
    kept = {"ETag": f'"{answer.etag}"', "Cache-Control": answer.cache_control}
    return {**kept, "Access-Control-Allow-Origin": "*"} if answer.shared else kept


async def _guard(request: web.Request, response: web.StreamResponse) -> None:
    """Every answer, an error too, says what a browser may do with it."""
    del request
    response.headers.update(HEADERS)
