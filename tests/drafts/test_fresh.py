"""Notices of imagined companies, written after the rules: poor ones are found, good ones left alone."""

import time

import pytest

from drafts.honesty import Level, Stage, check
from tests.drafts.samples import at

FIRST, UPDATE, RESOLVED = Stage.FIRST, Stage.UPDATE, Stage.RESOLVED
POSTED = at(22, 14, 10)

# stage, title, text
POOR = [
    (
        FIRST,
        "Service disruption",
        "We are currently looking into a problem with our platform and will update you soon.",
    ),
    (FIRST, "Login", "Some users may be experiencing an issue. Our team is actively investigating."),
    (FIRST, "Incident", "We are aware of reports and are working hard to resolve them as quickly as possible."),
    (FIRST, "Email delays", "There is an ongoing incident affecting mail. We apologise for any inconvenience caused."),
    (
        FIRST,
        "API",
        "The API is degraded. Engineers have been engaged and are prioritising a fix. Thank you for your patience.",
    ),
    (FIRST, "Outage", "Our hosting provider is having an outage. This is out of our control, please bear with us."),
    (FIRST, "Website", "Oops! Something went wrong on our side, and we will be back up and running shortly, promise!"),
    (
        FIRST,
        "Payments",
        "Payments fail since 9:15. We will post more information here when we have it, please check back.",
    ),
    (
        FIRST,
        "Backups",
        "Backups on node-17.internal fail with OSError since {{ start_time }}; support has been informed of it.",
    ),
    (
        FIRST,
        "Maintenance overrun",
        "Out of an abundance of caution we extend the work. We appreciate your understanding.",
    ),
    (UPDATE, "Login", "The issue has been identified and a fix is being implemented."),
    (UPDATE, "Login", "We are continuing to investigate this issue."),
    (UPDATE, "Chat", "Our world-class engineers are working around the clock and expect it to be fixed by 5 PM."),
    (UPDATE, "Search", "We believe that we may have possibly found what could be part of it. More news soon."),
    (UPDATE, "Storage", "No further updates at this time. We take reliability very seriously."),
    (UPDATE, "Phones", "A fix has been deployed and we are monitoring the results."),
    (RESOLVED, "Login", "This incident has been resolved."),
    (RESOLVED, "Mail", "All systems are back to normal. We apologise for the inconvenience."),
    (RESOLVED, "API", "The problem should be fixed now. Please contact support if it is not."),
    (RESOLVED, "Sync", "The issue was resolved by our vendor. Thank you for bearing with us."),
    (RESOLVED, "Uploads", "We are still working on it, but most things seem fine again."),
    (RESOLVED, "Billing", "Resolved. Sorry!"),
]
GOOD = [
    (
        FIRST,
        "Calendar: cannot be opened",
        (
            "Since 09:12 UTC on 3 June 2026 you cannot open the calendar: it shows error 503. Mail and files work"
            " as usual. We do not know the cause yet. Kim Ode took this up at 09:15 UTC. We will write again by "
            "09:45 UTC."
        ),
    ),
    (
        FIRST,
        "Card payments are refused",
        (
            "Every card payment has been refused since 18:40 CET on 2 May 2026. Bank transfers go through. We "
            "have called our bank and do not know yet when it will work. Please pay by transfer meanwhile. Next "
            "update: 19:10 CET."
        ),
    ),
    (
        FIRST,
        "Slow pages",
        (
            "Pages of the shop have taken up to 20 seconds to load since 11:03 UTC, 8 January 2026. Orders arrive"
            " and are kept. We restarted one of two database servers at 11:20 UTC; it did not help. We will tell "
            "you more by 11:50 UTC."
        ),
    ),
    (
        FIRST,
        "No calls to landlines",
        (
            "You cannot call landlines in Latvia since 07:55 EET on 14 March 2026; mobile numbers can be reached."
            " We are looking into why, and do not know yet. We will write again by 08:30 EET, even with no news."
        ),
    ),
    (
        UPDATE,
        "Calendar",
        (
            "The calendar still cannot be opened. Since our last message we have checked the database and the "
            "network; both are sound. We do not know the cause yet. We will write again by 14:45 UTC."
        ),
    ),
    (
        UPDATE,
        "Card payments",
        (
            "Since 13:50 UTC two of three payments go through. The bank has replaced a card reader, and says that"
            " the third still fails. If yours is refused, try again. Next update by 14:40 UTC."
        ),
    ),
    (
        UPDATE,
        "Sync of files",
        (
            "We have moved half of the accounts to another server. For those, sync works since 13:58 UTC; for the"
            " others it still stops with error 500. We will write again at 15:00 UTC."
        ),
    ),
    (
        RESOLVED,
        "Calendar works again",
        (
            "The calendar could not be opened from 09:12 to 10:04 UTC on 3 June 2026. A certificate of our "
            "database had expired; Kim Ode renewed it at 10:01 UTC. No entry was lost. We are sorry for the 52 "
            "minutes without it."
        ),
    ),
    (
        RESOLVED,
        "Card payments",
        (
            "From 18:40 to 20:15 CET on 2 May 2026 every card payment was refused, because our bank had changed a"
            " key and we had not. We changed ours at 20:12 CET. Payments that you tried were not charged."
        ),
    ),
    (
        RESOLVED,
        "Calls to landlines",
        (
            "Calls to Latvian landlines failed between 07:55 and 08:42 EET on 14 March 2026. The carrier replaced"
            " a switch. We are sorry for every call that you could not make, and credit a day's fee to each "
            "account."
        ),
    ),
]


def blamed(stage: Stage, title: str, text: str) -> set[str]:
    """The rules that block or warn."""
    found = check(title, text, stage, POSTED if stage is UPDATE else None, None)
    return {finding.rule for finding in found if finding.level is not Level.INFORM}


@pytest.mark.parametrize(("stage", "title", "text"), POOR, ids=lambda one: str(one)[:24])
def test_a_poor_notice_is_found(stage: Stage, title: str, text: str) -> None:
    """Emptiness, comfort, blame and vague times are found whoever wrote them."""
    assert blamed(stage, title, text)


@pytest.mark.parametrize(("stage", "title", "text"), GOOD, ids=lambda one: str(one)[:24])
def test_a_good_notice_is_left_alone(stage: Stage, title: str, text: str) -> None:
    """Facts, plainly told, with what is not known and the next time, are not blamed."""
    assert blamed(stage, title, text) == set()


def test_a_notice_is_checked_while_nobody_waits() -> None:
    """The whole check of a notice takes less than 20 ms, so that a page can hold it against every rule as it opens."""
    spent = []
    for stage, title, text in GOOD:
        began = time.process_time()
        check(title, text, stage, POSTED, None)
        spent.append(time.process_time() - began)
    assert sorted(spent)[len(spent) // 2] < 0.02
