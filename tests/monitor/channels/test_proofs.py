"""How each kind of channel proves itself: against real servers, and with nothing that a customer could see."""

import json
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.channels.brief import Brief
from monitor.channels.channel import Channel, Trial, Unproven
from monitor.channels.email import Email
from monitor.channels.kinds import KINDS
from monitor.channels.mastodon import Mastodon
from monitor.channels.page import Page
from monitor.channels.slack import Slack
from monitor.channels.statuspage import Statuspage
from monitor.channels.webhook import Webhook
from monitor.config import Site
from monitor.sending.sender import Barred, Permanent, Temporary
from tests.monitor.channels.sinks import Hook, HookSink, MailSink, answer, hook_sink, mail_sink
from tests.monitor.channels.test_manual import MANUAL
from tests.monitor.channels.test_webhook import SECRET

NOW = datetime(2026, 11, 22, 4, 10, tzinfo=UTC)
TRIAL = Trial(Site(public_url="https://status.test"), NOW, 3600.0)


def mail(sink: MailSink, **options: Any) -> dict[str, Any]:
    """A list of two."""
    where = {"host": "127.0.0.1", "port": sink.port, "tls_mode": "none", "mail_from": "status@example.test"}
    return {**where, "to": ["ann@a.test", "bob@b.test"], **options}


def hook(sink: HookSink) -> dict[str, Any]:
    """A signed hook."""
    return {"url": f"http://127.0.0.1:{sink.port}/in/t0ken", "secret": SECRET}


def account(sink: HookSink) -> Mastodon:
    """An account of Mastodon."""
    return Mastodon.model_validate(
        {"name": "toots", "server": f"http://127.0.0.1:{sink.port}", "access_token": "t0ken-of-it"}
    )


def atlassian(sink: HookSink) -> Statuspage:
    """A page at Statuspage."""
    where = {"url": f"http://127.0.0.1:{sink.port}", "page_id": "kctbh9vrtdwd", "api_key": "the-key-of-it"}
    return Statuspage.model_validate({"name": "atlas", **where})


async def asked(channel: Channel, trial: Trial = TRIAL) -> str:
    """What it proved."""
    return await channel.prove(trial)


@pytest.mark.parametrize("kind", KINDS)
def test_the_manual_says_how_a_kind_proves_itself(kind: type[Channel]) -> None:
    """The table ends each kind's row with what its canary does."""
    (row,) = [
        line
        for line in MANUAL.splitlines()
        if line.startswith(f"| `{kind.model_fields['kind'].default}` | {kind.summary}")
    ]
    assert row.endswith(f" | {kind.proof} |")


@pytest.mark.parametrize("kind", [Email, Brief])
async def test_mail_goes_as_far_as_a_recipient_and_no_letter_is_sent(kind: type[Channel]) -> None:
    """The server would take it for one of the list, which is enough, as it is for a letter."""
    async with mail_sink() as sink:
        sink.rcpt["ann@a.test"] = "550 5.1.1 gone"
        options = {"mail": mail(sink)} if kind is Brief else mail(sink)
        told = await asked(kind.model_validate({"name": "list", **options}))
    assert told == "127.0.0.1 would take mail from status@example.test; none was sent"
    assert sink.asked == ["ann@a.test", "bob@b.test"]
    assert sink.mails == []


@pytest.mark.parametrize(
    ("said", "outcome"), [("550 5.7.1 relaying denied", Permanent), ("451 4.3.0 later", Temporary)]
)
async def test_mail_that_nobody_would_get_is_told(said: str, outcome: type[Exception]) -> None:
    """In the server's words."""
    async with mail_sink() as sink:
        sink.rcpt |= dict.fromkeys(("ann@a.test", "bob@b.test"), said)
        with pytest.raises(outcome, match=said.partition(" ")[0]):
            await asked(Email.model_validate({"name": "list", **mail(sink)}))


