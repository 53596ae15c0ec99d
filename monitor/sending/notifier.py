"""Handing words to Apprise, which knows a hundred services: ntfy, Teams, Telegram, Matrix, text messages."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from threading import Thread
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, SecretStr

from monitor.sending.sender import Sender, Temporary
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


class Notifier(Sender):
    """One address in Apprise's own form. The address holds the secrets, so it is one."""

    url: Annotated[SecretStr, AfterValidator(_understood)]

    def secrets(self) -> Iterator[str]:
        """The address, and all of its parts that are long enough to be one, since a service may quote any of them."""
        address = self.url.get_secret_value()
        yield address
        parts = urlsplit(address)
        values = (value for _, value in parse_qsl(parts.query))
        words = (parts.username, parts.password, *parts.path.split("/"), *values)
        yield from (unquote(word) for word in words if word and len(word) >= SECRET_CHARS_MIN)

    async def notify(self, *, title: str, text: str, grave: str) -> str:
        """Notify once; ``grave`` is Apprise's word for how grave it looks, by which services choose a sound.

        It happens in a thread of its own: Apprise blocks, and one that hangs must hold up nobody. Raises Temporary.
        """
        address = self.url.get_secret_value()
        outcome = await _in_thread(lambda: _notify(address, title, text, grave))
        if not outcome:
            said = " ".join(entry.message for entry in outcome.logs()) if outcome is not None else ""
            raise Temporary(shown(Transcript(self.secrets()).mask(said)) or "Apprise could not deliver it")
        return "Apprise delivered it"


def _notify(address: str, title: str, text: str, grave: str) -> Any:  # noqa: ANN401 - the library's own result, which is true where it delivered
    service = _library().Apprise()
    service.add(address)
    return service.notify(body=text, title=title, notify_type=grave, body_format="text")


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
