"""What an approval by a program must never be: for each, what to do, nothing published, and an audit line."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from monitor.models import Approval, AuditEntry, Delivery
from tests.monitor.desk.api.conftest import MONTH, Answer, Program, Speak
from tests.monitor.desk.browser import Browser
from tests.monitor.desk.house import PASSWORD, House

APPROVE = "/drafts/1/approve"
Attempt = Callable[[House, Speak], Awaitable[Answer]]
Yes = Callable[[Program], Awaitable[Answer]]


async def read(program: Program, **changes: str) -> Yes:
    """Get the draft; gives the yes to what was got, for whoever sends it."""
    draft = (await program.get("/drafts/1")).told
    given = {"text_sha256": draft["text_sha256"], **changes}
    return lambda sender: sender.post(APPROVE, given, If_Match=draft["etag"])


async def stale(house: House, speak: Speak) -> Answer:
    """The scope grows between the reading and the yes."""
    maria = await speak("Maria")
    yes = await read(maria)
    await house.fail("smtp-relay")
    return await yes(maria)


async def double(house: House, speak: Speak) -> Answer:
    """Two people's programs say yes at the same time."""
    del house
    maria, ada = await speak("Maria"), await speak("Ada")
    yes = await read(maria)
    (late,) = [answer for answer in await asyncio.gather(yes(maria), yes(ada)) if answer.status != 200]
    return late


async def recovered(house: House, speak: Speak) -> Answer:
    """It works again before the yes."""
    maria = await speak("Maria")
    yes = await read(maria)
    house.wait(minutes=1)
    await house.recover()
    return await yes(maria)


async def tampered(house: House, speak: Speak) -> Answer:
    """The hash is that of other words."""
    del house
    maria = await speak("Maria")
    return await (await read(maria, text_sha256="0" * 64))(maria)


async def expired(house: House, speak: Speak) -> Answer:
    """The token has ended meanwhile."""
    maria = await speak("Maria")
    yes = await read(maria)
    house.now += MONTH
    return await yes(maria)


async def viewing(house: House, speak: Speak) -> Answer:
    """The token may only read."""
    del house
    vera = await speak("Vera")
    return await (await read(vera))(vera)


async def replayed(house: House, speak: Speak) -> Answer:
    """The same request comes once more."""
    del house
    maria = await speak("Maria")
    yes = await read(maria)
    await yes(maria)
    return await yes(maria)


@dataclass(frozen=True)
class Told:
    """What is answered: what was not done, and what to do; ``before`` is how much went out by an earlier yes."""

    status: int
    detail: str
    advice: str
    by: tuple[str, ...] = ("Maria",)
    before: int = 0


TAKEN = "Not done: somebody has approved this draft already."
SEE_WHO = "Get the draft: it says who approved it, and how far it has got."
ANEW = "Get it anew, read what changed (a draft has /changes?since=REVISION), and decide then."
CASES = {
    stale: Told(412, "Not done: the draft changed since you got it: it is revision 2 now.", ANEW),
    tampered: Told(412, "Not done: the draft is not what you saw: other words stand there.", ANEW),
    double: Told(409, TAKEN, SEE_WHO, by=("Maria", "Ada"), before=2),
    replayed: Told(409, TAKEN, SEE_WHO, before=2),
    recovered: Told(
        409,
        "Not done: the draft was withdrawn, because what it says is no longer so.",
        "Nothing is left to do here: GET its incident, whose story tells what became of it.",
    ),
    expired: Told(
        401,
        "This token has expired: nothing was done.",
        "Show a token as “Authorization: Bearer ownup_…”; an admin makes one with “ownup token add”.",
    ),
    viewing: Told(
        403,
        "This token is viewer, and this needs approver: nothing was done.",
        "Use a token of somebody who may, or ask an admin for one with that role.",
        by=("Vera",),
    ),
}


@pytest.mark.parametrize("attempt", CASES, ids=lambda attempt: attempt.__name__)
async def test_it_is_refused_told_and_written_down(house: House, speak: Speak, attempt: Attempt) -> None:
    """The status, what was not done and what to do, no word more than before, and in the audit the person and token."""
    told = CASES[attempt]
    await house.fail()
    answer = await attempt(house, speak)
    assert (answer.status, answer.told["detail"], answer.told["advice"]) == (told.status, told.detail, told.advice)
    async with house.ledger.read() as s:
        assert len((await s.scalars(select(Delivery))).all()) == told.before
        assert len((await s.scalars(select(Approval))).all()) == (1 if told.before else 0)
        line = (await s.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()
    assert (line.action, line.subject, line.detail) == (
        "refused",
        f"/api/v1{APPROVE}",
        f"{told.status} {told.detail}",
    )
    assert line.actor in told.by
    assert line.through
    assert line.through.endswith(": robot")


async def test_a_browsers_session_is_no_token(house: House, client: TestClient, speak: Speak) -> None:
    """Who is signed in at the desk can be made to send nothing here by another site: the cookie opens nothing."""
    await house.fail()
    browser, yes = Browser(client), await read(await speak("Maria"))
    home = await browser.submit(await browser.get("/login"), "/login", name="Maria", password=PASSWORD)
    assert home.status == 200
    answer = await yes(Program(client))
    assert (answer.status, "none that we know was shown" in answer.told["detail"]) == (401, True)
    async with house.ledger.read() as s:
        assert (await s.scalars(select(Delivery))).all() == []
