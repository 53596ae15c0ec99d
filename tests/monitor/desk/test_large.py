"""A large house: its pages stay small, and ask the record as often as those of a small one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from benchmarks import large
from benchmarks.desk import BYTES_MAX, forgotten, pages
from benchmarks.large import Size
from monitor.desk.app import make
from monitor.desk.seat import Seat
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from monitor.scribe.account import Account
from monitor.scribe.scribe import Scribe
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.house import START
from tests.monitor.statements import counted

SMALL = Size(targets=40, incidents=5, components=6, hit=12, flips=1, open=3)
LARGER = Size(targets=200, incidents=16, components=30, hit=150, flips=1, open=12)
LARGEST = Size(targets=2000, incidents=40, components=40, hit=1000, flips=1, open=30)


@asynccontextmanager
async def desk(directory: Path, size: Size) -> AsyncIterator[Browser]:
    """Its desk, with somebody signed in; every target was looked at for an hour."""
    directory.mkdir()  # noqa: ASYNC240 - of a test
    settings = large.config(directory, size)
    async with Ledger.open(settings.storage, directory) as ledger:
        secret = await large.fill(ledger, settings, size, START)
        async with Samples.open(settings.storage, directory) as samples:
            verdicts = large.look(samples, settings, size, START)
        await Scribe(ledger, Account(settings), clock=lambda: START).tend()  # so that drafts tell of all that fails
        async with Samples.open(settings.storage, directory) as samples:
            seat = Seat(ledger=ledger, config=settings, verdicts=lambda: verdicts, clock=lambda: START, samples=samples)
            async with TestServer(make(seat)) as server, TestClient(server) as client:
                browser = Browser(client)
                browser.wear(secret)
                yield browser


async def asked(directory: Path, size: Size) -> list[tuple[str, int]]:
    """How often each page asks the record."""
    found = []
    async with desk(directory, size) as browser:
        for path in pages(size):
            with counted() as statements:
                page = await browser.get(path)
            assert page.status == 200, path
            found.append((page.path.rstrip("0123456789"), len(statements)))
    return found


def test_no_page_is_forgotten() -> None:
    """Whoever adds a page to the router is asked to measure it, too."""
    assert forgotten(pages(SMALL)) == []


@pytest.mark.timeout(120)
async def test_a_page_asks_as_often_however_large_the_house_is(tmp_path: Path) -> None:
    """Five times the targets and four times the open incidents cost no further statement, and no page takes many."""
    few, many = [await asked(tmp_path / name, size) for name, size in (("few", SMALL), ("many", LARGER))]
    assert [count for _, count in few] == [count for _, count in many], list(zip(few, many, strict=True))
    assert max(count for _, count in many) <= 24


@pytest.mark.timeout(240)
async def test_no_page_is_heavy_in_the_largest_house(tmp_path: Path) -> None:
    """Two thousand targets, forty components, half of it down, thirty incidents at once: 60 kB at most."""
    async with desk(tmp_path / "largest", LARGEST) as browser:
        heavy = {path: len((await browser.get(path)).text.encode()) for path in pages(LARGEST)}
    assert {path: size for path, size in heavy.items() if size > BYTES_MAX} == {}
