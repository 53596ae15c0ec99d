"""Passwords: kept as argon2id, compared in equal time."""

import pytest

from monitor.password import Passwords


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    """The desk's own."""
    return Passwords()


async def test_a_password_is_kept_as_argon2id(passwords: Passwords) -> None:
    """The record holds a salted argon2id hash, different each time, and it fits the password alone."""
    one, other = await passwords.hash("four words in a row"), await passwords.hash("four words in a row")
    assert one.startswith("$argon2id$")
    assert one != other
    assert await passwords.matches(one, "four words in a row")
    assert not await passwords.matches(one, "four words in a Row")


async def test_nobody_is_as_slow_as_somebody(passwords: Passwords) -> None:
    """For a name that does not exist a hash of the same cost is computed, and the answer is no."""
    assert not await passwords.matches(None, "four words in a row")
    assert passwords._nobody.split("$")[1:4] == (await passwords.hash("x")).split("$")[1:4]


async def test_a_spoilt_hash_lets_nobody_in(passwords: Passwords) -> None:
    """A row that holds no hash is a no, not a crash."""
    assert not await passwords.matches("no hash at all", "no hash at all")


async def test_two_keyboards_write_one_letter(passwords: Passwords) -> None:
    """An ü typed as one character or as two is the same password."""
    assert await passwords.matches(await passwords.hash("gr\u00fcne w\u00f6rter"), "gru\u0308ne wo\u0308rter")
