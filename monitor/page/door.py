"""The door: where readers ask to be told, confirm it, change it and leave; the only part of the page that writes.

Who knows an address learns nothing here: the answer is the same whether it is subscribed or not, and so is the work
behind it, one write. What a link in a mail opens asks once more, since programs that look for harm open all links; only
the button changes anything. There are no cookies, so another site can send nothing in a reader's name that it could not
send in its own: what may be done is in the link alone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv6Address, IPv6Network
from typing import Final

from aiohttp import web

from monitor import forwarded
from monitor.ledger import subscribers
from monitor.ledger.subscribers import Choice
from monitor.models import Subscriber, SubscriberState, Way
from monitor.page import render, wish
from monitor.page.answer import Answer
from monitor.page.budget import Budget
from monitor.page.pages import Pages
from monitor.page.routes import SUBSCRIBE
from monitor.page.wish import Form, Wish
from monitor.passes import Passes, Purpose

BODY_BYTES_MAX: Final = 16 * 1024
BODY_S: Final = 10.0
_V6_HOME: Final = 64

Reply = Callable[..., Answer]
"""Makes an answer from the name of its template and what it shows."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request at the door: in which language, by whose pass, with which fields, and how to answer."""

    language: str
    nonce: str
    shown: str
    fields: Form
    reply: Reply


class Unread(Exception):  # noqa: N818 - an answer to a reader, not an error of the program
    """What was sent is no form of ours; ``status`` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class Door:
    """What the door needs to answer: the pages, whose style it shares, and how patient it still is with whom."""

    pages: Pages
    passes: Passes
    clients: Budget
    addresses: Budget = field(repr=False)

    @classmethod
    def of(cls, pages: Pages) -> "Door":
        """As the config has it."""
        rules = pages.setting.rules
        return cls(pages, Passes.of(rules), Budget(rules.asks_per_client), Budget(rules.asks_per_address))

    def add_to(self, app: web.Application) -> None:
        """Open it, in every language. Links in old mails work for as long as there is a secret to check them by."""
        for language in self.pages.setting.languages:
            _, links = self.pages.told_in(language)
            if self.pages.setting.ways:
                app.router.add_post(links.prefix + SUBSCRIBE, partial(self._ask, language))
            for name, purpose, shows, does in self._deeds():
                path = f"{links.prefix}/{name}/{{shown:[a-z0-9.]{{1,120}}}}"
                app.router.add_get(path, self._with_pass(language, purpose, shows))
                app.router.add_post(path, self._with_pass(language, purpose, does))

    def _deeds(self) -> tuple[tuple[str, Purpose, "Deed", "Deed"], ...]:
        """What a link can be for, the page that it shows, and what the button there does."""
        return (
            ("confirm", Purpose.CONFIRM, self._show_confirm, self._confirm),
            ("unsubscribe", Purpose.STAY, self._show_leave, self._leave),
            ("manage", Purpose.STAY, self._show_choice, self._choose),
        )

    async def _ask(self, language: str, request: web.Request) -> web.Response:
        reply = self._reply(language, SUBSCRIBE)
        try:
            fields = await _form(request)
        except Unread as why:
            return _sent(reply("told.html", status=why.status, title="unread", said=("unread_body",)))
        asked, chosen = Wish.of(fields, self.pages.setting.ways), self._choice(fields, language)
        if asked is None or asked.address is None:
            return _sent(_wrong(reply, asked, chosen))
        if wait_s := self._over_budget(request, asked.address):
            answer = _sent(reply("told.html", status=429, title="many", said=("many_body",)))
            answer.headers["Retry-After"] = str(wait_s)
            return answer
        async with self.pages.ledger.write() as s:
            one = await subscribers.ask(s, asked.way, asked.address, chosen, self.pages.clock())
        return _sent(self._asked(reply, asked.way, one, language))

    def _asked(self, reply: Reply, way: Way, one: Subscriber, language: str) -> Answer:
        """For mail the same to everybody; a webhook gets a secret of its own each time, so that too tells nothing."""
        if way is Way.EMAIL:
            return reply("told.html", title="asked", said=("asked_body", "asked_spam"))
        _, links = self.pages.told_in(language)
        change = f"{self.pages.setting.site.public_url}{links.prefix}/manage/"
        change += self.passes.issue(Purpose.STAY, one.nonce)
        return reply("hooked.html", secret=self.passes.secrets(one.nonce)[0], change=change)

    def _over_budget(self, request: web.Request, address: str) -> int:
        now, client = self.pages.clock(), forwarded.address(request, self.pages.setting.rules.trusted_proxies)
        return self.clients.spend(_home(client), now) or self.addresses.spend(address, now)

    def _choice(self, fields: Form, language: str) -> Choice:
        """In the language that they chose, or that of the page."""
        languages = self.pages.setting.languages
        first = (language, *(other for other in languages if other != language))
        return wish.choice(fields, first, [one.id for one in self.pages.setting.components])

    def _with_pass(self, language: str, purpose: Purpose, deed: "Deed") -> "Handler":
        async def answer(request: web.Request) -> web.Response:
            shown = request.match_info["shown"]
            reply = self._reply(language, request.path.removeprefix(self.pages.told_in(language)[1].prefix))
            nonce = self.passes.holder(purpose, shown, self.pages.clock())
            if nonce is None:
                return _sent(_over(reply))
            try:
                fields = await _form(request)
            except Unread as why:
                return _sent(reply("told.html", status=why.status, title="unread", said=("unread_body",)))
            return _sent(await deed(Call(language, nonce, shown, fields, reply)))

        return answer

    async def _show_confirm(self, call: Call) -> Answer:
        return call.reply("told.html", title="confirm", said=("confirm_body",), button="confirm_button")

    async def _confirm(self, call: Call) -> Answer:
        async with self.pages.ledger.write() as s:
            one = await subscribers.confirm(s, call.nonce, self.pages.clock())
        return call.reply("told.html", title="confirmed", said=("confirmed_body",)) if one else _over(call.reply)

    async def _show_leave(self, call: Call) -> Answer:
        return call.reply("told.html", title="leave", said=("leave_body",), button="leave_button")

    async def _leave(self, call: Call) -> Answer:
        async with self.pages.ledger.write() as s:
            await subscribers.leave(s, call.nonce)
        return _left(call.reply)

    async def _show_choice(self, call: Call) -> Answer:
        async with self.pages.ledger.read() as s:
            one = await subscribers.find(s, call.nonce)
        return self._chosen(call, one) if one else _left(call.reply)

    async def _choose(self, call: Call) -> Answer:
        async with self.pages.ledger.write() as s:
            await subscribers.choose(s, call.nonce, self._choice(call.fields, call.language))
            one = await subscribers.find(s, call.nonce)
        return self._chosen(call, one, saved=True) if one else _left(call.reply)

    def _chosen(self, call: Call, one: Subscriber, *, saved: bool = False) -> Answer:
        stopped_at = one.stopped_at if one.state is SubscriberState.STOPPED else None
        return call.reply(
            "manage.html",
            chosen=Choice.of(one),
            saved=saved,
            stopped_at=stopped_at,
            leave=self.passes.issue(Purpose.STAY, call.nonce),
        )

    def _reply(self, language: str, path: str) -> Reply:
        moment, links = self.pages.told_in(language)

        def reply(template: str, *, status: int = 200, **more: object) -> Answer:
            return render.door(template, moment, links, path, status=status, **{"button": None, **more})

        return reply


Deed = Callable[[Call], Awaitable[Answer]]
"""What a pass lets its holder do or see."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


