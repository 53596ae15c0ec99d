"""Passes: what opens one thing for one reader."""

from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from monitor.config import Subscribers
from monitor.passes import Passes, Purpose, nonce

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OLD, NEW = "o" * 32, "n" * 32
OURS = Passes((NEW,))


def test_a_pass_opens_what_it_is_for_and_nothing_else() -> None:
    """One that bounces name, or that leaves, confirms nothing."""
    name = nonce()
    for purpose in Purpose:
        shown = OURS.issue(purpose, name)
        assert {one: OURS.holder(one, shown, NOW) for one in Purpose} == {
            one: name if one is purpose else None for one in Purpose
        }


def test_a_pass_that_confirms_has_an_end_and_one_that_leaves_has_none() -> None:
    """Ten years later a reader can still leave."""
    name, until = nonce(), NOW + timedelta(hours=1)
    confirm, stay = OURS.issue(Purpose.CONFIRM, name, until), OURS.issue(Purpose.STAY, name)
    assert OURS.holder(Purpose.CONFIRM, confirm, NOW) == name
    assert OURS.holder(Purpose.CONFIRM, confirm, until) is None
    assert OURS.holder(Purpose.STAY, stay, NOW + timedelta(days=3650)) == name


def test_nobody_can_make_or_change_one() -> None:
    """Another name, another end, no end, another key, a letter more: nothing opens."""
    name, until = nonce(), NOW + timedelta(hours=1)
    mine, end, signature = OURS.issue(Purpose.CONFIRM, name, until).split(".")
    forged = [
        f"{nonce()}.{end}.{signature}",
        f"{mine}.{int(end) + 1}.{signature}",
        f"{mine}.{signature}",
        f"{mine}.{end}.{signature}a",
        f"{mine}.{end}.",
        "",
        Passes((OLD,)).issue(Purpose.CONFIRM, name, until),
    ]
    assert [OURS.holder(Purpose.CONFIRM, one, NOW) for one in forged] == [None] * len(forged)


def test_links_outlive_a_change_of_the_secret() -> None:
    """While the old secret is known, what it signed opens; what is new is signed with the new one."""
    both = Passes.of(Subscribers(secret=SecretStr(NEW), old_secret=SecretStr(OLD)))
    name = nonce()
    assert both.holder(Purpose.STAY, Passes((OLD,)).issue(Purpose.STAY, name), NOW) == name
    assert OURS.holder(Purpose.STAY, both.issue(Purpose.STAY, name), NOW) == name
    assert both.secrets(name) == [*OURS.secrets(name), *Passes((OLD,)).secrets(name)]


def test_a_pass_fits_into_an_address_of_mail_and_survives_any_case() -> None:
    """RFC 5321 gives a local part 64 letters, and some servers write it in small ones."""
    shown = OURS.issue(Purpose.BOUNCE, nonce())
    assert len(f"bounces+{shown}") <= 64
    assert shown == shown.lower()
