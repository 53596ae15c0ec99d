"""The world outside: a recording sink for every kind of channel, and what each of them makes of approved words.

What a sink received is read by hand, by the form that its provider documents: every text in it has to be one that a
human approved, or the address of the page.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from html import escape
from typing import Any
from uuid import UUID, uuid5

from drafts.notice import Notice
from monitor.markdown import html, plain
from tests.monitor.channels.sinks import Hook, HookSink, Mail, MailSink, answer, hook_sink, mail_sink
from tests.monitor.channels.test_statuspage import KEY as STATUSPAGE_KEY
from tests.monitor.channels.test_statuspage import Server

SITE = {"name": "Harbour Mail", "public_url": "https://status.harbour.example"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
KEYS = UUID("6d0a9d5e-6f0c-5c2b-9f53-0d6c2c7f3b11")
PATIENCE = {"timeout": "300ms", "retry_first": "10ms", "retry_ceiling": "20ms"}

Texts = tuple[str, ...]


@dataclass(frozen=True)
class Approved:
    """A yes as the human gave it: which update, to which words, and the brief that goes with them."""

    number: int
    incident: int
    notice: Notice
    brief: tuple[str, ...]
    waiting_line: str

    def key(self, channel: str) -> str:
        """The key under which these very words go over a channel, and no others."""
        return str(uuid5(KEYS, f"{self.number}/{self.notice.sha256()}/{channel}"))

    @property
    def url(self) -> str:
        """Where the page tells of it."""
        return f"{SITE['public_url']}/incidents/{self.incident}"


@dataclass(frozen=True)
class Came:
    """One thing that a sink received: over which channel, under which key (None where a service knows none)."""

    channel: str
    key: str | None
    texts: Texts


@dataclass
class Way:
    """One channel: its options, where it ends, and how what comes there is read and what it should say."""

    options: dict[str, Any]
    sink: HookSink | MailSink
    read: Callable[[Any], tuple[str | None, Texts] | None]
    says: Callable[[Approved, Notice], list[Texts]]
    read_so_far: int = 0

    @property
    def name(self) -> str:
        return str(self.options["name"])

    def news(self) -> Iterator[Came]:
        """What came since this was asked the last time."""
        everything = self.sink.mails if isinstance(self.sink, MailSink) else self.sink.hooks
        fresh, self.read_so_far = everything[self.read_so_far :], len(everything)
        for one in fresh:
            if found := self.read(one):
                yield Came(self.name, *found)


@dataclass
class Outside:
    """All of it. ``everything`` is what came, in the order in which each sink had it."""

    ways: dict[str, Way] = field(default_factory=dict)
    everything: list[Came] = field(default_factory=list)

    def news(self) -> list[Came]:
        """What came since the last time, over any channel."""
        fresh = [came for way in self.ways.values() for came in way.news()]
        self.everything += fresh
        return fresh


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """Open a sink for every channel of the walk."""
    world = Outside()
    async with AsyncExitStack() as stack:
        for open_way in (_email, _webhook, _german, _slack, _mattermost, _mastodon, _statuspage, _brief, _apprise):
            sink = await stack.enter_async_context(mail_sink() if open_way is _email else hook_sink())
            way = open_way(sink)
            world.ways[way.name] = way
        yield world


def _address(sink: HookSink) -> str:
    return f"http://127.0.0.1:{sink.port}/in"


def _email(sink: MailSink) -> Way:
    where = {"host": "127.0.0.1", "port": sink.port, "tls_mode": "none", "mail_from": "status@harbour.example"}
    options = {"kind": "email", "name": "list", **where, "to": ["ann@a.test", "bob@b.test"], **PATIENCE}
    return Way(options, sink, _read_mail, lambda yes, words: [_mailed(words.title, words.body, yes)])


def _read_mail(mail: Mail) -> tuple[str, Texts]:
    letter: EmailMessage = mail.letter
    parts = [letter.get_body((form,)) for form in ("plain", "html")]
    said = [part.get_content().replace("\r\n", "\n") for part in parts if isinstance(part, EmailMessage)]
    assert len(list(letter.walk())) == 3, "a letter has these two parts and no more"
    body = said[1].partition("<body")[2].partition(">")[2]
    subject = " ".join(str(letter["Subject"]).split())  # a long one comes folded
    return str(letter["Message-ID"]).partition("@")[0].removeprefix("<"), (subject, said[0], body)


def _mailed(title: str, body: str, yes: Approved) -> Texts:
    name, url = SITE["name"], yes.url
    text = f"{title}\n\n{plain(body)}\n\n-- \n{name}\n{url}\n"
    page = (
        f'\n<h1 style="font-size: 1.25em">{escape(title)}</h1>\n{html(body)}\n'
        f'<p style="border-top: 1px solid #bbb; padding-top: .75em">{name} · <a href="{url}">{url}</a></p>\n'
        "</body></html>\n"
    )
    return f"[{name}] {title}", text, page


def _hooked(name: str, sink: HookSink, **more: Any) -> Way:
    options = {"kind": "webhook", "name": name, "url": _address(sink), "secret": SECRET, **PATIENCE, **more}
    return Way(options, sink, _read_hook, lambda yes, words: [(words.title, words.body, words.short, yes.url)])


def _webhook(sink: HookSink) -> Way:
    return _hooked("partners", sink, ping=True)


def _german(sink: HookSink) -> Way:
    return _hooked("partner-de", sink, language="de")


def _is_a_ping(hook: Hook) -> bool:
    """Whether it is a canary's: a class of its own, which has room for a time and nothing else."""
    told = json.loads(hook.body)
    if told["type"] != "ping":
        return False
    assert set(told) == {"type", "timestamp", "data"}
    assert told["data"] == {}
    assert datetime.fromisoformat(told["timestamp"])
    assert re.fullmatch(r"ping-\d{8}T\d{6}Z", hook.headers["webhook-id"])
    return True