def _wrong(reply: Reply, asked: Wish | None, chosen: Choice) -> Answer:
    """The form once more, with what was typed, and what is wrong with it."""
    way, typed = (asked.way.value, asked.typed) if asked else ("", "")
    problem = f"subscribe_wrong_{way}" if asked else "unread_body"
    return reply("subscribe.html", status=422, problem=problem, address=typed, way=way, chosen=chosen)


def _over(reply: Reply) -> Answer:
    return reply("told.html", status=410, title="over", said=("over_body",))


def _left(reply: Reply) -> Answer:
    return reply("told.html", title="left", said=("left_body",))


def _sent(answer: Answer) -> web.Response:
    headers = {"Cache-Control": answer.cache_control, "X-Robots-Tag": "noindex"}
    return web.Response(
        body=answer.body, status=answer.status, content_type=answer.content_type, charset="utf-8", headers=headers
    )


async def _form(request: web.Request) -> Form:
    """The fields of a small form, sent without delay. Raises Unread."""
    try:
        async with asyncio.timeout(BODY_S):
            body = await _body(request)
    except TimeoutError:
        raise Unread(408) from None
    if not body or request.content_type != "application/x-www-form-urlencoded":
        return {}
    try:
        return wish.form(body)
    except ValueError:
        raise Unread(400) from None


async def _body(request: web.Request) -> bytes:
    body = b""
    async for part in request.content.iter_any():
        body += part
        if len(body) > BODY_BYTES_MAX:
            raise Unread(413)
    return body


def _home(client: str) -> str:
    """Whom one client is known by: of IPv6, a household has a whole network."""
    found = forwarded.read(client)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, _V6_HOME), strict=False))
    return client
