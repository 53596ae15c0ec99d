"""One incident in two languages: seen together, edited each, approved by one yes, and sent to each reader in theirs."""

import copy
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from drafts.notice import Notice
from monitor.ledger import deliveries, drafts
from monitor.models import AuditEntry, Delivery
from monitor.publish.message import message_of
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignInAt
from tests.monitor.desk.house import CONFIG, House

APPROVE, EDIT = "/updates/1/approve", "/updates/1/edit"
GERMAN = {"name": "E-Mail-Versand", "when_down": "Sie können keine E-Mails senden"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A provider with German and English customers; the chat is for the German ones."""
    section = copy.deepcopy(CONFIG)
    section["component"][0]["translations"] = {"de": GERMAN}
    section["channel"][2]["language"] = "de"
    changes = {"component": section["component"], "channel": section["channel"]}
    async with House.open(tmp_path, notices={"also_in": ["de"]}, **changes) as opened:
        await opened.fail()
        yield opened


@pytest.fixture
async def maria(house: House, sign_in_at: SignInAt) -> Browser:
    """Somebody who may approve."""
    return await sign_in_at(house, "Maria")


async def edited(maria: Browser, **words: str) -> None:
    """Let Maria change some words."""
    form = await maria.get(EDIT)
    done = await maria.submit(form, EDIT, **{name.replace("_", "-"): typed for name, typed in words.items()})
    assert done.status == 200, done.text


async def test_every_language_is_seen_before_one_yes(house: House, maria: Browser) -> None:
    """Both texts stand on the page, each by its own phrases and names; one yes holds the hash of both."""
    page = await maria.get("/updates/1")
    for words in ('<h1 id="words">Sending email: ', "be unable to send mail", "<h2>E-Mail-Versand: "):
        assert words in page.text
    assert "keine E-Mails senden" in page.text
    assert page.text.count("Approve and publish") == 1
    done = await maria.submit(page, APPROVE)
    assert "Approved by Maria" in done.text
    async with house.ledger.read() as s:
        update = await drafts.get(s, 1)
        sent = {one.channel: one.language for one in await deliveries.of_update(s, 1)}
    notice = drafts.notice_of(update)
    assert page.forms[APPROVE]["text"] == notice.sha256() != notice.told_in("en").sha256()
    assert sent == {"page": "en", "chat": "de"}


async def test_each_channel_carries_its_language(house: House, maria: Browser) -> None:
    """The German channel gets the German words, as they were edited, and no other."""
    await edited(maria, de_title="E-Mail-Versand: fällt teilweise aus")
    await maria.submit(await maria.get("/updates/1"), APPROVE, override="as agreed")
    sent = {}
    for channel in ("chat", "page"):
        async with house.ledger.read() as s:
            outgoing = await deliveries.next_due(s, channel, house.now)
        sent[channel] = message_of(outgoing, house.config.site, now=house.now, reached=frozenset())
    assert (sent["chat"].language, sent["chat"].title) == ("de", "E-Mail-Versand: fällt teilweise aus")
    assert sent["page"].language == "en"
    assert sent["page"].title.startswith("Sending email: ")
    assert "keine E-Mails" in sent["chat"].body
    assert "send mail" in sent["page"].body


async def test_one_edited_language_is_a_change_of_the_whole(house: House, maria: Browser, sign_in_at: SignInAt) -> None:
    """Who had the draft open is refused, is shown the German change by name, and their fresh yes then counts."""
    page = await maria.get("/updates/1")
    ada = await sign_in_at(house, "Ada")
    await edited(ada, de_title="E-Mail: alles in Ordnung")
    page = await maria.submit(page, APPROVE)
    assert page.status == 409
    assert "German: Title" in page.text
    assert "E-Mail: alles in Ordnung</ins>" in page.text
    assert "English: " not in page.text


async def test_one_tampered_language_is_refused(house: House, maria: Browser) -> None:
    """Where somebody changes one German word behind our back, nothing is approved, and nothing sent."""
    page = await maria.get("/updates/1")
    async with house.ledger.write() as s:
        update = await drafts.get(s, 1)
        german = drafts.notice_of(update).told_in("de")
        lie = Notice("Alles gut", german.body, german.short, german.spoken)
        drawn = Notice(update.title, update.body, update.short, update.spoken, (("de", lie),))
        with s.no_autoflush:
            update.translations, update.revision = drawn.translations_as_json(), 2
    page = await maria.submit(page, APPROVE)
    assert page.status == 409
    fresh = await maria.get("/updates/1")
    refused = await maria.submit(fresh, APPROVE)
    assert refused.status == 409
    async with house.ledger.read() as s:
        assert (await s.scalars(select(Delivery))).all() == []


async def test_the_rules_read_each_language_in_its_own_words(house: House, maria: Browser) -> None:
    """A German phrase that blocks is named with its language, and blocks the whole until it is let through."""
    await edited(maria, de_short="Kurz", de_title="E-Mail-Versand: mehr in Kürze")
    page = await maria.get("/updates/1")
    assert "<q>in Kürze</q>" in page.text
    assert "German · must be changed" in page.text
    assert (await maria.submit(page, APPROVE)).status == 409
    assert (await maria.submit(page, APPROVE, override="it is what we agreed")).status == 200
    async with house.ledger.read() as s:
        lines = (await s.scalars(select(AuditEntry).where(AuditEntry.action == "overrode"))).all()
    assert json.loads(lines[0].detail)["rules"] == ["T01"]


async def test_withdrawn_and_rewritten_together(house: House) -> None:
    """Every language follows reality at once, and none of them is left waiting alone."""
    await house.fail("smtp-relay")
    async with house.ledger.read() as s:
        (draft,) = await drafts.waiting(s)
    notice = drafts.notice_of(draft)
    assert "You cannot send mail" in notice.body
    assert "Sie können keine E-Mails senden" in notice.told_in("de").body
    await house.recover("smtp-relay")
    await house.recover()
    async with house.ledger.read() as s:
        old, new = await drafts.of_incident(s, draft.incident_id)
    assert old.withdrawn_at is not None
    assert drafts.notice_of(new).told_in("de").title.startswith("E-Mail-Versand")


async def test_a_missing_language_is_not_lost_by_an_edit(house: House, maria: Browser) -> None:
    """A form that leaves a language out, as of an older page, saves nothing."""
    form = await maria.get(EDIT)
    typed = {name: value for name, value in form.forms[EDIT].items() if not name.startswith("de-")}
    refused = await maria.post(EDIT, typed)
    assert refused.status == 409
    async with house.ledger.read() as s:
        assert (await drafts.get(s, 1)).revision == 1
