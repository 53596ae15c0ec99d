"""The desk as one web application, which the daemon serves."""

from aiohttp import web

from monitor.desk.seat import Seat


def make(seat: Seat) -> web.Application:
    """Build the desk's application; ``seat`` says what it reads, and writes approvals into."""
    raise NotImplementedError(seat)
