"""The readiness page."""

from tests.monitor.desk.conftest import SignIn


async def test_it_names_what_is_missing_and_what_would_be_left(sign_in: SignIn) -> None:
    """A viewer may read it; what is missing stands first."""
    page = await (await sign_in("Vera")).get("/readiness")
    assert page.status == 200
    assert "There is no [[person]], so nobody is called" in page.text
    assert page.text.index("There is no [[person]]") < page.text.index("If Sending email died")
    assert "Not by subscribers" in page.text


async def test_the_overview_leads_there(sign_in: SignIn) -> None:
    """From the components, whose loss it is about."""
    assert 'href="/readiness"' in (await (await sign_in("Vera")).get("/")).text