def _is_a_question(hook: Hook) -> bool:
    """Whether it only asks, as a canary does: it has no body to tell anything in, nor a query."""
    assert hook.method != "GET" or (not hook.body and "?" not in hook.path.removesuffix("?limit=100")), hook
    return hook.method == "GET"


def _read_hook(hook: Hook) -> tuple[str, Texts] | None:
    if _is_a_ping(hook):
        return None
    told = json.loads(hook.body)
    data = told.pop("data")
    assert told.pop("type") == "incident.update"
    texts = tuple(data.pop(name) for name in ("title", "body", "short", "url"))
    _is_all(told, data)
    return hook.headers["webhook-id"], texts


def _is_all(*left: dict[str, Any]) -> None:
    """What is left over tells whose words they are, when and where they stand; there is no room for other words."""
    known = {"timestamp", "incident_id", "update_id", "kind", "stage", "language", "next_update_at", "approved_at"}
    for one in left:
        assert one.pop("approved_by", "Maria") in {"Maria", "Ada Winter"}
        assert one.pop("site", SITE["name"]) in {SITE["name"], "Example Mail"}
        assert one.keys() <= known
        assert all(len(str(value)) < len("2026-11-22T14:02:11.123456+00:00") + 1 for value in one.values())


def _slack(sink: HookSink) -> Way:
    options = {"kind": "slack", "name": "chat", "url": _address(sink), **PATIENCE}
    return Way(options, sink, _read_blocks, _in_blocks)


def _read_blocks(hook: Hook) -> tuple[str, Texts]:
    told = json.loads(hook.body)
    first, *sections, last = told.pop("blocks")
    key = first.pop("block_id")
    body = "".join(section["text"]["text"] for section in sections)
    (where,) = last["elements"]
    for block in (first, *sections):
        assert set(block) == {"type", "text"}
        assert block["text"]["type"] == "plain_text"
    assert set(told) == {"text"}
    return key, (told["text"], first["text"]["text"], body, where["text"])


def _in_blocks(yes: Approved, words: Notice) -> list[Texts]:
    return [(escape(words.short, quote=False), words.title, plain(words.body), f"<{yes.url}|{SITE['name']}>")]


