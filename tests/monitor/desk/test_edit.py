"""Editing: a human's words, never over somebody else's."""

import pytest

from monitor.ledger import drafts
from monitor.models import IncidentUpdate
from tests.monitor.desk.browser import Browser, Page
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House

EDIT = "/updates/1/edit"


async def draft(house: House) -> IncidentUpdate:
    """The draft as the record has it."""
    async with house.ledger.read() as s:
        found = await drafts.get(s, 1)
    assert found
    return found


async def opened(house: House, sign_in: SignIn, name: str = "Rita") -> tuple[Browser, Page]:
    """An outage, and somebody with its words in a form."""
    await house.fail()
    browser = await sign_in(name)
    return browser, await browser.get(EDIT)


async def test_the_form_holds_the_very_words(house: House, sign_in: SignIn) -> None:
    """Saving without a change changes nothing, line ends included."""
    browser, page = await opened(house, sign_in)
    before = (await draft(house)).text_sha256
    await browser.submit(page, EDIT, body=page.forms[EDIT]["body"].replace("\n", "\r\n"))
    assert (await draft(house)).text_sha256 == before


async def test_an_edit_is_the_next_revision_with_a_name(house: House, sign_in: SignIn) -> None:
    """The draft shows the new words, whose they are, and still waits for a yes."""
    browser, page = await opened(house, sign_in)
    done = await browser.submit(page, EDIT, title="We cannot take your mail")
    assert done.path == "/updates/1"
    assert "Nothing is published yet" in done.text
    assert "These words were edited by Rita." in done.text
    assert (await draft(house)).revision == 2
    assert "Rita edited the draft" in (await browser.get("/incidents/1")).text


async def test_two_editors_do_not_overwrite_each_other(house: House, sign_in: SignIn) -> None:
    """The second keeps their words in the form, sees what the first changed, and saves again knowingly."""
    browser, page = await opened(house, sign_in)
    other = await sign_in("Maria")
    await other.submit(await other.get(EDIT), EDIT, title="Maria's title")
    page = await browser.submit(page, EDIT, title="Rita's title")
    assert page.status == 409
    assert "Not saved: the draft changed while you were writing." in page.text
    assert "<ins>Maria&#39;s title</ins>" in page.text
    assert page.forms[EDIT]["title"] == "Rita's title"
    assert (await draft(house)).title == "Maria's title"
    await browser.submit(page, EDIT)
    assert (await draft(house)).title == "Rita's title"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"title": ""}, "title: from 1 to 200 letters, and yours has 0"),
        ({"short": "x" * 281}, "short: from 1 to 280 letters, and yours has 281"),
        ({"body": " \n "}, "body: from 1 to 10000 letters, and yours has 0"),
        ({"spoken": "x" * 3001}, "spoken: from 1 to 3000 letters, and yours has 3001"),
    ],
)
async def test_words_have_a_length(house: House, sign_in: SignIn, words: dict[str, str], said: str) -> None:
    """What is empty or too long is told by name and number, and the rest of the words stay in the form."""
    browser, page = await opened(house, sign_in)
    page = await browser.submit(page, EDIT, **{"title": "My title", **words})
    assert page.status == 422
    assert said in page.text
    assert (await draft(house)).revision == 1


async def test_hidden_characters_do_not_get_into_a_notice(house: House, sign_in: SignIn) -> None:
    """What turns or hides text is taken out of what a human puts their name to."""
    browser, page = await opened(house, sign_in)
    await browser.submit(page, EDIT, title="Mail\u202e is \u200bdown\x00\x1b")
    assert (await draft(house)).title == "Mail is down"


async def test_an_edited_script_is_only_words(house: House, sign_in: SignIn) -> None:
    """Nobody on the desk can put code before the next reader's eyes, nor before a customer's."""
    browser, page = await opened(house, sign_in)
    script = "<script>alert(1)</script> [x](javascript:alert(1)) {{7*7}}"
    done = await browser.submit(page, EDIT, title=script, body=script, short=script, spoken=script)
    assert "<script" not in done.text.replace('<script src="/static/desk.', "")
    assert 'href="javascript' not in done.text
    assert done.text.count("{{7*7}}") >= 4


async def test_what_has_been_answered_cannot_be_edited(house: House, sign_in: SignIn) -> None:
    """Approved words stand still: the form is gone, and one that was open is refused with where to look."""
    browser, page = await opened(house, sign_in, "Maria")
    await browser.submit(await browser.get("/updates/1"), "/updates/1/approve")
    late = await browser.submit(page, EDIT, title="Too late")
    assert late.status == 409
    assert "Not saved: somebody has approved this draft already." in late.text
    assert (await browser.get(EDIT)).path == "/updates/1"
