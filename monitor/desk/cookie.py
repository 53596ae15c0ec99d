"""The cookie: one secret a browser, which opens a session once somebody has signed in with it."""

import re
import secrets
from datetime import timedelta
from typing import Final

from aiohttp import web

from monitor.desk.seat import Seat
from monitor.desk.visit import Visit

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def fresh() -> str:
    """A new secret of 256 bits."""
    return secrets.token_urlsafe(32)


def read(request: web.Request, seat: Seat) -> str:
    """The secret that the browser sent; empty if it sent none that could be ours."""
    sent = request.cookies.get(_name(seat), "")
    return sent if _SECRET.fullmatch(sent) else ""


def give(visit: Visit, response: web.StreamResponse, browser: str, *, lasting: timedelta | None = None) -> None:
    """Let the browser keep a secret, for ``lasting`` or until it closes.

    Lax, not Strict: the call that wakes a human links here from their mail app, and must find them signed in. A Lax
    cookie rides along on such a link, and never on a stranger's form.
    """
    response.set_cookie(
        _name(visit.seat),
        browser,
        max_age=int(lasting.total_seconds()) if lasting else None,
        path="/",
        secure=_encrypted(visit.seat),
        httponly=True,
        samesite="Lax",
    )


def _encrypted(seat: Seat) -> bool:
    return seat.config.desk.url.startswith("https://")


def _name(seat: Seat) -> str:
    """``__Host-`` binds it to this very host (RFC 6265bis 4.1.3.2), which browsers grant to encrypted sites only."""
    return "__Host-ownup" if _encrypted(seat) else "ownup"
