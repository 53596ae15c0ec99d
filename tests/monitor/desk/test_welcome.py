"""Invitations: a link that works once."""

from collections.abc import Callable

import pytest

from monitor.desk.invite import first_admin, invite
from monitor.models import Role
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House

Browse = Callable[[], Browser]
NEW = "a password of one's own"


async def link(house: House, name: str = "Nils", role: Role = Role.APPROVER) -> str:
    """The path of a fresh invitation."""
    return (await invite(house.ledger, name, role, url="", now=house.now)).removeprefix("")


async def test_the_invited_choose_a_password_and_are_in(house: House, browse: Browse) -> None:
    """One form, and they are signed in with the role that they were given."""
    browser = browse()
    page = await browser.get(await link(house))
    assert "Welcome, Nils" in page.text
    page = await browser.submit(page, "", password=NEW, again=NEW)
    assert page.path == "/"
    assert "<small>approver</small>" in page.text


async def test_the_first_admin_says_who_they_are(empty: House, browse_empty: Browse) -> None:
    """Nobody signs a public notice as "admin": the name is asked for, and is the one to sign in with."""
    browser = browse_empty()
    page = await browser.get(await first_admin(empty.ledger, url="", now=empty.now))
    unnamed = await browser.submit(page, "", password=NEW, again=NEW)
    assert "A name is needed" in unnamed.text
    page = await browser.submit(unnamed, "", name="  Ada \u202e Lovelace ", password=NEW, again=NEW)
    assert page.path == "/"
    assert "Ada Lovelace" in page.text


async def test_a_name_is_nobody_elses(house: House, browse: Browse) -> None:
    """Two people of one name could sign for each other."""
    browser = browse()
    page = await browser.submit(await browser.get(await link(house)), "", name="Maria", password=NEW, again=NEW)
    assert page.status == 422
    assert "Somebody else here has that name." in page.text


async def test_a_link_works_once(house: House, browse: Browse) -> None:
    """Looking at it uses nothing up; choosing a password does, and says so to whoever comes second."""
    path = await link(house)
    first, second = browse(), browse()
    opened = [await first.get(path), await second.get(path)]
    await first.submit(opened[0], "", password=NEW, again=NEW)
    late = await second.submit(opened[1], "", password="stolen password", again="stolen password")
    assert late.status == 404
    assert "was used, or is too old" in late.text


async def test_a_link_grows_old(house: House, browse: Browse) -> None:
    """After seven days it opens nothing."""
    path = await link(house)
    house.wait(days=7)
    assert (await browse().get(path)).status == 404


async def test_the_record_does_not_hold_the_link(house: House) -> None:
    """Whoever copies the record cannot use an invitation: only its hash is there."""
    token = (await link(house)).rpartition("/")[2]
    assert len(token) == 43
    assert token not in repr((await house.person("Nils")).model_dump())


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [("eleven char", "eleven char", "12 characters or more"), (NEW, NEW + "s", "The two are not the same.")],
)
async def test_a_password_is_long_and_typed_twice(
    house: House, browse: Browse, password: str, again: str, sentence: str
) -> None:
    """Twelve characters of any sort; what is wrong is said, and the link still works."""
    browser = browse()
    page = await browser.submit(await browser.get(await link(house)), "", password=password, again=again)
    assert page.status == 422
    assert sentence in page.text
    assert (await browser.submit(page, "", password=NEW, again=NEW)).path == "/"


async def test_a_new_password_ends_the_old_sessions(house: House, browse: Browse, sign_in: SignIn) -> None:
    """Whoever knew the old one is out at once."""
    before = await sign_in("Maria")
    browser = browse()
    page = await browser.get(await link(house, "Maria"))
    await browser.submit(page, "", password=NEW, again=NEW)
    assert (await before.get("/")).path == "/login"
    assert (await house.person("Maria")).role is Role.APPROVER


async def test_the_first_admin_is_invited_until_somebody_is_in(house: House) -> None:
    """A start prints a link as long as nobody has a password, and none afterwards."""
    assert await first_admin(house.ledger, url="http://desk", now=house.now) is None


async def test_each_start_before_that_gives_a_new_link(empty: House, browse_empty: Browse) -> None:
    """The newest link works, and the one before it does not."""
    links = [await first_admin(empty.ledger, url="", now=empty.now) for _ in range(2)]
    old, new = (str(one) for one in links)
    browser = browse_empty()
    assert (await browser.get(old)).status == 404
    page = await browser.get(new)
    assert "Say who you are" in page.text
    assert "<small>admin</small>" in (await browser.submit(page, "", name="Ada", password=NEW, again=NEW)).text
    assert await first_admin(empty.ledger, url="", now=empty.now) is None
