"""Apprise, the real library, speaking to a real server on loopback."""

import asyncio
import json
import logging.handlers
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from monitor.calls import Kind
from monitor.calls.apprise import Apprise
from monitor.calls.route import Ring
from monitor.config import ConfigError, load
from monitor.models import Signal
from monitor.publish import Kind as ChannelKind
from monitor.sending import notifier
from monitor.sending.sender import Temporary
from tests.monitor.channels.sinks import answer, hang, hook_sink

# The library imports it where Python still has it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

PASSWORD = "hunter2hunter2"

CONFIG = """
[[route]]
kind = "apprise"
name = "phone"
url = "${URL}"
"""


def route(port: int, scheme: str = "json") -> Apprise:
    """An address in Apprise's form, with a secret in it."""
    return Apprise.model_validate({"name": "phone", "url": f"{scheme}://ada:{PASSWORD}@127.0.0.1:{port}/topic"})


async def test_a_call_arrives(ring: Ring) -> None:
    """Title, text and how grave it is."""
    async with hook_sink() as sink:
        assert await route(sink.port).ring(ring) == "Apprise delivered it"
    sent = json.loads(sink.hooks[0].body)
    assert (sent["title"], sent["type"]) == (ring.title, "failure")
    assert sent["message"] == f"{ring.text}\nExample Mail"


@pytest.mark.parametrize(
    ("signal", "quiet", "told"),
    [(Signal.RING, True, "warning"), (Signal.TAKEN, True, "info"), (Signal.OVER, True, "success")],
)
async def test_a_quiet_call_is_of_a_quieter_type(ring: Ring, signal: Signal, quiet: bool, told: str) -> None:  # noqa: FBT001 - a row of the table
    """Services choose sound and colour by it."""
    async with hook_sink() as sink:
        await route(sink.port).ring(replace(ring, signal=signal, quiet=quiet))
    assert json.loads(sink.hooks[0].body)["type"] == told


async def test_ntfy_hears_of_it(ring: Ring) -> None:
    """The library's own plugin for a self-hosted ntfy, on the wire."""
    async with hook_sink() as sink:
        sink.answers += [answer(200, "{}")]
        await route(sink.port, "ntfy").ring(ring)
    sent = json.loads(sink.hooks[0].body)
    assert (sent["topic"], sent["title"]) == ("topic", ring.title)


async def test_what_went_wrong_is_told_without_the_address(
    ring: Ring, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The library's words are kept, less every secret; its own log lines go nowhere."""
    lines = logging.handlers.BufferingHandler(10_000)
    monkeypatch.setattr(logging.getLogger(), "handlers", [lines])
    caplog.set_level(logging.DEBUG)
    async with hook_sink() as sink:
        sink.answers += [answer(500, f"no {PASSWORD}")]
        with pytest.raises(Temporary) as failed:
            await route(sink.port).ring(ring)
    assert "500" in failed.value.detail
    assert PASSWORD not in failed.value.detail
    assert lines.buffer
    assert not [record for record in lines.buffer if record.name == "apprise" or PASSWORD in record.getMessage()]


async def test_a_hang_holds_up_nobody(ring: Ring) -> None:
    """The waiting ends by our own timeout, while the library's thread still waits for the server."""
    async with hook_sink() as sink:
        sink.answers += [hang]
        began_s = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await route(sink.port).ring(ring)
    assert time.monotonic() - began_s < 2


def test_an_address_that_apprise_cannot_read_is_an_error_of_the_config() -> None:
    """It is told when the config is read, not at three in the morning; and it is not quoted."""
    with pytest.raises(ValidationError, match="Apprise cannot read this address") as refused:
        Apprise.model_validate({"name": "phone", "url": f"nosuch://{PASSWORD}"})
    assert PASSWORD not in str(refused.value)


def test_a_config_that_needs_the_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is missing, ``ownup check`` says so in one line with its place."""
    notifier._library.cache_clear()
    monkeypatch.setitem(sys.modules, "apprise", None)  # as Python has it for a package that is not there
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    with pytest.raises(ConfigError) as refused:
        load(path, ChannelKind, Kind, environ={"URL": "json://127.0.0.1/x"})
    assert str(refused.value) == (
        f'{path}:5: route "phone": url: this kind needs the package apprise: pip install "ownup[apprise]"'
    )