async def test_a_password_that_is_no_longer_good_is_told(vouched: ssl.SSLContext, authority_file: Path) -> None:
    """What the next notice would have met, a canary meets the day before."""
    async with mail_sink(starttls=vouched, password="right") as sink:
        who = {
            "username": "ada",
            "password": "wrong-as-it-is",
            "tls_mode": "starttls",
            "tls": {"ca_file": authority_file},
        }
        with pytest.raises(Barred, match="535") as barred:
            await asked(Email.model_validate({"name": "list", **mail(sink, **who)}))
    assert "wrong-as-it-is" not in barred.value.detail
    assert sink.asked == []


@pytest.mark.parametrize("make", [lambda it: Webhook(name="hook", **it), lambda it: Brief(name="phone", hook=it)])
async def test_a_hook_is_only_connected_to(make: Callable[[dict[str, Any]], Channel]) -> None:
    """Whoever was not told of pings gets none."""
    async with hook_sink() as sink:
        assert await asked(make(hook(sink))) == "127.0.0.1 answers; nothing was posted"
    assert sink.hooks == []


@pytest.mark.parametrize(
    "make", [lambda it: Webhook(name="hook", ping=True, **it), lambda it: Brief(name="phone", ping=True, hook=it)]
)
async def test_a_ping_is_signed_and_tells_nothing(make: Callable[[dict[str, Any]], Channel]) -> None:
    """A type of its own, no data, and an id that is no update's."""
    async with hook_sink() as sink:
        assert await asked(make(hook(sink))) == "it took a ping: 204"
    (ping,) = sink.hooks
    assert json.loads(ping.body) == {"type": "ping", "timestamp": "2026-11-22T04:10:00+00:00", "data": {}}
    assert ping.headers["webhook-id"] == "ping-20261122T041000Z"
    assert ping.headers["webhook-signature"].startswith("v1,")


async def test_a_ping_that_is_refused_is_told() -> None:
    """A receiver that has forgotten us says so today, not in the outage."""
    async with hook_sink() as sink:
        sink.answers.append(answer(410, "gone"))
        with pytest.raises(Barred, match="410: gone"):
            await asked(Webhook(name="hook", ping=True, **hook(sink)))


@pytest.mark.parametrize("dialect", ["slack", "mattermost"])
async def test_slack_is_only_connected_to(dialect: str) -> None:
    """An incoming webhook can be asked nothing; a server that is gone is noticed all the same."""
    async with hook_sink() as sink:
        channel = Slack.model_validate(
            {"name": "chat", "url": f"http://127.0.0.1:{sink.port}/services/t0ken", "dialect": dialect}
        )
        assert await asked(channel) == "127.0.0.1 answers; nothing was posted"
    assert sink.hooks == []
    with pytest.raises(Temporary, match="ConnectionRefusedError") as refused:
        await asked(channel)
    assert "t0ken" not in refused.value.detail


async def test_a_certificate_that_we_do_not_trust_is_told(vouched: ssl.SSLContext, authority_file: Path) -> None:
    """As for a post."""
    async with hook_sink(tls=vouched) as sink:
        url = {**hook(sink), "url": f"https://127.0.0.1:{sink.port}/"}
        with pytest.raises(Temporary, match="SSLCertVerificationError"):
            await asked(Webhook(name="hook", **url))
        trusting = Webhook.model_validate({"name": "hook", **url, "tls": {"ca_file": authority_file}})
        assert await asked(trusting) == "127.0.0.1 answers with a certificate that we trust; nothing was posted"


