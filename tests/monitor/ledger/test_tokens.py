"""Tokens: what a program may do for a person, and for how long."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.ledger import audit, people, tokens
from monitor.ledger.store import Ledger
from monitor.ledger.tokens import Bearer, Standing
from monitor.models import Role
from tests.monitor.ledger.story import NOON

DAY = timedelta(days=1)


async def made(ledger: Ledger, role: Role = Role.APPROVER, person: Role = Role.APPROVER) -> str:
    """A token of Maria's that is good for a day; gives its secret."""
    async with ledger.write() as s:
        maria = await people.add(s, "Maria", person, NOON)
        return await tokens.add(s, maria, role, label="laptop", expires_at=NOON + DAY, now=NOON)


async def shown(ledger: Ledger, secret: str) -> Bearer | None:
    """Whose secret it is."""
    async with ledger.read() as s:
        return await tokens.find(s, secret)


async def test_a_secret_is_kept_as_its_hash_alone(ledger: Ledger) -> None:
    """A copy of the record lets nobody in, and the audit says who was given what, not the secret."""
    secret = await made(ledger)
    async with ledger.read() as s:
        kept = str((await s.execute(text("SELECT * FROM token"))).all())
        (line,) = await audit.lines(s)
    assert secret.startswith("ownup_")
    assert secret not in kept + line.detail
    assert (line.action, line.subject) == ("token added", "token:1")
    assert line.detail == "laptop, approver, for Maria, until 2026-03-02T12:00:00+00:00"


async def test_a_secret_leads_to_its_person(ledger: Ledger) -> None:
    """And nothing else leads to anybody."""
    bearer = await shown(ledger, await made(ledger))
    assert bearer
    assert (bearer.person.name, bearer.name, bearer.role) == ("Maria", "token 1: laptop", Role.APPROVER)
    assert await shown(ledger, "ownup_guess") is None
    assert await shown(ledger, "\udcff") is None


@pytest.mark.parametrize(
    ("role", "person", "least"),
    [
        (Role.VIEWER, Role.ADMIN, Role.VIEWER),
        (Role.APPROVER, Role.RESPONDER, Role.RESPONDER),
        (Role.ADMIN, Role.ADMIN, Role.ADMIN),
    ],
)
async def test_a_token_may_no_more_than_its_person(ledger: Ledger, role: Role, person: Role, least: Role) -> None:
    """Also when the person has lost a role since."""
    bearer = await shown(ledger, await made(ledger, role, person))
    assert bearer
    assert bearer.role is least


async def test_a_token_ends(ledger: Ledger) -> None:
    """By its date, when it is removed, and with its person."""
    secret = await made(ledger)
    bearer = await shown(ledger, secret)
    assert bearer
    assert bearer.standing(NOON + DAY - timedelta(seconds=1)) is Standing.GOOD
    assert bearer.standing(NOON + DAY) is Standing.EXPIRED
    async with ledger.write() as s:
        await people.disable(s, bearer.person.id, NOON)
    gone = await shown(ledger, secret)
    assert gone
    assert gone.standing(NOON) is Standing.DISABLED
    async with ledger.write() as s:
        assert await tokens.remove(s, 1, NOON)
        assert not await tokens.remove(s, 1, NOON)
        assert not await tokens.remove(s, 2, NOON)
    removed = await shown(ledger, secret)
    assert removed
    assert removed.standing(NOON) is Standing.REMOVED


async def test_its_last_use_is_remembered(ledger: Ledger) -> None:
    """So that an admin sees which ones are not needed."""
    secret = await made(ledger)
    async with ledger.write() as s:
        await tokens.touch(s, 1, NOON)
    bearer = await shown(ledger, secret)
    assert bearer
    assert bearer.token.used_at == NOON
