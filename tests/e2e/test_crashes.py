"""``kill -9`` at five moments of the story: it goes on, nothing is lost, and nothing is sent under two keys."""

import json
from collections import defaultdict

import pytest

from tests.e2e.company import Company
from tests.monitor.channels.sinks import hang

HURRIED = 'interval = "1s"\ntimeout = "900ms"\nconfirm = ["200ms", "400ms"]'


async def again(company: Company) -> None:
    """A power cut, and the next start."""
    await company.ownup.kill()
    await company.ownup.start()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("company", [HURRIED], indirect=True)
async def test_the_story_survives_five_power_cuts(company: Company) -> None:
    """Before the outage is noticed, with the draft waiting, in mid-sending, after recovery, and while we watch."""
    await company.sign_in()
    company.postfix.kill()
    await again(company)
    await company.draft("Sending email", within_s=15)
    await again(company)
    await company.draft("Sending email", within_s=15)
    company.hooks.answers.append(hang)
    await company.approve()
    await company.until(lambda: arrived(company, 1), within_s=10)
    await again(company)
    await company.until(lambda: arrived(company, 2), within_s=15)
    company.postfix.start()
    await company.draft("working again", within_s=20)
    await again(company)
    await company.draft("working again", within_s=20)
    await company.approve()
    await again(company)
    await company.draft("resolved", within_s=90)
    await company.approve()
    await company.until(lambda: arrived(company, 4), within_s=15)
    nothing_was_lost_or_doubled(company)


async def arrived(company: Company, count: int) -> bool:
    """Whether so many requests have reached the partners."""
    return len(company.hooks.hooks) >= count


def nothing_was_lost_or_doubled(company: Company) -> None:
    """Each approved update has one key, and a repeated sending bore the same one."""
    keys = defaultdict(set)
    for hook in company.hooks.hooks:
        keys[json.loads(hook.body)["data"]["update_id"]].add(hook.headers["webhook-id"])
    stages = [json.loads(hook.body)["data"]["stage"] for hook in company.hooks.hooks]
    assert [len(each) for each in keys.values()] == [1, 1, 1]
    assert stages == ["investigating", "investigating", "monitoring", "resolved"]
    assert len({str(mail.letter["Message-ID"]) for mail in company.mails.mails}) == 3
