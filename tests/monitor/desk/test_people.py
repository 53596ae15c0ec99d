"""Those concerned are asked first: the phone desk, a second approver, and nobody is sent where nobody answers."""

import copy
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.desk.circumstances import circumstances, dead
from monitor.ledger import approvals, assents, audit, drafts, incidents, people
from monitor.models import ActKind, Role
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignInAt
from tests.monitor.desk.house import CONFIG, House, configured

APPROVE, AGREE, EDIT, BRIEFED = "/updates/1/approve", "/updates/1/agree", "/updates/1/edit", "/incidents/1/briefed"


@pytest.fixture
async def careful(tmp_path: Path) -> AsyncIterator[House]:
    """A provider where nothing goes out by one person alone."""
    async with House.open(tmp_path, desk={"four_eyes": "all"}) as opened:
        await opened.fail()
        yield opened


@pytest.fixture
async def with_phones(tmp_path: Path) -> AsyncIterator[House]:
    """A provider with a phone desk."""
    async with House.open(tmp_path, desk={"brief_first": True}) as opened:
        await opened.fail()
        yield opened


async def edited(browser: Browser, body: str) -> None:
    """Add a sentence to the text."""
    form = await browser.get(EDIT)
    await browser.submit(form, EDIT, body=f"{form.forms[EDIT]['body']}\n\n{body}")


async def test_two_people_agree_before_anything_goes_out(careful: House, sign_in_at: SignInAt) -> None:
    """The first agrees, cannot publish alone, not even by a form of their own making, and the second publishes."""
    maria, ada = await sign_in_at(careful, "Maria"), await sign_in_at(careful, "Ada")
    page = await maria.get("/updates/1")
    assert APPROVE not in page.forms
    agreed = await maria.submit(page, AGREE)
    assert "You agree with these words." in agreed.text
    assert "Maria agreed with these words." in agreed.text
    alone = await maria.post(APPROVE, page.forms[AGREE])
    assert (alone.status, "a second approver has to agree" in alone.text) == (409, True)
    done = await ada.submit(await ada.get("/updates/1"), APPROVE)
    assert "Approved by Ada" in done.text
    async with careful.ledger.read() as s:
        approval = await approvals.of_update(s, 1)
    assert approval.assent_id == 1


async def test_an_agreement_is_with_these_words_only(careful: House, sign_in_at: SignInAt) -> None:
    """Whatever changes in words or facts asks for a new one."""
    maria, ada = await sign_in_at(careful, "Maria"), await sign_in_at(careful, "Ada")
    page = await maria.get("/updates/1")
    await maria.submit(page, AGREE)
    await careful.fail("smtp-relay")
    late = await maria.submit(page, AGREE)
    assert late.status == 409
    assert APPROVE not in (await ada.get("/updates/1")).forms
    async with careful.ledger.read() as s:
        assert await assents.standing(s, await drafts.get(s, 1)) == []


async def test_grave_words_ask_for_a_second_person(house: House, sign_in_at: SignInAt) -> None:
    """Words of personal data block one approver alone; when another has agreed they block no more."""
    await house.fail()
    maria, ada = await sign_in_at(house, "Maria"), await sign_in_at(house, "Ada")
    await edited(maria, "Nobody has seen your personal data.")
    page = await maria.get("/updates/1")
    assert "<q>personal data</q>" in page.text
    assert (await maria.submit(page, APPROVE)).status == 409
    await ada.submit(await ada.get("/updates/1"), AGREE)
    page = await maria.get("/updates/1")
    assert "<q>personal data</q>" not in page.text


async def test_grave_words_never_go_out_by_one_alone(tmp_path: Path, sign_in_at: SignInAt) -> None:
    """Where the config insists, no reason replaces the second approver; the audit names both; other words need none."""
    async with House.open(tmp_path, desk={"four_eyes": "grave"}) as house:
        await house.fail()
        maria, ada = await sign_in_at(house, "Maria"), await sign_in_at(house, "Ada")
        assert APPROVE in (await maria.get("/updates/1")).forms
        await edited(maria, "Nobody has seen your personal data.")
        page = await maria.get("/updates/1")
        assert APPROVE not in page.forms
        forced = {**page.forms[AGREE], "override": "I am sure of it."}
        assert "a second approver has to agree" in (await maria.post(APPROVE, forced)).text
        await maria.submit(page, AGREE)
        done = await ada.submit(await ada.get("/updates/1"), APPROVE)
        assert "Approved by Ada" in done.text
        assert "Maria agreed with these words before." in done.text
        async with house.ledger.read() as s:
            (line,) = await audit.about(s, "approved", ["update:1"])
        assert (line.actor, json.loads(line.detail)["agreed"]) == ("Ada", "Maria")


