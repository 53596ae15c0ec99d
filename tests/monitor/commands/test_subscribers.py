"""``ownup subscribers``: what an operator does when a reader asks."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.commands import main
from monitor.config import Storage
from monitor.ledger import subscribers
from monitor.ledger.store import Ledger
from monitor.ledger.subscribers import Choice
from monitor.models import Way

ANN = "ann.of.arbor@a.test"


@pytest.fixture
def config(make_config: Callable[..., Path]) -> str:
    """A config of a house to which Ann has subscribed."""
    path = make_config()

    async def subscribe() -> None:
        async with Ledger.open(Storage(), path.parent) as ledger, ledger.write() as s:
            one = await subscribers.ask(s, Way.EMAIL, ANN, Choice("de", ("mail",)), datetime.now(UTC))
            await subscribers.confirm(s, one.nonce, datetime.now(UTC))

    asyncio.run(subscribe())
    return str(path)


def said(capsys: pytest.CaptureFixture[str], config: str, *words: str) -> tuple[int, str]:
    """Exit code and what was said, well or not."""
    code = main(["subscribers", *words, "--config", config])
    out, err = capsys.readouterr()
    return code, out + err


def test_they_are_listed(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One a line: how they stand, and what they hear of."""
    code, out = said(capsys, config, "list")
    assert code == 0
    assert [line.split()[:2] + line.split()[3:] for line in out.splitlines()[1:]] == [
        ["email", "confirmed", "de", "mail", ANN]
    ]


def test_one_gets_what_is_kept_and_is_then_erased(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON; after that no file holds the address, and asking again says so."""
    code, out = said(capsys, config, "export", ANN.title())
    assert (code, json.loads(out)[0]["address"]) == (0, ANN)
    assert said(capsys, config, "erase", ANN) == (0, "erased\n")
    directory = Path(config).parent
    assert not [path for path in directory.rglob("*") if path.is_file() and ANN.encode() in path.read_bytes()]
    for deed in ("export", "erase"):
        assert said(capsys, config, deed, ANN) == (2, "nothing is kept of that address\n")
