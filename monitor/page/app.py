"""The public page as a web application: every answer comes from memory."""

from aiohttp import web

from monitor.page.pages import Pages


def make(pages: Pages) -> web.Application:
    """The application to serve on ``[page] listen``. Start ``pages.keep()`` beside it, so that it stays true."""
    raise NotImplementedError
