"""The draft follows reality: rewritten until a human edits it, and from then on changes are offered, never merged."""

from pathlib import Path

from drafts.notice import Notice
from monitor.ledger import drafts
from monitor.models import IncidentUpdate
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignIn, SignInAt
from tests.monitor.desk.house import House

EDIT, OURS, APPROVE = "/updates/1/edit", "/updates/1/ours", "/updates/1/approve"
RITAS = "You cannot send mail over port 587, says Rita."


async def draft(house: House) -> IncidentUpdate:
    """The draft as it stands."""
    async with house.ledger.read() as s:
        found = await drafts.get(s, 1)
    assert found
    return found


async def edited(house: House, sign_in: SignIn) -> Browser:
    """An outage whose draft Rita has edited."""
    await house.fail()
    rita = await sign_in("Rita")
    await rita.submit(await rita.get(EDIT), EDIT, body=RITAS)
    return rita


async def test_until_a_human_edits_it_the_draft_follows(house: House, sign_in: SignIn) -> None:
    """Our own words are written anew with every change of the facts, and nothing has to be offered."""
    await house.fail()
    before = await draft(house)
    await house.fail("smtp-relay")
    after = await draft(house)
    assert (before.revision, after.revision) == (1, 2)
    assert before.body != after.body
    page = await (await sign_in("Rita")).get("/updates/1")
    assert 'id="offer"' not in page.text


async def test_after_an_edit_a_change_is_offered_and_not_merged(house: House, sign_in: SignIn) -> None:
    """The human's words stay to the letter; beside them stands, marked, what ours would have changed."""
    rita = await edited(house, sign_in)
    assert 'id="offer"' not in (await rita.get("/updates/1")).text
    await house.fail("smtp-relay")
    assert (await draft(house)).body == RITAS
    page = await rita.get("/updates/1")
    assert "What changed since Rita edited it" in page.text
    offered = page.text.partition('id="offer"')[2].partition("</section>")[0]
    assert "<del>" in offered
    assert "<ins>" in offered
    assert "says Rita" not in offered


async def test_our_words_are_taken_at_a_humans_wish(house: House, sign_in: SignIn) -> None:
    """One tap takes our own words by the facts of now; the edit stays in the record, and the draft follows again."""
    rita = await edited(house, sign_in)
    await house.fail("smtp-relay")
    done = await rita.submit(await rita.get("/updates/1"), OURS)
    assert "The draft has our own words again" in done.text
    assert 'id="offer"' not in done.text
    present = await draft(house)
    assert present.edited_by is None
    assert "You cannot send mail" in present.body
    async with house.ledger.read() as s:
        kept = await drafts.revision(s, 1, 2)
    assert kept.body == RITAS
    await house.fail("imap-login")
    assert (await draft(house)).revision > present.revision


async def test_an_offer_that_moved_on_is_not_taken(house: House, sign_in: SignIn) -> None:
    """Whoever takes our words takes those that they saw."""
    rita = await edited(house, sign_in)
    await house.fail("smtp-relay")
    page = await rita.get("/updates/1")
    await house.fail("imap-login")
    assert (await rita.submit(page, OURS)).status == 409
    assert (await draft(house)).body == RITAS


async def test_a_withdrawn_edit_is_kept(house: House, sign_in: SignIn) -> None:
    """When all works again the draft is withdrawn, can be approved by nobody, and keeps its words."""
    rita = await edited(house, sign_in)
    page = await (await sign_in("Maria")).get("/updates/1")
    await house.recover()
    withdrawn = await draft(house)
    assert (withdrawn.withdrawn_at, withdrawn.body) == (house.now, RITAS)
    maria = await sign_in("Maria")
    assert (await maria.post(APPROVE, page.forms[APPROVE])).status in {403, 409}
    assert RITAS in (await rita.get("/updates/1")).text


async def test_every_language_is_offered(tmp_path: Path, sign_in_at: SignInAt) -> None:
    """What changed is offered in each language that the notice is told in."""
    async with House.open(tmp_path, notices={"also_in": ["de"]}) as house:
        await house.fail()
        rita = await sign_in_at(house, "Rita")
        await rita.submit(await rita.get(EDIT), EDIT, body=RITAS)
        await house.fail("smtp-relay")
        page = await rita.get("/updates/1")
        assert "<dt>German: Text</dt>" in page.text.partition('id="offer"')[2]
        await rita.submit(page, OURS)
        assert isinstance(drafts.notice_of(await draft(house)).told_in("de"), Notice)