def _mattermost(sink: HookSink) -> Way:
    options = {"kind": "slack", "name": "room", "dialect": "mattermost", "url": _address(sink), **PATIENCE}
    return Way(options, sink, _read_markdown, _in_markdown)


def _read_markdown(hook: Hook) -> tuple[str, Texts]:
    told = json.loads(hook.body)
    key = told.pop("props").pop("ownup_key")
    assert set(told) == {"text"}
    return key, (told["text"],)


def _in_markdown(yes: Approved, words: Notice) -> list[Texts]:
    return [(f"#### {words.title}\n\n{words.body}\n\n[{SITE['name']}]({yes.url})",)]


def _mastodon(sink: HookSink) -> Way:
    numbers = iter(range(1, 9999))

    async def post(request: Any) -> Any:
        if request.method == "GET":
            return await answer(200, json.dumps({"id": "1", "acct": "us"}))(request)
        return await answer(200, json.dumps({"id": str(next(numbers)), "url": "https://social.test/@us/1"}))(request)

    sink.usual = post
    where = {"server": f"http://127.0.0.1:{sink.port}", "access_token": "t0ken-of-the-account"}
    return Way({"kind": "mastodon", "name": "toots", **where, **PATIENCE}, sink, _read_toot, _in_a_toot)


def _read_toot(hook: Hook) -> tuple[str, Texts] | None:
    if _is_a_question(hook):
        return None
    told = json.loads(hook.body)
    assert set(told) <= {"status", "visibility", "language", "in_reply_to_id"}
    return hook.headers["Idempotency-Key"], (told["status"],)


def _in_a_toot(yes: Approved, words: Notice) -> list[Texts]:
    return [(f"{words.title}\n\n{words.short}\n\n{yes.url}",), (f"{words.short}\n\n{yes.url}",)]


def _statuspage(sink: HookSink) -> Way:
    sink.usual = Server()
    where = {"url": f"http://127.0.0.1:{sink.port}", "page_id": "kctbh9vrtdwd", "api_key": STATUSPAGE_KEY}
    return Way({"kind": "statuspage", "name": "atlas", **where, **PATIENCE}, sink, _read_incident, _as_an_incident)


def _read_incident(hook: Hook) -> tuple[str, Texts] | None:
    if _is_a_question(hook):
        return None
    told = json.loads(hook.body)
    incident = told.pop("incident")
    key = incident.pop("metadata")["ownup"]["key"]
    texts = (incident.pop("name"), incident.pop("body"))
    assert set(incident) == {"status", "deliver_notifications"}
    return key, texts


def _as_an_incident(yes: Approved, words: Notice) -> list[Texts]:
    del yes
    return [(words.title, plain(words.body))]


def _brief(sink: HookSink) -> Way:
    hook = {"url": _address(sink), "secret": SECRET}
    options = {"kind": "brief", "name": "phone", "hook": hook, "ping": True, **PATIENCE}
    return Way(options, sink, _read_brief, _in_brief)


def _read_brief(hook: Hook) -> tuple[str, Texts] | None:
    if _is_a_ping(hook):
        return None
    told = json.loads(hook.body)
    data = told.pop("data")
    assert told.pop("type") == "incident.brief"
    texts = (data.pop("title"), *data.pop("say"), data.pop("waiting_line"), data.pop("url"))
    _is_all(told, data)
    return hook.headers["webhook-id"], texts


def _in_brief(yes: Approved, words: Notice) -> list[Texts]:
    return [(words.title, *(yes.brief or (words.spoken,)), yes.waiting_line, yes.url)]


def _apprise(sink: HookSink) -> Way:
    options = {"kind": "apprise", "name": "else", "url": f"json://127.0.0.1:{sink.port}/topic", **PATIENCE}
    return Way(options, sink, _read_notification, lambda yes, words: [(words.title, f"{words.short}\n{yes.url}")])


def _read_notification(hook: Hook) -> tuple[None, Texts]:
    told = json.loads(hook.body)
    assert told.keys() <= {"version", "title", "message", "attachments", "type"}
    assert not told.get("attachments")
    return None, (told["title"], told["message"])