async def test_who_may_approve_no_more_has_not_agreed(careful: House, sign_in_at: SignInAt) -> None:
    """An agreement ends with the right to give it."""
    maria, ada = await sign_in_at(careful, "Maria"), await sign_in_at(careful, "Ada")
    await maria.submit(await maria.get("/updates/1"), AGREE)
    assert APPROVE in (await ada.get("/updates/1")).forms
    async with careful.ledger.write() as s:
        await people.set_role(s, (await careful.person("Maria")).id, Role.RESPONDER)
    assert APPROVE not in (await ada.get("/updates/1")).forms


async def test_the_phone_desk_is_told_first(with_phones: House, sign_in_at: SignInAt) -> None:
    """A first notice waits until somebody has the brief, and says so in the story; then it may go out."""
    maria = await sign_in_at(with_phones, "Maria")
    page = await maria.get("/updates/1")
    assert "whoever answers does not know of it yet" in page.text
    assert (await maria.submit(page, APPROVE)).status == 409
    rita = await sign_in_at(with_phones, "Rita")
    told = await rita.submit(await rita.get("/brief"), BRIEFED)
    assert "The phone and chat desk has this brief since" in told.text
    assert "Rita has the brief" in (await rita.get("/incidents/1")).text
    page = await maria.get("/updates/1")
    assert (await maria.submit(page, APPROVE)).status == 200


async def test_nobody_waits_for_the_phone_desk_for_long(with_phones: House, sign_in_at: SignInAt) -> None:
    """After three minutes the public is told, whoever has read the brief by then."""
    with_phones.wait(minutes=3)
    maria = await sign_in_at(with_phones, "Maria")
    page = await maria.get("/updates/1")
    assert "whoever answers does not know of it yet" not in page.text
    assert (await maria.submit(page, APPROVE)).status == 200


async def test_nobody_is_sent_to_a_dead_address(house: House, sign_in_at: SignInAt) -> None:
    """The name of the very server that fails blocks the notice that sends people there."""
    await house.fail("shop")
    maria = await sign_in_at(house, "Maria")
    await edited(maria, "See 127.0.0.1 for news.")
    page = await maria.get("/updates/1")
    assert "<q>127.0.0.1</q>" in page.text


def test_what_is_dead_with_a_component(tmp_path: Path) -> None:
    """Its addresses and numbers, those of the channels that it carries, and its hosts; of others, nothing."""
    section = copy.deepcopy(CONFIG["component"])
    section[0]["addresses"] = ["help@harbour.example"]
    section[1]["addresses"] = ["+49 30 901820"]
    config = configured(tmp_path, component=section)
    assert list(dead(config, {"sending"})) == ["help@harbour.example", "127.0.0.1", "127.0.0.1"]
    assert list(dead(config, set())) == []


def test_the_page_may_live_where_something_else_fails(tmp_path: Path) -> None:
    """A notice may name the public page, though a mail server on its host fails, unless the page needs that too."""
    site = {"name": "Harbour Mail", "public_url": "http://127.0.0.1:8480"}
    assert list(dead(configured(tmp_path, site=site), {"sending"})) == []
    carried = [{"kind": "page", "name": "page", "carried_by": ["sending"]}]
    assert set(dead(configured(tmp_path, site=site, channel=carried), {"sending"})) == {"127.0.0.1"}


@pytest.mark.parametrize("decision", [ActKind.AMENDS, ActKind.NO_AMENDS])
async def test_making_it_good_is_open_until_somebody_decides(house: House, decision: ActKind) -> None:
    """A gift and a reasoned no are both decisions."""
    incident_id = await house.fail()
    maria = await house.person("Maria")
    async with house.ledger.write() as s:
        draft = await drafts.get(s, 1)
        before = await circumstances(s, house.config, draft, maria.id, house.now)
        await incidents.act(s, incident_id, maria.id, decision, "so we decided", house.now)
        after = await circumstances(s, house.config, draft, maria.id, house.now)
    assert (before.amends_open, after.amends_open) == (True, False)
