"""Everything that Apprise can reach: ntfy, Slack, Teams, Telegram, gateways for text messages and a hundred others."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from threading import Thread
from typing import Annotated, Any, ClassVar, Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, SecretStr

from monitor.calls.route import Ring, Route
from monitor.models import Signal
from monitor.sending.sender import Temporary
from monitor.sending.submission import shown
from probes.transcript import Transcript

SECRET_CHARS_MIN: Final = 5


def _understood(url: SecretStr) -> SecretStr:
    try:
        library = _library()
    except ImportError:
        raise ValueError('this kind needs the package apprise: pip install "ownup[apprise]"') from None
    if library.Apprise.instantiate(url.get_secret_value()) is None:
        raise ValueError('Apprise cannot read this address; it should be like "ntfys://topic" or "slack://…"')
    return url


class Apprise(Route):
    """One address in Apprise's own form. The address holds the secrets, so it is one."""

    summary: ClassVar = "Hands the call to Apprise, which speaks to ntfy, Slack, Teams, Telegram and many more."

    kind: Literal["apprise"] = "apprise"
    url: Annotated[SecretStr, AfterValidator(_understood)]

    def secrets(self) -> Iterator[str]:
        """The address, and all of its parts that are long enough to be one, since a service may quote any of them."""
        address = self.url.get_secret_value()
        yield address
        parts = urlsplit(address)
        values = (value for _, value in parse_qsl(parts.query))
        words = (parts.username, parts.password, *parts.path.split("/"), *values)
        yield from (unquote(word) for word in words if word and len(word) >= SECRET_CHARS_MIN)

    async def ring(self, ring: Ring) -> str:
        """Ring once, in a thread of its own: Apprise blocks, and one that hangs must hold up nobody."""
        outcome = await _in_thread(lambda: self._notify(ring))
        if not outcome:
            said = " ".join(entry.message for entry in outcome.logs()) if outcome is not None else ""
            raise Temporary(shown(Transcript(self.secrets()).mask(said)) or "Apprise could not deliver it")
        return "Apprise delivered it"

    def _notify(self, ring: Ring) -> Any:  # noqa: ANN401 - the library's own result, which is true where it delivered
        library = _library()
        service = library.Apprise()
        service.add(self.url.get_secret_value())
        text = f"{ring.text}\n{ring.site}"
        return service.notify(body=text, title=ring.title, notify_type=_type(ring), body_format="text")


def _type(ring: Ring) -> str:
    """How grave it looks, in Apprise's words, by which services choose a sound."""
    if ring.signal is Signal.RING:
        return "warning" if ring.quiet else "failure"
    return "info" if ring.signal is Signal.TAKEN else "success"


@cache
def _library() -> Any:  # noqa: ANN401 - an extra, imported only where a config asks for it; ImportError if it is not there
    library = import_module("apprise")
    logging.getLogger("apprise").propagate = False  # Its lines may hold addresses; what went wrong we say ourselves.
    return library


async def _in_thread(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the work gives; None if it raised
    """Wait for the work of a thread that neither a timeout of ours nor our own end has to wait for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(outcome: object) -> None:
        if not done.done():
            done.set_result(outcome)

    def run() -> None:
        outcome = None
        try:
            outcome = work()
        finally:
            with suppress(RuntimeError):  # The loop is closed: nobody waits any more.
                loop.call_soon_threadsafe(settle, outcome)

    Thread(target=run, name="apprise", daemon=True).start()
    return await done
