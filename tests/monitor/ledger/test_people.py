"""People sign in by what only they know, of which the record holds only hashes."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.ledger import people
from monitor.ledger.store import Ledger
from monitor.models import Role
from tests.monitor.ledger.story import NOON, after, person

LIMITS = {"idle": timedelta(hours=1), "absolute": timedelta(hours=8)}


async def valid(s: AsyncSession) -> set[str]:
    """The tokens that open a session right after noon."""
    tokens = ("a1", "a2", "a3", "g")
    return {token for token in tokens if await people.signed_in(s, token, now=after(31), **LIMITS)}


async def test_names_are_taken_once(ledger: Ledger) -> None:
    """A second person of the same name is refused."""
    async with ledger.write() as s:
        await person(s)
    with pytest.raises(IntegrityError):
        async with ledger.write() as s:
            await people.add(s, "Ada", Role.VIEWER, NOON)


async def test_people_are_found(ledger: Ledger) -> None:
    """By name, by id, and all of them in the order of their names."""
    async with ledger.write() as s:
        grace, ada = await person(s, "Grace"), await person(s, "Ada")
    async with ledger.read() as s:
        assert await people.find(s, "Grace") == await people.get(s, grace.id) == grace
        assert await people.find(s, "grace") is None
        assert list(await people.everyone(s)) == [ada, grace]
        assert await people.name_of(s, ada.id) == "Ada"


async def test_an_invitation_is_good_once_and_for_a_while(ledger: Ledger) -> None:
    """It leads to its person until it expires or a password is set, and is stored as its hash."""
    async with ledger.write() as s:
        ada = await person(s)
        await people.invite(s, ada.id, "token", after(60))
    async with ledger.write() as s:
        found = await people.invited(s, "token", after(59))
        assert found is not None
        assert (found.id, found.invite_sha256) == (ada.id, sha256(b"token").hexdigest())
        assert await people.invited(s, "token", after(60)) is None
        assert await people.invited(s, "other", after(1)) is None
        await people.set_password(s, ada.id, "$argon2id$…")
        assert await people.invited(s, "token", after(1)) is None
    async with ledger.read() as s:
        found = await people.get(s, ada.id)
        assert found is not None
        assert found.password_hash == "$argon2id$…"


async def test_a_session_lasts_while_it_is_used_and_not_for_ever(ledger: Ledger) -> None:
    """It ends after its idle time, however young, and after its absolute time, however busy."""
    async with ledger.write() as s:
        ada = await person(s)
        session = await people.sign_in(s, ada.id, "cookie", NOON)
        assert session.id_sha256 == sha256(b"cookie").hexdigest()
        assert await people.signed_in(s, "other", now=NOON, **LIMITS) is None
        assert await people.signed_in(s, "cookie", now=after(60), **LIMITS) is None
        for hour in range(1, 8):
            await people.touch(s, "cookie", after(60 * hour - 1))
            found = await people.signed_in(s, "cookie", now=after(60 * hour), **LIMITS)
            assert found is not None
            assert found.person == ada
        await people.touch(s, "cookie", after(60 * 8 - 1))
        assert await people.signed_in(s, "cookie", now=after(60 * 8), **LIMITS) is None


async def test_signing_out_ends_a_session(ledger: Ledger) -> None:
    """One session, or with a new password all of that person's and nobody else's."""
    async with ledger.write() as s:
        ada, grace = await person(s, "Ada"), await person(s, "Grace")
        for token, who in (("a1", ada), ("a2", ada), ("a3", ada), ("g", grace)):
            await people.sign_in(s, who.id, token, NOON)
        await people.sign_out(s, "a1")
        assert await valid(s) == {"a2", "a3", "g"}
        await people.set_password(s, ada.id, "new")
        assert await valid(s) == {"g"}


async def test_a_disabled_person_is_out_at_once(ledger: Ledger) -> None:
    """Their sessions and their invitation open nothing any more; their name stays."""
    async with ledger.write() as s:
        ada = await person(s)
        await people.invite(s, ada.id, "token", after(60))
        await people.sign_in(s, ada.id, "a1", NOON)
        await people.disable(s, ada.id, NOON)
        assert await valid(s) == set()
        assert await people.invited(s, "token", NOON) is None
        assert await people.name_of(s, ada.id) == "Ada"


async def test_dead_sessions_are_forgotten(ledger: Ledger) -> None:
    """Sessions that open nothing any more leave no row behind."""
    async with ledger.write() as s:
        ada = await person(s)
        await people.sign_in(s, ada.id, "a1", NOON)
        await people.sign_in(s, ada.id, "a2", after(30))
        await people.expire_sessions(s, now=after(61), **LIMITS)
        assert await valid(s) == {"a2"}


async def test_a_role_can_change(ledger: Ledger) -> None:
    """What a person may do is what was set last."""
    async with ledger.write() as s:
        ada = await person(s)
        await people.set_role(s, ada.id, Role.VIEWER)
    async with ledger.read() as s:
        found = await people.get(s, ada.id)
        assert found is not None
        assert found.role is Role.VIEWER
