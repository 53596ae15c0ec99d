"""From the form to the mailbox and out again, through a real Postfix, as a reader and their mail program would."""

import asyncio
import os
import pwd
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import trustme
from aiohttp import web
from pydantic import SecretStr

from drafts.facts import UpdateKind
from monitor.channels.email import Email
from monitor.channels.subscribers import Subscribers
from monitor.config import Config
from monitor.desk import bounces
from monitor.desk.seat import Seat
from monitor.models import SubscriberState
from monitor.page import app
from monitor.page.pages import Pages
from monitor.publish import Outcome
from tests.monitor.page.conftest import SETTING
from tests.monitor.publish.conftest import Drains
from tests.monitor.publish.readers import PATIENCE, RULES, stands, subscribe
from tests.monitor.publish.story import Story, notice
from tests.peers.ports import Block
from tests.peers.postfix import Postfix

READER, GONE, LATE = "sample@example.test", "nobody@example.test", "gone@example.test"
# Postfix takes mail for gone@ and finds out later that nobody is there; what comes back is kept for bounces+…@.
MORE = """
recipient_delimiter = +
virtual_mailbox_maps = inline:{ {sample@example.test=sample/}, {bounces@example.test=bounces/} }
virtual_alias_maps = inline:{ {gone@example.test=gone@elsewhere.test} }
transport_maps = inline:{ {elsewhere.test=error:5.1.1 nobody lives here any more} }
"""


@dataclass(frozen=True)
class Mailboxes:
    """Maildirs that Postfix fills."""

    directory: Path

    def raw(self, name: str) -> list[bytes]:
        """What came, in the order in which it came."""
        new = (self.directory / name / "new").glob("*")
        return [path.read_bytes() for path in sorted(new, key=lambda path: path.stat().st_mtime_ns)]

    def mails(self, name: str) -> list[EmailMessage]:
        """The same, read."""
        return [message_from_bytes(raw, policy=default) for raw in self.raw(name)]

    async def get(self, name: str, count: int) -> list[EmailMessage]:
        """Wait until so many came."""
        async with asyncio.timeout(20):
            while len(found := self.mails(name)) < count:
                await asyncio.sleep(0.05)
        return found


@pytest.fixture
def mailboxes() -> Iterator[Mailboxes]:
    """A directory that belongs to who delivers, and that root's servers can reach."""
    directory = Path(tempfile.mkdtemp(prefix="mail-", dir="/tmp"))
    nobody = pwd.getpwnam("nobody")
    os.chown(directory, nobody.pw_uid, nobody.pw_gid)
    directory.chmod(0o755)
    yield Mailboxes(directory)
    shutil.rmtree(directory)


@pytest.fixture
def postfix(ports: Block, server_certificate: trustme.LeafCert, mailboxes: Mailboxes) -> Iterator[Postfix]:
    """A Postfix that delivers, and sends back what it cannot deliver."""
    with Postfix(ports, server_certificate, maildirs=mailboxes.directory, more=MORE) as peer:
        yield peer


def options(postfix: Postfix, authority_file: Path) -> dict[str, object]:
    """By STARTTLS, with a certificate that we check."""
    where = {"host": "127.0.0.1", "port": postfix.smtp, "tls": {"ca_file": authority_file}}
    return {**where, "mail_from": "status@example.test", **PATIENCE, "timeout": "20s"}


def channel(postfix: Postfix, authority_file: Path) -> Subscribers:
    """The channel of subscribers."""
    more = {"name": "readers", "bounces_to": "bounces@example.test", "per_second": 1000}
    return Subscribers.model_validate({**options(postfix, authority_file), **more})


@asynccontextmanager
async def reader(story: Story) -> AsyncIterator[aiohttp.ClientSession]:
    """A reader's browser, on a page that is served for real."""
    setting = replace(SETTING, ways=frozenset({"email"}), rules=RULES)
    pages = await Pages.open(story.ledger, setting, clock=lambda: datetime.now(UTC))
    async with serving(app.make(pages)) as browser:
        yield browser


@asynccontextmanager
async def serving(what: web.Application) -> AsyncIterator[aiohttp.ClientSession]:
    """Serve it on a free port of loopback."""
    runner = web.AppRunner(what)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as browser:
        yield browser
    await runner.cleanup()


async def test_from_the_form_to_the_mailbox_and_out_again(
    story: Story, drains: Drains, postfix: Postfix, mailboxes: Mailboxes, authority_file: Path
) -> None:
    """Asked, confirmed, told, and left by what the mail program reads in the header; after that nothing comes."""
    drains.start(channel(postfix, authority_file))
    async with reader(story) as browser:
        assert (await browser.post("/subscribe", data={"way": "email", "address": READER})).status == 200
        (question,) = await mailboxes.get("sample", 1)
        assert question["Subject"] == "Please confirm: news of Example Mail by mail"
        confirm = urlsplit(re.findall(r"https://status\.test/confirm/\S+", question.get_content())[0])
        assert (await browser.get(confirm.path)).status == 200
        await story.say(["readers"], "before the button")
        await drains.reported("readers", Outcome.DELIVERED)
        assert (await browser.post(confirm.path)).status == 200
        incident_id = await story.incident("read")
        await _tell(story, incident_id, "first")
        await _tell(story, incident_id, "second")
        _, first, second = await mailboxes.get("sample", 3)
        _check(first, second)
        leave = urlsplit(first["List-Unsubscribe"].strip("<>"))
        one_click = dict([first["List-Unsubscribe-Post"].split("=")])
        assert (await browser.post(leave.path, data=one_click)).status == 200
        await _tell(story, incident_id, "third")
        await drains.reported("readers", *[Outcome.DELIVERED] * 4)
    assert len(mailboxes.mails("sample")) == 3


