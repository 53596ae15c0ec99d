"""What a trusted proxy says of a request: from which address it comes, and who has sent it."""

from typing import Final

from aiohttp import web

from monitor import forwarded
from monitor.config import Desk
from monitor.desk.arrival import Outsider
from monitor.desk.visit import Refusal

HEADER_CHARS_MAX: Final = 4000


def address(request: web.Request, desk: Desk) -> str:
    """Where a request comes from: the last address on its way that no trusted proxy of ours has."""
    return forwarded.address(request, desk.trusted_proxies)


def outsider(request: web.Request, desk: Desk) -> Outsider | None:
    """Who a trusted proxy says has sent a request; None if nobody says so. Raises Refusal if it says two things."""
    if not desk.user_header or not forwarded.trusted(request.remote or "", desk.trusted_proxies):
        return None
    user = _one(request, desk.user_header)
    if not user:
        return None
    name = _one(request, desk.name_header) if desk.name_header else ""
    groups = _one(request, desk.groups_header) if desk.groups_header else ""
    return Outsider(f"proxy {user}", name or user, tuple(word.strip() for word in groups.split(",")))


def _one(request: web.Request, header: str) -> str:
    """A header that came twice was sent by somebody else too, and the proxy let it through."""
    said = request.headers.getall(header, [])
    if len(said) > 1 or any(len(word) > HEADER_CHARS_MAX for word in said):
        raise Refusal(
            400, "The proxy says two different things of who you are.", "Tell an admin: it must replace them."
        )
    return said[0].strip() if said else ""
