"""Samples of Facts, of outages that differ."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drafts.facts import Act, Affected, Beginning, Checked, Correction, Facts, Said, UpdateKind, Working
from drafts.notice import Notice, write
from tests.drafts.pasts import WORDS, looking_back

GOLDEN = Path(__file__).parent / "golden"


def at(day: int, hour: int, minute: int, second: int = 0) -> datetime:
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


SENDING_DOWN = Facts(
    timezone="UTC",
    language="en",
    since=at(22, 14, 2, 5),
    last_good=at(22, 14, 1, 35),
    affected=(
        Affected(
            component="Sending email",
            kind="smtp",
            reason="connect_refused",
            failing=1,
            targets=1,
            total=True,
            evidence=("flip:12",),
            effect="you cannot send mail",
        ),
    ),
    evidence=("flip:12",),
    working=(Working("Reading email", ("flip:3",)), Working("Website", ("flip:4",))),
    acknowledged=Act("Anna Kask", at(22, 14, 6), ("act:1",)),
    recovered_at=at(22, 14, 47, 10),
    watch_until=at(22, 15, 2, 10),
    next_update=at(22, 14, 30),
    follow="https://status.example.org",
    signature="Anna Kask",
    at=at(22, 14, 29),
)

SOME_PAGES = Facts(
    timezone="Europe/Berlin",
    language="en",
    since=at(23, 8, 40, 59),
    last_good=at(23, 8, 40, 1),
    affected=(Affected("Customer portal", "http", "status", failing=1, targets=3, total=False, evidence=("flip:20",)),),
    evidence=("flip:20",),
    working=(Working("Webmail", ("flip:5",)),),
    checked=(
        Checked("the certificate of the portal", "it is valid", ("act:4",)),
        Checked("the database", "it answers", ("act:5",)),
    ),
    places=2,
    recovered_at=at(23, 8, 52),
    watch_until=at(23, 9, 7),
    next_update=at(23, 9, 40),
    follow="https://status.example.net/portal_news",
    signature="The Example team",
    at=at(23, 9, 38),
)

SIGN_IN_AT_MIDNIGHT = Facts(
    timezone="Europe/Riga",
    language="en",
    since=at(22, 21, 58),
    last_good=at(22, 21, 13),
    affected=(
        Affected(
            "Reading mail",
            "imap",
            "auth_temporary",
            failing=2,
            targets=2,
            total=True,
            evidence=("flip:31", "flip:32"),
            workaround="Webmail at https://webmail.example.lv still signs you in",
        ),
    ),
    evidence=("flip:31", "flip:32"),
    working=(Working("Sending mail", ("flip:8",)),),
    places=3,
    acknowledged=Act("Jānis Bērziņš", at(22, 22, 3), ("act:9",), "I am looking at the password server"),
    recovered_at=at(23, 0, 20),
    watch_until=at(23, 0, 35),
    next_update=at(22, 22, 30),
    signature="Example Mail",
    at=at(22, 22, 28),
)

REFUSED = Facts(
    timezone="UTC",
    language="en",
    since=at(22, 9, 15),
    last_good=at(22, 9, 14),
    affected=(
        Affected(
            "Website",
            "http",
            "refused",
            failing=1,
            targets=1,
            total=True,
            evidence=("flip:40",),
            effect="the shop is closed",
        ),
    ),
    evidence=("flip:40",),
    working=(Working("Sending email", ("flip:3",)),),
    acknowledged=Act("Anna Kask", at(22, 9, 20), ("act:1",)),
    recovered_at=at(22, 9, 31),
    watch_until=at(22, 9, 46),
    next_update=at(22, 10, 15),
    follow="https://status.example.org",
    signature="Anna Kask",
    at=at(22, 10, 14),
)

MAIL_AND_MAILBOX = Facts(
    timezone="America/New_York",
    language="en",
    since=at(24, 16, 5),
    last_good=at(24, 16, 4),
    affected=(
        Affected("Outgoing mail", "smtp", "greeting_timeout", failing=1, targets=1, total=True, evidence=("flip:51",)),
        Affected(
            "Mailboxes",
            "imap",
            "select",
            failing=1,
            targets=4,
            total=False,
            evidence=("flip:52",),
            workaround="Phones still show older mail",
        ),
    ),
    evidence=("flip:51", "flip:52"),
    acknowledged=Act("Maya Ortiz", at(24, 16, 11), ("act:20",)),
    cause=Act("Maya Ortiz", at(24, 16, 40), ("act:21",), "The disk that holds the mail queue is full"),
    estimate=Act("Maya Ortiz", at(24, 16, 41), ("act:22",), "mail flows again by 18:00 UTC, once old logs are moved"),
    repair=Act("Maya Ortiz", at(24, 17, 50), ("act:23",), "we moved the old logs to another disk"),
    loss=Act("Maya Ortiz", at(24, 17, 55), ("act:24",), "none; what was waiting has been sent"),
    amends=Act("Rui Alves", at(24, 18, 2), ("act:25",), "a day's fee is taken off every bill for November"),
    recovered_at=at(24, 17, 48),
    watch_until=at(24, 18, 3),
    next_update=at(24, 16, 35),
    follow="https://status.example.com",
    signature="Maya Ortiz",
    at=at(24, 16, 34),
)

SLOW_AT_TIMES = Facts(
    timezone="Asia/Kolkata",
    language="en",
    since=at(25, 3, 30),
    last_good=None,
    affected=(
        Affected(
            "Chat", "tcp", "latency", failing=1, targets=1, total=False, evidence=("flip:60",), effect="cannot chat"
        ),
    ),
    evidence=("flip:60",),
    recovered_at=at(25, 3, 30, 40),
    next_update=at(25, 4, 30),
    at=at(25, 4, 20),
)

CERTIFICATE = Facts(
    timezone="Europe/Paris",
    language="en",
    since=at(26, 0, 0),
    last_good=at(25, 23, 59, 30),
    affected=(
        Affected(
            "Webmail",
            "http",
            "cert_expired",
            failing=1,
            targets=1,
            total=True,
            evidence=("flip:70",),
            effect="you cannot use webmail",
        ),
    ),
    evidence=("flip:70",),
    working=tuple(Working(name, ("flip:1",)) for name in ("Website", "Shop", "Chat", "Phone", "Fax", "Telex")),
    acknowledged=Act("Zoé Martin", at(26, 0, 4), ("act:2",)),
    cause=Act("Zoé Martin", at(26, 0, 9), ("act:3",), "we forgot to renew the certificate"),
    recovered_at=at(27, 6, 5),
    watch_until=at(27, 6, 20),
    next_update=at(26, 0, 55),
    follow="https://status.example.fr",
    signature="Zoé Martin",
    at=at(26, 0, 54),
)

NOBODY_CAN_TELL = Facts(
    timezone="UTC",
    language="en",
    since=at(22, 14, 2),
    last_good=at(22, 14, 2, 30),
    affected=(
        Affected(
            "*Free* <b>Mail</b> [offer](x)", "pop3", "token", failing=1, targets=1, total=True, evidence=("flip:80",)
        ),
    ),
    evidence=("flip:80",),
    working=(Working("1. Web_", ("flip:81",)),),
    recovered_at=at(22, 14, 30),
    watch_until=at(22, 14, 45),
    next_update=at(22, 14, 30),
    follow="the notice board in the hall",
    signature="_Ops_",
)

NOTICED = Facts(
    timezone="UTC",
    language="en",
    since=at(22, 10, 12),
    last_good=None,
    affected=(
        Affected(
            "Web shop",
            "",
            "noticed",
            failing=0,
            targets=2,
            total=False,
            evidence=("act:8",),
            since=at(22, 10, 12),
            noticed=Act("Anna Kask", at(22, 10, 20), ("act:8",), "three customers cannot pay by card"),
        ),
    ),
    evidence=("act:8",),
    working=(Working("Webmail", ("flip:5",)),),
    acknowledged=Act("Anna Kask", at(22, 10, 20), ("act:9",)),
    began=Beginning(at(22, 9, 50), Act("Jo Lee", at(22, 10, 30), ("act:10",), "the first such order is of then")),
    cleared=Act("Jo Lee", at(22, 11, 2), ("act:12",)),
    recovered_at=at(22, 11, 2),
    watch_until=at(22, 11, 17),
    next_update=at(22, 11, 15),
    follow="https://status.example.org",
    signature="Anna Kask",
    at=at(22, 10, 40),
)

SAMPLES = {
    "noticed": NOTICED,
    "sending_down": SENDING_DOWN,
    "some_pages": SOME_PAGES,
    "sign_in_at_midnight": SIGN_IN_AT_MIDNIGHT,
    "refused": REFUSED,
    "mail_and_mailbox": MAIL_AND_MAILBOX,
    "slow_at_times": SLOW_AT_TIMES,
    "certificate": CERTIFICATE,
    "nobody_can_tell": NOBODY_CAN_TELL,
}


OUTAGE = (
    *(UpdateKind.FIRST, UpdateKind.SCOPE, UpdateKind.NO_NEWS, UpdateKind.NEWS),
    *(UpdateKind.RECOVERY, UpdateKind.RESOLVED, UpdateKind.CORRECTION, UpdateKind.REVIEW),
)


def of_kind(facts: Facts, kind: UpdateKind) -> Facts:
    """The sample as it would stand when a notice of this kind is due."""
    if kind is UpdateKind.FIRST:
        return replace(facts, recovered_at=None, watch_until=None, repair=None, loss=None, amends=None)
    first = write(UpdateKind.FIRST, of_kind(facts, UpdateKind.FIRST))
    spoke_at = facts.acknowledged.at if facts.acknowledged else facts.since
    told = replace(facts, said=(Said(UpdateKind.FIRST, spoke_at, first.title, first.body),))
    if kind is UpdateKind.NEWS:
        cause = Act("Anna Kask", spoke_at + timedelta(minutes=3), ("act:29",), CAUSES[facts.language])
        told = replace(told, cause=facts.cause or cause)
    if kind in {UpdateKind.SCOPE, UpdateKind.NO_NEWS, UpdateKind.NEWS}:
        return replace(told, recovered_at=None, watch_until=None, repair=None, loss=None, amends=None)
    if kind is UpdateKind.CORRECTION:
        return corrected(replace(told, next_update=facts.watch_until or facts.next_update))
    if kind is UpdateKind.REVIEW:
        over = facts.watch_until or facts.recovered_at
        declined = facts.cause and not facts.amends and replace(facts.cause, at=over, words=WORDS[facts.language][5])
        past = looking_back(facts, told.said[0])
        return replace(told, resolved_at=over, next_update=None, past=past, no_amends=declined or None)
    return replace(told, next_update=facts.watch_until or facts.next_update if kind is UpdateKind.RECOVERY else None)


CAUSES = {
    "en": "a cable in our rack was loose",
    "de": "ein Kabel in unserem Schrank war lose",
    "fr": "un câble s'était débranché dans notre baie",
    "es": "se había soltado un cable de nuestro armario",
}
TRUTHS = {
    "en": "The checks of one more server fail",
    "de": "Auch die Prüfungen eines weiteren Servers schlagen fehl",
    "fr": "Les contrôles d'un autre serveur échouent aussi",
    "es": "También fallan las comprobaciones de otro servidor",
}


def corrected(facts: Facts) -> Facts:
    """The sample when somebody found that a sentence of its first notice was wrong."""
    truth = Act("Anna Kask", facts.watch_until or facts.since, ("act:30",), TRUTHS[facts.language])
    words = facts.said[-1].title if facts.places > 1 else facts.affected[0].component
    return replace(facts, correction=Correction(words, facts.said[-1].at, truth, whole=facts.places > 1))


def false_alarm(facts: Facts, reason: str) -> Facts:
    """The sample when it was over, and turned out to have been none."""
    told = of_kind(facts, UpdateKind.CORRECTION)
    truth = Act("Anna Kask", facts.watch_until, ("act:31",), reason)
    wrong = Correction(told.said[0].title, told.said[0].at, truth, whole=True, false_alarm=True)
    over = replace(told, resolved_at=facts.watch_until, correction=wrong)
    return over if facts.places > 1 else replace(over, next_update=None)


def late(facts: Facts) -> Facts:
    """The sample when over half an hour has passed without a word of ours."""
    spoken_at = facts.since + timedelta(minutes=35)
    first = of_kind(facts, UpdateKind.FIRST)
    return replace(first, silent_until=facts.since + timedelta(minutes=30), next_update=_soon(spoken_at), at=spoken_at)


def _soon(moment: datetime) -> datetime:
    return moment.replace(second=0) + timedelta(minutes=30)


def somewhere(facts: Facts) -> Facts:
    """The sample when it fails from one place of three only."""
    (one, *_) = facts.affected
    return replace(facts, places=3, failing_places=1, affected=(replace(one, total=False),))


def varied(facts: Facts) -> dict[str, tuple[UpdateKind, Facts]]:
    """What one outage can be told like besides: late, and seen from one place only."""
    seen = somewhere(facts)
    return {
        "late": (UpdateKind.FIRST, late(facts)),
        **{f"one_place.{kind}": (kind, of_kind(seen, kind)) for kind in OUTAGE},
    }


CASES = {
    **{f"sending_down.{name}": case for name, case in varied(SENDING_DOWN).items()},
    **{f"{name}.{kind}": (kind, of_kind(facts, kind)) for name, facts in SAMPLES.items() for kind in OUTAGE},
    "sending_down.corrected_while_down": (
        UpdateKind.CORRECTION,
        replace(
            of_kind(SENDING_DOWN, UpdateKind.NO_NEWS),
            correction=Correction(
                "Reading email and Website work in our checks.",
                at(22, 14, 6),
                Act("Anna Kask", at(22, 14, 25), ("act:3",), "Nobody has been able to order since 14:02 UTC"),
            ),
        ),
    ),
    "sending_down.corrected_after_the_end": (
        UpdateKind.CORRECTION,
        replace(of_kind(SENDING_DOWN, UpdateKind.CORRECTION), resolved_at=at(22, 15, 5), next_update=None),
    ),
    "sending_down.false_alarm": (
        UpdateKind.CORRECTION,
        false_alarm(SENDING_DOWN, "our check used a password that had expired; nobody else was refused"),
    ),
    "some_pages.false_alarm_while_open": (
        UpdateKind.CORRECTION,
        replace(false_alarm(SOME_PAGES, "a firewall of ours stopped our own checks"), resolved_at=None),
    ),
    "sending_down.told_late": (UpdateKind.RESOLVED, replace(SENDING_DOWN, next_update=None)),
    "sending_down.recovered_untold": (
        UpdateKind.RECOVERY,
        replace(of_kind(SENDING_DOWN, UpdateKind.RECOVERY), said=()),
    ),
    "sending_down.another_joins": (
        UpdateKind.SCOPE,
        replace(
            of_kind(SENDING_DOWN, UpdateKind.SCOPE),
            affected=(
                *SENDING_DOWN.affected,
                Affected(
                    "Reading email",
                    "imap",
                    "greeting",
                    failing=1,
                    targets=1,
                    total=True,
                    evidence=("flip:14",),
                    since=at(22, 14, 25),
                ),
            ),
            working=SENDING_DOWN.working[1:],
            next_update=at(22, 14, 50),
        ),
    ),
}


def as_text(notice: Notice) -> str:
    """A golden file: the four forms, one after the other."""
    return f"{notice.title}\n\n{notice.body}\n\n[short] {notice.short}\n\n[spoken] {notice.spoken}\n"
