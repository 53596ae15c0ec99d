"""The whole story on real servers: from a stopped Postfix to a public word that a human approved, and back."""

import asyncio
import base64
import hashlib
import hmac
import json

import aiohttp
import pytest
from playwright.async_api import expect

from tests.e2e.company import HOOK_SECRET, Company
from tests.monitor.channels.sinks import Hook

EVERY_FIVE_SECONDS = 'interval = "5s"\ntimeout = "4s"'


async def fetch(url: str) -> str:
    """What a reader, or Prometheus, gets."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


def signed(hook: Hook) -> bool:
    """Whether a partner who has the secret can trust this request (Standard Webhooks)."""
    key = base64.b64decode(HOOK_SECRET.removeprefix("whsec_"))
    content = f"{hook.headers['webhook-id']}.{hook.headers['webhook-timestamp']}.".encode() + hook.body
    mac = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return hook.headers["webhook-signature"] == f"v1,{mac}"


@pytest.mark.timeout(240)
@pytest.mark.parametrize("company", [EVERY_FIVE_SECONDS], indirect=True)
async def test_an_outage_from_the_first_failed_look_to_the_last_word(company: Company) -> None:
    """Healthy, broken, drafted, approved, published, repaired, resolved: each step as a customer and a human see it."""
    await company.sign_in()
    await all_up(company)

    company.postfix.stop()
    await company.draft("Sending email", within_s=15)
    await the_draft_is_honest(company)
    assert (company.mails.mails, company.hooks.hooks) == ([], [])
    assert "No incident is reported" in await fetch(company.ownup.page)

    await company.approve()
    await everybody_was_told(company, count=1)
    title = json.loads(company.hooks.hooks[0].body)["data"]["title"]
    async with asyncio.timeout(5):
        while title not in await fetch(company.ownup.page):
            await asyncio.sleep(0.05)
    assert title in str(company.mails.mails[0].letter["Subject"])

    company.postfix.start()
    await company.draft("working again", within_s=30)
    await expect(company.tab.locator(".prose")).to_contain_text("since")
    await company.approve()
    await everybody_was_told(company, count=2)

    await company.draft("resolved", within_s=90)
    await company.approve()
    await everybody_was_told(company, count=3)
    stages = [json.loads(hook.body)["data"]["stage"] for hook in company.hooks.hooks]
    assert stages == ["investigating", "monitoring", "resolved"]
    assert 'ownup_incidents_open{stage="investigating"} 0.0' in await fetch(company.ownup.metrics)
    assert await company.ownup.stop() == 0
    assert "Traceback" not in company.ownup.log()


async def all_up(company: Company) -> None:
    """Every target has been looked at, and passes."""

    async def up() -> bool:
        text = await fetch(company.ownup.metrics)
        return all(f'ownup_verdict{{target="{name}",verdict="up"}} 1' in text for name in ("web", "smtp", "imap"))

    await company.until(up, within_s=20)


async def the_draft_is_honest(company: Company) -> None:
    """It names what fails, since when, what was last good, what still works, and what nobody knows yet."""
    body = company.tab.locator(".prose")
    for words in ("You cannot send mail", "UTC", "Reading email", "Website", "do not know"):
        await expect(body).to_contain_text(words)
    await expect(company.tab.locator(".evidence")).to_contain_text("Last good look before it")


async def everybody_was_told(company: Company, *, count: int) -> None:
    """This many messages reached the list and the partners, each signed and under a key of its own."""

    async def told() -> bool:
        return len(company.mails.mails) >= count and len(company.hooks.hooks) >= count

    await company.until(told, within_s=20)
    assert (len(company.mails.mails), len(company.hooks.hooks)) == (count, count)
    assert all(signed(hook) for hook in company.hooks.hooks)
    assert len({hook.headers["webhook-id"] for hook in company.hooks.hooks}) == count
    assert company.mails.mails[-1].rcpt_tos == ["customers@example.net"]
