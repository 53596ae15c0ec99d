"""Whatever an IMAP server says while a message is waited for, the look ends in time and in an outcome."""

import asyncio
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probes.look import Outcome, Result, look
from tests.probes.lines import Visitor, serving
from tests.probes.mailhost import Host, target

PIECES = [
    "* 5 EXISTS",
    "* OK [UIDVALIDITY 7] x",
    "* SEARCH 1 2 \u00b2 x 99999999999999",
    '* LIST (\\Junk \\HasNoChildren) "/" "&AOk"',
    "* LIST (\\Junk) NIL {4}\r\nSpam",
    '* LIST () "/" &',
    "* 1 FETCH (UID 5 BODY[X]<0> {12}\r\nSubject: x\r\n)",
    "* 1 FETCH (UID 5 BODY[X]<0> {44}\r\nContent-Type: multipart/report\r\nFrom: \xff=?x?q?\r\n)",
    '* 1 FETCH (INTERNALDATE "01-Jan-0001 00:00:00 +2359" UID 6)',
    '* 1 FETCH (INTERNALDATE "31-Feb-2026 99:00:00 +0000" UID 7 BODY[X] NIL)',
    '* 2 FETCH (UID "' + '\\"' * 500,
    "+ idling",
    "* BYE",
]

scripts = st.lists(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=4), min_size=1, max_size=12)
ENDS = ("OK", "OK", "OK", "NO", "BAD")


async def travel_to(script: list[list[str]]) -> Result:
    """One round trip to a mailbox that answers each command with the next lines."""
    host, left = Host(), iter(range(10**6))

    async def answer(visitor: Visitor) -> None:
        await visitor.say("* PREAUTH hello")
        while True:
            tag = (await visitor.hear()).decode("utf-8", "replace").partition(" ")[0]
            turn = next(left)
            lines = script[turn % len(script)]
            offers = ["* CAPABILITY IMAP4rev1 IDLE"] if turn == 0 else []
            await visitor.say(*offers, *lines, f"{tag} {ENDS[turn % len(ENDS)]} done")

    async with serving(host.serve_smtp) as host.smtp, serving(answer) as host.imap:
        trip = target(host, timeout="300ms", deliver_warn="100ms", deliver_fail="150ms")
        result = await look(trip)
        await asyncio.gather(*host.tasks)
    assert result.duration_s < trip.longest_s
    return result


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(script=scripts)
def test_any_mailbox_ends_in_an_outcome(script: list[list[str]]) -> None:
    """In time, never by our own bug, and with harmless evidence."""
    result = asyncio.run(travel_to(script))
    assert result.outcome in {Outcome.FAILED, Outcome.DEGRADED}, result.detail
    assert all(not re.search(r"[\x00-\x1f\x7f]", line.text) for line in result.evidence)
