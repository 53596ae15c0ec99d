"""Every page of the desk in every state: small, closed to strangers, readable by everybody, and harmless."""

import asyncio
import base64
import hashlib
import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page, Request, Route, async_playwright

from tests.monitor.desk import browser, day, night
from tests.monitor.desk.gallery import Gallery

HOME: Final = "http://desk.test/"
AT_ONCE: Final = 4
BYTES_MAX: Final = 60_000
PHONE: Final = {"width": 390, "height": 844}
WIDE: Final = {"width": 1280, "height": 900}
EVERY_RULE: Final = {"resultTypes": ["violations"]}
LOOKS: Final = {**EVERY_RULE, "runOnly": ["color-contrast", "scrollable-region-focusable", "target-size"]}
"""The rules whose answer depends on colours, which no screen changes, or on the screen, which no colour does."""

AXE: Final = "async (rules) => (await axe.run(document, rules)).violations.map((one) => [one.id, one.nodes[0].html])"

POLICY: Final = (
    "default-src 'self'; style-src 'sha256-{}'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
WIDER: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT: Final = """[...document.querySelectorAll("main *, .drill")].filter((one) => {
  const style = getComputedStyle(one);
  const hidden = [style.overflowX, style.overflowY].some((how) => how === "hidden" || how === "clip");
  const over = one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
  return hidden && one.clientWidth && over;
}).map((one) => one.outerHTML.slice(0, 120))"""
ROOMS: Final[tuple[Callable[[Gallery, Path], Awaitable[None]], ...]] = (
    *(night.calm, night.night, night.grown),
    *(day.after, day.seconds, day.drill, day.doors, day.planned),
)


async def paint(directory: Path) -> Gallery:
    """Open every room."""
    gallery = Gallery()
    for room in ROOMS:
        await room(gallery, directory)
    return gallery


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    """All pages; they are painted once."""
    return asyncio.run(paint(tmp_path_factory.mktemp("gallery")))


class _Marks(HTMLParser):
    """What a browser would run, load or lay out by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.styles: list[str] = []
        self.loads: list[str] = []
        self.inline: list[str] = []
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self._inside = tag if tag in {"style", "script"} else self._inside
        self.inline += [f"{tag} {name}" for name in has if name.startswith("on") or name == "style"]
        self.inline += [f"{tag} {value}" for value in has.values() if value.lower().startswith("javascript:")]
        if tag == "script" and "src" not in has:
            self.inline.append("a script in the page")
        if tag in {"script", "img", "iframe", "object", "embed", "audio", "video", "source"}:
            self.loads.append(has.get("src", ""))
        if tag == "link":
            self.loads.append(has["href"])

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.styles.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside


def test_every_page_of_the_router_is_here(gallery: Gallery) -> None:
    """A page that is added without a picture of it fails here."""
    assert gallery.unseen() == []


def test_every_page_is_small_and_comes_in_one_piece(gallery: Gallery) -> None:
    """60 kB at most; its one sheet of style stands in it, under the policy's hash; what it loads later is ours."""
    for name, page in gallery.shown.items():
        marks = _Marks(page.text)
        (style,) = marks.styles
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert page.headers["Content-Security-Policy"] == POLICY.format(digest), name
        assert page.headers["Cache-Control"] == "no-store", name
        assert marks.inline == [], name
        assert all(re.fullmatch(r"/static/[a-z]+\.[0-9a-f]{12}\.(js|svg)", one) for one in marks.loads), (
            name,
            marks.loads,
        )
        assert len(page.text.encode()) <= BYTES_MAX, name


def test_no_page_lets_hostile_words_do_anything(gallery: Gallery) -> None:
    """Whoever sent them: no mark, no template, no turned or hidden letter, no second header and no endless line."""
    seen = 0
    for name, page in gallery.shown.items():
        seen += "&lt;script&gt;" in page.text
        assert "<script>" not in page.text.partition("</head>")[2], name
        assert "<img" not in page.text, name
        assert "<b>split" not in page.text, name
        assert not re.search(r"(?<![\d:.])49(?![\d:.])", re.sub(r'value="[^"]*"', "", page.text)), name
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page.text), name
        assert 'href="javascript' not in page.text, name
        assert "Set-Cookie: own" not in repr(page.headers), name
        assert "W" * 1000 not in page.text, name
    assert seen > len(gallery.shown) // 3  # or the words did not get where they were meant to be seen


@pytest.mark.timeout(400)
async def test_everybody_can_read_every_page(gallery: Gallery) -> None:
    """All folds open, axe-core finds nothing by day on a phone or by night on a wide screen, and large text fits."""
    found: dict[str, Any] = {}
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        waiting = iter(gallery.shown.items())
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(_visitor(chromium, waiting, found))
        await chromium.close()
    assert found == {}


def _chromium() -> str:
    found = shutil.which("chromium")
    assert found, "these tests need Chromium: apt-get install chromium"
    return found


async def _visitor(chromium: Browser, waiting: Iterator[tuple[str, browser.Page]], found: dict[str, Any]) -> None:
    """Somebody who goes from page to page until none is left."""
    context = await chromium.new_context(viewport=PHONE, bypass_csp=True)  # type: ignore[arg-type]
    tab = await context.new_page()
    for name, page in waiting:

        async def answer(route: Route, request: Request, body: str = page.text) -> None:
            if request.url == HOME:
                await route.fulfill(body=body, content_type="text/html; charset=utf-8")
            else:
                await route.abort()

        await tab.route("**/*", answer)
        await tab.goto(HOME)
        if wrong := await _wrong(tab):
            found[name] = wrong
        await tab.unroute("**/*")
    await context.close()


async def _wrong(tab: Page) -> list[Any]:
    """What keeps somebody from reading a page."""
    await tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    await tab.evaluate(AXE_SCRIPT)
    await tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await tab.emulate_media(color_scheme="light")
    wrong = await tab.evaluate(AXE, EVERY_RULE)
    await tab.set_viewport_size(WIDE)  # type: ignore[arg-type]
    await tab.emulate_media(color_scheme="dark")
    wrong += await tab.evaluate(AXE, LOOKS)
    await tab.add_style_tag(content="html { font-size: 200% }")
    for screen in (PHONE, WIDE):
        await tab.set_viewport_size(screen)  # type: ignore[arg-type]
        wrong += [f"wider than {screen['width']}"] if await tab.evaluate(WIDER) > 0 else []
        wrong += [f"cut off at {screen['width']}: {one}" for one in await tab.evaluate(CUT)]
    return wrong