async def test_mastodon_says_whose_the_token_is() -> None:
    """By the question that its documentation has for this."""
    async with hook_sink() as sink:
        sink.answers.append(answer(200, json.dumps({"id": "1", "acct": "harbour"})))
        assert await asked(account(sink)) == "the token is that of @harbour"
    (one,) = sink.hooks
    assert question(one) == ("GET", "/api/v1/accounts/verify_credentials", "Bearer t0ken-of-it")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (401, '{"error": "The access token was revoked"}', Barred),
        (403, '{"error": "This action is outside the authorized scopes"}', Unproven),
        (200, "<html>", Permanent),
        (503, "", Temporary),
    ],
)
async def test_a_token_of_mastodon_is_told_apart(status: int, body: str, outcome: type[Exception]) -> None:
    """One that is revoked, one that may post and not be asked, a server that is none, and one that rests."""
    async with hook_sink() as sink:
        sink.answers.append(answer(status, body))
        with pytest.raises(outcome) as told:
            await asked(account(sink))
    assert type(told.value) is outcome


async def test_statuspage_shows_the_page_to_its_key() -> None:
    """The page is read, and nothing is written."""
    async with hook_sink() as sink:
        sink.answers.append(answer(200, json.dumps({"id": "kctbh9vrtdwd", "name": "Harbour Mail"})))
        assert await asked(atlassian(sink)) == "the key opens the page Harbour Mail"
    (one,) = sink.hooks
    assert question(one) == ("GET", "/v1/pages/kctbh9vrtdwd", "OAuth the-key-of-it")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [(401, "Could not authenticate", Barred), (404, "Not Found", Barred), (200, '{"id": "other"}', Permanent)],
)
async def test_a_key_of_statuspage_that_opens_nothing_is_told(status: int, body: str, outcome: type[Exception]) -> None:
    """Today, and not in the outage."""
    async with hook_sink() as sink:
        sink.answers.append(answer(status, body))
        with pytest.raises(outcome):
            await asked(atlassian(sink))


def question(one: Hook) -> tuple[str, str, str]:
    """What was asked, and as whom; a question has no body."""
    assert one.body == b""
    return one.method, one.path, one.headers["Authorization"]


def page_of(sink: HookSink) -> tuple[Page, Trial]:
    """The page, whose readers find it at the sink."""
    return Page(), replace(TRIAL, site=Site(public_url=f"http://127.0.0.1:{sink.port}"))


def shown(trial: Trial, *, age: timedelta, url: str = "") -> str:
    """What our page answers where it is this old."""
    page = {"url": url or trial.site.public_url}
    return json.dumps({"page": page, "as_of": (trial.now - age).isoformat(timespec="milliseconds")})


async def test_the_page_is_read_where_customers_read_it() -> None:
    """It is ours, and as young as it may be."""
    async with hook_sink() as sink:
        page, trial = page_of(sink)
        sink.answers.append(answer(200, shown(trial, age=timedelta(seconds=59))))
        assert await asked(page, trial) == f"{trial.site.public_url} shows the page as of 59 s ago"
    assert [one.path for one in sink.hooks] == ["/api/v2/status.json"]


async def test_a_page_that_stands_still_or_is_not_ours_is_told() -> None:
    """Old bytes at a cache or a bucket, another page, or none."""
    async with hook_sink() as sink:
        page, trial = page_of(sink)
        for body, why in (
            (shown(trial, age=timedelta(minutes=61)), "is as of 61 minutes ago"),
            (shown(trial, age=timedelta(), url="https://other.test"), "another page"),
            ("<html>Welcome to nginx", "another page"),
            (json.dumps({"page": {"url": trial.site.public_url}, "as_of": "yesterday"}), "how old"),
        ):
            sink.answers.append(answer(200, body))
            with pytest.raises(Permanent, match=why):
                await asked(page, trial)
        for status in (404, 502):
            sink.answers.append(answer(status))
            with pytest.raises(Permanent, match=str(status)):
                await asked(page, trial)


async def test_a_page_that_we_cannot_reach_may_be_reached_by_others() -> None:
    """Not to see is not to accuse: a closed way or a bouncer at the door says nothing of customers."""
    async with hook_sink() as sink:
        page, trial = page_of(sink)
        for status in (401, 403, 429):
            sink.answers.append(answer(status))
            with pytest.raises(Unproven, match="customers may"):
                await asked(page, trial)
    with pytest.raises(Unproven, match="from here"):
        await asked(page, trial)
