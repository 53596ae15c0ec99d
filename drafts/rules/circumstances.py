"""Circumstances: what a text cannot know of itself, that decides whether it may go out now."""

from dataclasses import dataclass, replace
from typing import Final

from drafts.facts import Affected

# Who cannot send or read mail cannot be reached, and cannot answer, by mail.
MAIL_KINDS: Final = frozenset({"smtp", "imap", "pop3", "roundtrip"})
WEB_KINDS: Final = frozenset({"http"})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a text would go out, and who stands behind it.

    ``dead`` are the addresses, host names and numbers that reach nobody now. ``unbriefed`` while whoever answers the
    phone has not read the brief, and there is still time to wait; ``alone`` while only one approver has agreed;
    ``amends_open`` while it is neither decided nor declined to make it good.
    """

    dead: tuple[str, ...] = ()
    unbriefed: bool = False
    alone: bool = False
    amends_open: bool = False

    def of_words(self) -> "Circumstances":
        """What of them concerns the words, and is asked of each language; the rest is asked of the message once."""
        return replace(self, unbriefed=False, amends_open=False)


def of_kinds(affected: tuple[Affected, ...], kinds: frozenset[str]) -> bool:
    """Whether something of one of these kinds fails."""
    return any(one.kind in kinds for one in affected)