def _check(first: EmailMessage, second: EmailMessage) -> None:
    """What came out of the mailbox is what we sent, and threads."""
    assert [one["Subject"] for one in (first, second)] == ["[Example Mail] first", "[Example Mail] second"]
    assert first["To"] == READER
    assert re.fullmatch(r"<bounces\+[a-z2-7]{24}\.[a-z2-7]{24}@example\.test>", first["Return-Path"])
    assert first["References"] == second["In-Reply-To"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]
    assert (first["List-Id"], first["Auto-Submitted"]) == ("<readers.status.test>", "auto-generated")
    assert first["List-Unsubscribe"].startswith("<https://status.test/unsubscribe/")
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first.get_content_type() == "multipart/alternative"
    assert all(b"Bcc" not in bytes(one) for one in (first, second))


async def _tell(story: Story, incident_id: int, title: str) -> None:
    await story.approve(await story.draft(incident_id, notice(title), kind=UpdateKind.SCOPE), ["readers"])


async def test_whom_postfix_does_not_know_is_told_nothing_more(
    story: Story, drains: Drains, postfix: Postfix, mailboxes: Mailboxes, authority_file: Path
) -> None:
    """A refusal in the dialogue stops one; who is there gets it all the same."""
    here, gone = await subscribe(story, READER), await subscribe(story, GONE)
    drains.start(channel(postfix, authority_file))
    (update_id,) = await story.say(["readers"], "one")
    await drains.reported("readers", Outcome.DELIVERED)
    await mailboxes.get("sample", 1)
    assert (await stands(story, here)).state is SubscriberState.CONFIRMED
    stopped = await stands(story, gone)
    assert stopped.state is SubscriberState.STOPPED
    assert stopped.why_stopped.startswith("550 5.1.1 <[address]>")
    assert (await story.delivery(update_id, "readers")).receipt == "1 of 2 subscribers; 1 refused, 0 to be tried again"


async def test_what_postfix_sends_back_stops_the_subscription(
    story: Story, drains: Drains, postfix: Postfix, mailboxes: Mailboxes, authority_file: Path
) -> None:
    """Taken, then undeliverable: the report that a real server writes is enough, and a forged one is not."""
    gone = await subscribe(story, LATE)
    drains.start(channel(postfix, authority_file))
    await story.say(["readers"], "one")
    await drains.reported("readers", Outcome.DELIVERED)
    (report,) = await mailboxes.get("bounces", 1)
    assert report.get_content_type() == "multipart/report"
    assert (await stands(story, gone)).state is SubscriberState.CONFIRMED
    (raw,) = mailboxes.raw("bounces")
    forged = re.sub(rb"([a-z2-7]{24})\.[a-z2-7]{24}", rb"\1." + b"a" * 24, raw)
    for token, body, status in (("wrong-token-of-somebody", raw, 401), ("t" * 20, forged, 200), ("t" * 20, raw, 200)):
        assert (await stands(story, gone)).state is SubscriberState.CONFIRMED
        assert await _returned(story, token, body) == status
    stopped = await stands(story, gone)
    assert (stopped.state, stopped.why_stopped) == (SubscriberState.STOPPED, "came back: 5.1.1")


async def _returned(story: Story, token: str, body: bytes) -> int:
    """What the desk answers to a report."""
    rules = RULES.model_copy(update={"bounce_token": SecretStr("t" * 20)})
    config = Config(path=Path("x"), subscribers=rules)
    seat = Seat(ledger=story.ledger, config=config, verdicts=dict, clock=lambda: datetime.now(UTC))
    desk = web.Application()
    desk.router.add_post("/bounces", bounces.answer(seat))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "message/rfc822"}
    async with serving(desk) as server:
        return (await server.post("/bounces", data=body, headers=headers)).status


async def test_a_list_goes_through_a_real_postfix_too(
    story: Story, drains: Drains, postfix: Postfix, mailboxes: Mailboxes, authority_file: Path
) -> None:
    """The channel ``email``: one letter, its headers whole, nobody's address in it."""
    whom = {"name": "mail", "to": (READER, GONE), "reply_to": "help@example.test"}
    drains.start(Email.model_validate({**options(postfix, authority_file), **whom}))
    (update_id,) = await story.say(["mail"], "You cannot send mail")
    await drains.reported("mail", Outcome.DELIVERED)
    (letter,) = await mailboxes.get("sample", 1)
    delivery = await story.delivery(update_id, "mail")
    assert letter["Message-ID"] == f"<{delivery.key}@example.test>"
    assert (letter["To"], letter["Reply-To"]) == ("undisclosed-recipients:;", "help@example.test")
    assert re.fullmatch(r"<incident-1\.\d{8}T\d{6}Z@example\.test>", letter["References"])
    assert (letter["List-Id"], letter["List-Unsubscribe"]) == ("<mail.status.test>", None)
    assert "You cannot send mail." in letter.get_body(("plain",)).get_content()
    assert "1 of 2 recipients; not reached: nobody@example.test (550 5.1.1" in delivery.receipt
