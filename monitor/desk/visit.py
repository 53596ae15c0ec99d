"""One request at the desk: who asks, what they sent, and how to answer them."""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web
from markupsafe import Markup

from monitor.desk.knocks import Knocks
from monitor.desk.seat import Seat
from monitor.desk.sheets import Sheets
from monitor.desk.streams import Streams
from monitor.desk.times import Times
from monitor.models import Person, Role
from monitor.oidc import Provider
from monitor.password import Passwords
from monitor.readiness import Readiness

SETTLE_S: Final = 1.0
_RANK: Final = tuple(Role)

# What a page says after a deed, by the word that the redirect carries: nobody can put other words on it.
SAID: Final = {
    "approved": "Approved. It goes out now; each channel below says when it was delivered.",
    "again": "It is being sent once more, under the same key.",
    "also": "It goes out that way too, as it was approved.",
    "lifted": "The channel tries again now: first what it was refused, then what waited.",
    "agreed": "You agree with these words. They go out when another approver publishes them.",
    "briefed": "Written down: whoever answers the phone has the brief.",
    "taken": "You have taken it up. Notices may say so from now on.",
    "told": "Written down, with your name. The draft that waits now says so.",
    "planned": "Written down. The overview asks for it when its day has come.",
    "followed": "Done, and written down with your name.",
    "edited": "Saved. Nothing is published yet: read it once more, then approve.",
    "ours": "The draft has our own words again, by what is known now. The edit is kept in the record.",
    "rejected": "Rejected, and kept in the record with your reason. Nothing was published.",
    "over": "You have taken it over. The next notice bears your name.",
    "first": "Written down: a customer told us first. It is counted, and said to nobody.",
    "promised": "The notice now promises that time. Read it once more before it goes out.",
    "begun": "The incident is open. Its draft says what you noticed, in your name.",
    "merged": "They are one incident now. Its draft tells of both.",
    "split": "It is an incident of its own now, with a draft of its own.",
    "false": "Rejected, and counted as a false alarm. Nothing was published.",
    "drilled": "The drill begins. Below stands where it goes on.",
    "erased": "Erased. No trace of the address is left here.",
    "out": "You are signed out.",
    "broken": "The sample part is broken now. The first failed check and its draft follow within seconds: look again.",
    "repaired": "The sample part works again. Our checks will see it within seconds: look again.",
}


class Refusal(Exception):  # noqa: N818 - an answer to a human, not an error of the program
    """Why something is not done: a sentence that says it, and advice on what to do next.

    ``shown`` is the page that says so, where a better one than the common page of refusals can be made.
    """

    def __init__(self, status: int, sentence: str, advice: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.advice = advice
        self.shown: web.Response | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk's own tools, beside what it was given."""

    seat: Seat
    sheets: Sheets
    passwords: Passwords
    streams: Streams
    knocks: Knocks
    readiness: Readiness
    provider: Provider | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A request on its way.

    ``browser`` is the secret of the cookie, whether somebody has signed in with it or not; ``is_new`` if we have just
    made it up for a browser that had none.
    """

    desk: Desk
    request: web.Request
    browser: str
    is_new: bool
    person: Person | None
    form: Mapping[str, str]
    now: datetime

    @property
    def seat(self) -> Seat:
        """What the desk was given."""
        return self.desk.seat

    @property
    def person_id(self) -> int:
        """The signed-in person; only behind a route that asks for one."""
        assert self.person is not None  # noqa: S101 - the gate lets nobody else through
        assert self.person.id is not None  # noqa: S101 - they stand in the record
        return self.person.id

    @property
    def times(self) -> Times:
        """How times are written for this reader."""
        return Times(ZoneInfo(self.seat.config.site.timezone), self.now)

    def may(self, role: str) -> bool:
        """Whether the person here has at least this role."""
        return self.person is not None and _RANK.index(self.person.role) >= _RANK.index(Role(role))

    def number(self, name: str = "id") -> int:
        """A number from the address."""
        return int(self.request.match_info[name])

    def field(self, name: str) -> str:
        """A field of the form; an absent one is empty."""
        return self.form.get(name, "")

    def token(self) -> str:
        """What every form carries to show that it comes from a page of ours for this very browser."""
        return hmac.digest(self.browser.encode(), b"ownup desk form", hashlib.sha256).hex()

    def page(self, template: str, /, *, status: int = 200, again: str = "", **facts: object) -> web.Response:
        """Answer with a page."""
        text = self.desk.sheets.page(template, {**self._common(again), **facts})
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")

    def goto(self, path: str, said: str = "") -> web.Response:
        """Answer a deed: look at ``path`` now, where one of the sentences of ``SAID`` tells what was done."""
        return web.Response(status=303, headers={"Location": f"{path}?said={said}" if said else path})

    async def settled(self) -> None:
        """Give the rest of the daemon a moment to act on what was just written, so that the next page shows it."""
        ledger = self.seat.ledger
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                await ledger.changed(ledger.version)

    def _common(self, again: str) -> dict[str, object]:
        hidden = Markup('<input type="hidden" name="token" value="{}">').format(self.token())
        return {
            "site": self.seat.config.site.name,
            "drill": self.seat.drill,
            "person": self.person,
            "may": self.may,
            "times": self.times,
            "said": SAID.get(self.request.query.get("said", ""), ""),
            "token": lambda: hidden,
            "again": again,
            "live": "",
        }


def limits(seat: Seat) -> dict[str, timedelta]:
    """How long a session lasts: unused, and at all."""
    desk = seat.config.desk
    return {"idle": timedelta(seconds=desk.session_idle), "absolute": timedelta(seconds=desk.session_absolute)}
