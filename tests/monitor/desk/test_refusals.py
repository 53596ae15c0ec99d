"""What an approval must never be: for each, a sentence that says what to do, nothing published, and an audit line."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from monitor.models import Approval, AuditEntry, Delivery
from tests.monitor.desk.browser import Page
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House

APPROVE = "/updates/1/approve"
Attempt = Callable[[House, SignIn], Awaitable[Page]]


async def stale(house: House, sign_in: SignIn) -> Page:
    """The scope grows while the page is open."""
    maria = await sign_in("Maria")
    page = await maria.get("/updates/1")
    await house.fail("smtp-relay")
    return await maria.submit(page, APPROVE)


async def double(house: House, sign_in: SignIn) -> Page:
    """Two people press at the same time."""
    del house
    maria, ada = await sign_in("Maria"), await sign_in("Ada")
    opened = [(one, await one.get("/updates/1")) for one in (maria, ada)]
    pages = await asyncio.gather(*(one.submit(page, APPROVE) for one, page in opened))
    (late,) = [page for page in pages if page.status != 200]
    return late


async def recovered(house: House, sign_in: SignIn) -> Page:
    """It works again before the yes."""
    maria = await sign_in("Maria")
    page = await maria.get("/updates/1")
    house.wait(minutes=1)
    await house.recover()
    return await maria.submit(page, APPROVE)


async def tampered(house: House, sign_in: SignIn) -> Page:
    """The form names other words than those that stand there."""
    del house
    maria = await sign_in("Maria")
    return await maria.submit(await maria.get("/updates/1"), APPROVE, text="0" * 64)


async def expired(house: House, sign_in: SignIn) -> Page:
    """The page was open over night."""
    maria = await sign_in("Maria")
    page = await maria.get("/updates/1")
    house.wait(hours=13)
    return await maria.submit(page, APPROVE)


async def forged(house: House, sign_in: SignIn) -> Page:
    """The form has not the token of this browser."""
    del house
    maria = await sign_in("Maria")
    fields = (await maria.get("/updates/1")).forms[APPROVE]
    return await maria.post(APPROVE, {name: value for name, value in fields.items() if name != "token"})


async def viewing(house: House, sign_in: SignIn) -> Page:
    """Somebody who may only read sends the form all the same."""
    del house
    maria, vera = await sign_in("Maria"), await sign_in("Vera")
    fields = (await maria.get("/updates/1")).forms[APPROVE]
    return await vera.post(APPROVE, {**fields, "token": (await vera.get("/")).forms["/logout"]["token"]})


async def replayed(house: House, sign_in: SignIn) -> Page:
    """The same form comes once more."""
    del house
    maria = await sign_in("Maria")
    page = await maria.get("/updates/1")
    await maria.submit(page, APPROVE)
    return await maria.submit(page, APPROVE)


@dataclass(frozen=True)
class Told:
    """What is answered: the sentence, and what to do; ``before`` is how much went out by an earlier yes."""

    status: int
    sentence: str
    advice: str
    by: tuple[str, ...] = ("Maria",)
    before: int = 0


CHANGED = "Not published: the draft changed while you had it open."
READ_IT = "Read what changed, below. If the new text is right, approve that."
TAKEN = "Not published: somebody has approved this draft already."
SEE_WHO = "You find below who did, and how far it has got."
CASES = {
    stale: Told(409, CHANGED, READ_IT),
    tampered: Told(409, CHANGED, READ_IT),
    double: Told(409, TAKEN, SEE_WHO, by=("Maria", "Ada"), before=2),
    replayed: Told(409, TAKEN, SEE_WHO, before=2),
    recovered: Told(
        409,
        "Not published: the draft was withdrawn, because what it says is no longer so.",
        "Nothing is left to do here; the page of the incident tells the story.",
    ),
    expired: Told(
        401, "Your session has ended, so nothing was done.", "Sign in again: you come back to this very page."
    ),
    forged: Told(
        403,
        "This form does not come from a page that the desk gave this browser, so nothing was done.",
        "Allow its cookie, open the page anew, and do it there.",
    ),
    viewing: Told(
        403,
        "You are viewer here and this needs approver, so nothing was done.",
        "Call somebody with that role, or ask an admin to give it to you.",
        by=("Vera",),
    ),
}


@pytest.mark.parametrize("attempt", CASES, ids=lambda attempt: attempt.__name__)
async def test_it_is_refused_told_and_written_down(house: House, sign_in: SignIn, attempt: Attempt) -> None:
    """The status, the sentence and what to do, no word more than before, and who was refused what in the audit."""
    told = CASES[attempt]
    await house.fail()
    page = await attempt(house, sign_in)
    assert page.status == told.status
    assert told.sentence in page.text
    assert told.advice in page.text
    async with house.ledger.read() as s:
        assert len((await s.scalars(select(Delivery))).all()) == told.before
        assert len((await s.scalars(select(Approval))).all()) == (1 if told.before else 0)
        line = (await s.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()
    assert (line.action, line.subject, line.detail) == ("refused", "/updates/1", told.sentence)
    assert line.actor in told.by
