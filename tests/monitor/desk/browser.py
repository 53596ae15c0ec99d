"""A browser without a screen: it keeps the cookie, reads the forms of a page, and sends one with what was typed."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self._fields = self.forms.setdefault(has.get("action") or "", {})
        elif self._fields is not None and tag == "input":
            self._fields[has["name"] or ""] = has.get("value") or ""
        elif self._fields is not None and tag == "textarea":
            self._area = has.get("name") or ""
            self._fields[self._area] = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._fields is not None:
            self._fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._fields is not None:
            self._fields[self._area] = self._fields[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "form":
            self._fields = None


@dataclass(slots=True)
class Page:
    """What came back."""

    status: int
    path: str
    text: str
    headers: dict[str, str]
    forms: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Browser:
    """One person's browser."""

    client: TestClient

    def wear(self, secret: str) -> None:
        """Show this cookie from now on."""
        self.client.session.cookie_jar.clear()
        self.client.session.cookie_jar.update_cookies({"ownup": secret}, self.client.make_url("/"))

    async def get(self, path: str) -> Page:
        """Open a page."""
        async with self.client.get(path) as response:
            return await _page(response)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        """Send a form."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.post(path, data=fields, headers=sent) as response:
            return await _page(response)

    async def submit(self, page: Page, action: str, **typed: str) -> Page:
        """Send a form of a page that was opened, with what a human typed into it."""
        return await self.post(action or page.path, {**page.forms[action], **typed})


async def _page(response: ClientResponse) -> Page:
    text = await response.text()
    forms = _Forms()
    forms.feed(text)
    return Page(response.status, str(response.url.path), text, dict(response.headers), forms.forms)
