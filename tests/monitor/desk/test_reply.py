"""The reply kit's page answers what was pasted from the record, and stores nothing of it."""

from monitor.ledger import audit
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House

MESSAGE = "Unbelievable!! <b>When will it be fixed</b>, and are my mails lost? I want a refund. XYZZY"


async def test_it_answers_from_the_record(house: House, sign_in: SignIn) -> None:
    """What a human has said since the last message counts, and the answer bears the name of who gives it."""
    await house.fail()
    browser = await sign_in("Maria")
    await browser.submit(await browser.get("/updates/1"), "/updates/1/approve", override="ok")
    page = await browser.get("/incidents/1")
    await browser.submit(page, "/incidents/1/acts", kind="loss", loss="nothing; what waits is kept")
    told = await browser.submit(await browser.get("/reply"), "/reply", incident="1", message=MESSAGE)
    assert told.status == 200
    for words in (
        "We do not know yet when it will be fixed.",
        "What we know of lost data: “nothing; what waits is kept” (Maria, 14:02 UTC",
        "What we do for this outage is not decided yet.",
        "By its words it asks: when it will work, whether something is lost, how it is made good.",
        "\N{EN DASH} Maria",
    ):
        assert words in told.text
    assert "<b>When" not in told.text


async def test_nothing_of_it_is_stored(house: House, sign_in: SignIn) -> None:
    """What somebody wrote in anger is theirs: it stands in no table and no log of ours."""
    await house.fail()
    browser = await sign_in("Vera")
    fields = {"token": (await browser.get("/")).forms["/logout"]["token"], "message": MESSAGE}
    assert (await browser.post("/reply", {**fields, "incident": "1"})).status == 200
    refused = await browser.post("/reply", {**fields, "incident": "9"})
    assert (refused.status, "XYZZY" in refused.text) == (422, False)
    async with house.ledger.read() as s:
        assert "XYZZY" not in "".join(f"{line.subject}{line.detail}" for line in await audit.lines(s))
    files = (house.config.path.parent / house.config.storage.directory).iterdir()
    assert not any(b"XYZZY" in file.read_bytes() for file in files if file.is_file())


async def test_where_nothing_failed_there_is_nothing_to_answer_from(sign_in: SignIn) -> None:
    """Who meets a complaint before any check of ours did is told whom to tell."""
    page = await (await sign_in("Vera")).get("/reply")
    assert "tell whoever is on call" in page.text
    assert "/reply" not in page.forms
