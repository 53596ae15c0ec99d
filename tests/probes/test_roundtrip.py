"""What becomes of a message: where and when it arrives, whose fault it is if not, and that no other mail is touched."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.header import Header

import pytest
from pydantic import ValidationError

from probes.finding import Side
from probes.look import Outcome, Reason, Result, look
from probes.roundtrip import Roundtrip
from tests.probes.lines import said
from tests.probes.mailhost import PASSWORD, Host, Store, hosting, straight, target, travel

SPECIAL = "INBOX.Courrier ind&AOk-sirable"


def verdict(result: Result) -> tuple[Outcome, Reason | None, Side | None]:
    """The three words that decide."""
    return result.outcome, result.reason, result.side


def into(folder: str) -> object:
    """A route into a folder."""

    async def route(store: Store, raw: bytes) -> None:
        store.put(raw, folder)

    return route


def after(seconds: float) -> object:
    """A route that takes its time."""

    async def route(store: Store, raw: bytes) -> None:
        await asyncio.sleep(seconds)
        store.put(raw)

    return route


def changed(*changes: tuple[bytes, bytes]) -> object:
    """A route that changes what it carries."""

    async def route(store: Store, raw: bytes) -> None:
        for old, new in changes:
            assert old in raw
            raw = raw.replace(old, new, 1)
        store.put(raw)

    return route


async def lost(_store: Store, _raw: bytes) -> None:
    """A route into nowhere."""


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 IDLE UIDPLUS SPECIAL-USE", "IMAP4rev1"])
async def test_a_message_that_arrives_is_timed_and_removed(capabilities: str) -> None:
    """By IDLE or by asking again; each server's phases are told apart; the password is shown nowhere."""
    host = Host(route=after(0.5), capabilities=capabilities)
    result = await travel(host)
    assert verdict(result) == (Outcome.OK, None, None), (result.detail, said(result))
    assert 0.4 < result.numbers["delivery_seconds"] < 1.5
    assert host.store.folders == {"INBOX": []}
    assert len(host.store.submitted) == 1
    assert {"smtp_greeting", "smtp_accept", "imap_login", "imap_remove"} <= result.phases.keys()
    assert PASSWORD not in result.as_json()
    assert "our message arrived in INBOX" in " ".join(said(result))


@pytest.mark.parametrize(
    ("folder", "attributes", "options"),
    [
        (SPECIAL, {SPECIAL: "\\Junk"}, {}),
        ("Zpam", {"Zpam": "\\Junk"}, {}),
        (SPECIAL, {}, {}),
        ("Junk E-mail", {}, {}),
        ("[Gmail]/Spam", {}, {}),
        ("Odd place", {}, {"junk_mailboxes": ["Odd place"]}),
    ],
)
async def test_the_spam_folder_is_degraded(folder: str, attributes: dict[str, str], options: dict[str, object]) -> None:
    """By SPECIAL-USE, by a known name, or because the config names it; removed from there too."""
    host = Host(Store({"INBOX": [], folder: []}, attributes), route=into(folder))
    result = await travel(host, **options)
    assert verdict(result) == (Outcome.DEGRADED, Reason.SPAM_FOLDER, Side.IN_BETWEEN), result.detail
    assert result.numbers["delivery_seconds"] < 5
    assert host.store.folders[folder] == []


async def test_late_mail_is_degraded_and_lost_mail_is_failed() -> None:
    """With the limits in the sentence."""
    result = await travel(Host(route=after(0.4)), deliver_warn="200ms")
    assert verdict(result) == (Outcome.DEGRADED, Reason.DELIVERY_LATE, Side.IN_BETWEEN)
    result = await travel(Host(route=lost), deliver_warn="200ms", deliver_fail="600ms")
    assert verdict(result) == (Outcome.FAILED, Reason.DELIVERY_TIMEOUT, Side.IN_BETWEEN)
    assert result.detail == "the mail server took our message, but it did not arrive within 0.6 s"
    assert "delivery_seconds" not in result.numbers


async def test_late_mail_is_credited_to_the_look_that_sent_it() -> None:
    """Another process, with nothing remembered, times it by its stamp, removes it, and does not take it for its own."""
    host = Host(route=lost)
    await travel(host, deliver_warn="50ms", deliver_fail="100ms", timeout="100ms")
    store = Store()
    store.put(host.store.submitted[0], arrived_at=datetime.now(UTC) + timedelta(seconds=2))
    await asyncio.sleep(1.0)  # until no look can be waiting for it any more
    result = await travel(Host(store, route=lost), deliver_warn="50ms", deliver_fail="100ms", timeout="100ms")
    assert verdict(result) == (Outcome.FAILED, Reason.DELIVERY_TIMEOUT, Side.IN_BETWEEN)
    assert result.numbers["late_arrivals"] == 1
    assert 0.5 < result.numbers["late_seconds"] < 3
    assert store.folders == {"INBOX": []}


async def test_another_look_may_still_wait_for_a_young_message() -> None:
    """It is left where it is."""
    host = Host(route=lost)
    await travel(host, deliver_warn="50ms", deliver_fail="100ms")
    store = Store()
    young = store.put(host.store.submitted[0])
    result = await travel(Host(store))
    assert verdict(result) == (Outcome.OK, None, None), result.detail
    assert store.folders == {"INBOX": [young]}


async def test_foreign_mail_is_not_touched() -> None:
    """Of 500 messages each keeps its flags and its UID, also those that look like ours, or were marked by others."""
    store = Store()
    for number in range(500):
        store.put(f"Subject: mail {number}\r\nX-Ownup-Roundtrip: ownup.{number:012x}\r\n\r\nhello\r\n".encode())
    store.folders["INBOX"][3].flags.add("\\Deleted")
    store.folders["INBOX"][4].flags.add("\\Seen")
    before = [(mail.uid, frozenset(mail.flags), mail.raw) for mail in store.folders["INBOX"]]
    for capabilities in ("IMAP4rev1 UIDPLUS", "IMAP4rev1"):
        host = Host(store, capabilities=capabilities)
        result = await travel(host)
        assert verdict(result) == (Outcome.OK, None, None), result.detail
        left = [(mail.uid, frozenset(mail.flags), mail.raw) for mail in store.folders["INBOX"]]
        assert left[:500] == before
        if "UIDPLUS" in capabilities:
            assert left == before
        else:  # an EXPUNGE would have removed what somebody else has marked
            assert [flags for _, flags, _ in left[500:]] == [{"\\Deleted"}]
    assert not any(line.split()[1:2] == [b"SELECT"] for line in host.imap.heard[:5])


async def test_old_messages_of_ours_are_swept_and_strangers_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even far below the last messages; what another target has stamped stays, and nothing counts as late."""
    sent, limits = Host(route=lost), {"deliver_warn": "50ms", "deliver_fail": "100ms"}
    monkeypatch.setattr("probes.roundtrip.datetime", Yesterday)
    async with hosting(sent):
        await look(target(sent, **limits))
        await look(target(sent, **limits, name="other"))
    monkeypatch.undo()
    store = Store()
    for raw in sent.store.submitted:
        store.put(raw)
    others = [store.put(f"Subject: mail {number}\r\n\r\nhello\r\n".encode()) for number in range(60)]
    stranger = store.folders["INBOX"][1]
    result = await travel(Host(store))
    assert verdict(result) == (Outcome.OK, None, None)
    assert (result.numbers["swept"], result.numbers["late_arrivals"]) == (1, 0)
    assert store.folders == {"INBOX": [stranger, *others]}


class Yesterday(datetime):
    """A clock of 25 hours ago."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        del tz
        return datetime.now(UTC) - timedelta(hours=25)


@pytest.mark.parametrize(
    "route",
    [
        changed((b"X-Ownup-Roundtrip:", b"X-Removed:")),
        changed((b"Subject: Ownup", b"Subject: [EXTERNAL] Ownup"), (b"X-Ownup-Roundtrip:", b"X-Removed:")),
        changed((b"Subject: Ownup round trip", b"Subject: hidden"), (b"ownup.", b"gone.")),
    ],
)
async def test_a_gateway_may_strip_the_header_or_change_the_subject(route: object) -> None:
    """The message is found by what is left."""
    assert verdict(await travel(Host(route=route))) == (Outcome.OK, None, None)


async def test_an_encoded_subject_is_read() -> None:
    """As a gateway may write it anew (RFC 2047)."""

    async def route(store: Store, raw: bytes) -> None:
        subject = next(line for line in raw.split(b"\r\n") if line.startswith(b"Subject: "))
        encoded = Header("žņ " + subject[9:].decode(), "utf-8").encode(linesep="\r\n").encode()
        raw = raw.replace(subject, b"Subject: " + encoded.replace(b"\r\n", b"")).replace(b"X-Ownup", b"X-Not")
        store.put(raw)

    assert verdict(await travel(Host(route=route))) == (Outcome.OK, None, None)


async def test_a_search_that_lags_hides_nothing() -> None:
    """What has just come is fetched, not searched for."""
    store = Store()
    for number in range(60):
        store.put(f"Subject: mail {number}\r\n\r\nhello\r\n".encode())
    assert verdict(await travel(Host(store, search_is_blind=True))) == (Outcome.OK, None, None)


async def test_duplicates_are_counted_and_removed() -> None:
    """Two copies are one arrival."""

    async def twice(store: Store, raw: bytes) -> None:
        store.put(raw)
        store.put(raw)

    host = Host(route=twice)
    result = await travel(host)
    assert (result.outcome, result.numbers["duplicates"]) == (Outcome.OK, 1)
    assert host.store.folders == {"INBOX": []}


REPORT = (
    "From: MAILER-DAEMON@example.test\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n--x\r\n'
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail\r\n\r\n"
    "Final-Recipient: rfc822; inbox@example.test\r\nAction: {action}\r\nStatus: {status}\r\n"
    "Diagnostic-Code: smtp; 550 no such user\r\n\r\n--x\r\nContent-Type: text/rfc822-headers\r\n\r\n"
)


def returned(action: str, status: str) -> object:
    """A route that sends a report back."""

    async def route(store: Store, raw: bytes) -> None:
        store.put(REPORT.format(action=action, status=status).encode() + raw)

    return route


async def test_a_bounce_is_read_back() -> None:
    """Failed, with its status and the reason it gives; it is removed, and others' bounces are not."""
    store = Store()
    other = store.put(REPORT.format(action="failed", status="5.0.0").encode() + b"Subject: not ours\r\n")
    result = await travel(Host(store, route=returned("failed", "5.1.1")))
    assert verdict(result) == (Outcome.FAILED, Reason.BOUNCED, Side.IN_BETWEEN)
    assert result.detail == "our message came back: 5.1.1 '550 no such user'"
    assert store.folders == {"INBOX": [other]}


async def test_a_report_about_an_earlier_message_is_removed_and_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is neither this look's bounce nor mail that arrived late."""
    sent = Host(route=lost)
    monkeypatch.setattr("probes.roundtrip.datetime", Yesterday)
    await travel(sent, deliver_warn="50ms", deliver_fail="100ms")
    monkeypatch.undo()
    store = Store()
    store.put(REPORT.format(action="failed", status="5.1.1").encode() + sent.store.submitted[0])
    result = await travel(Host(store))
    assert verdict(result) == (Outcome.OK, None, None), result.detail
    assert (result.numbers["swept"], result.numbers["late_arrivals"]) == (0, 0)
    assert store.folders == {"INBOX": []}


async def test_a_report_of_a_delay_is_no_bounce() -> None:
    """The waiting goes on, and the report is told with the verdict."""
    result = await travel(Host(route=returned("delayed", "4.4.1")), deliver_warn="300ms", deliver_fail="600ms")
    assert verdict(result) == (Outcome.FAILED, Reason.DELIVERY_TIMEOUT, Side.IN_BETWEEN)
    assert result.detail.endswith("a report says it is delayed: 4.4.1 '550 no such user'")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"RCPT": "450 4.2.0 greylisted"}, (Outcome.DEGRADED, Reason.DEFERRED, Side.SMTP)),
        ({"RCPT": "550 5.1.1 who"}, (Outcome.FAILED, Reason.RCPT, Side.SMTP)),
        ({"MAIL": "550 5.7.1 no"}, (Outcome.FAILED, Reason.MAIL_FROM, Side.SMTP)),
        ({"DATA": "554 5.5.1 no"}, (Outcome.FAILED, Reason.DATA, Side.SMTP)),
        ({".": "552 5.3.4 too large"}, (Outcome.FAILED, Reason.DATA, Side.SMTP)),
        ({".": "451 4.3.0 later"}, (Outcome.DEGRADED, Reason.DEFERRED, Side.SMTP)),
    ],
)
async def test_a_refused_message_is_the_senders_side(
    answers: dict[str, str], expected: tuple[Outcome, Reason, Side]
) -> None:
    """And nobody asks the mailbox for it."""
    host = Host(answers=answers)
    assert verdict(await travel(host)) == expected
    assert host.sessions == 0


@pytest.mark.parametrize("route", [straight, lost])
async def test_silence_after_the_final_dot_is_uncertain(route: object) -> None:
    """The message is not sent again; the mailbox is asked once whether it came nevertheless."""
    host = Host(route=route, answers={".": ""})
    result = await travel(host, timeout="500ms")
    assert verdict(result) == (Outcome.DEGRADED, Reason.DATA_UNCERTAIN, Side.SMTP), result.detail
    assert (len(host.store.submitted), host.sessions) == (1, 1)
    assert ("delivery_seconds" in result.numbers) is (route is straight)
    assert host.store.folders == {"INBOX": []}


async def test_a_mailbox_that_does_not_open_leaves_the_delivery_unknown() -> None:
    """It is the IMAP server's side, and no delivery time is told."""
    result = await travel(Host(login="NO [AUTHENTICATIONFAILED] wrong"))
    assert verdict(result) == (Outcome.FAILED, Reason.AUTH, Side.IMAP)
    assert "delivery_seconds" not in result.numbers


async def test_a_session_that_is_ended_is_begun_once_more() -> None:
    """Servers log idle clients out; one that does so again has failed."""
    host = Host(route=after(0.6), leaves_after=[9])
    assert verdict(await travel(host)) == (Outcome.OK, None, None)
    assert host.sessions == 2
    result = await travel(Host(route=after(5), leaves_after=[9, 9]))
    assert verdict(result) == (Outcome.FAILED, Reason.CONNECTION_CLOSED, Side.IMAP)


async def test_the_servers_checks_of_the_sender_are_read_back() -> None:
    """Each as a number, and all in the evidence."""
    told = b"Authentication-Results: mx.example.test; spf=fail smtp.mailfrom=x;\r\n dkim=pass; dmarc=none\r\nSubject:"
    folded = told.replace(b"\r\n dkim", b" dkim")
    result = await travel(Host(route=changed((b"Subject:", folded))))
    assert result.outcome is Outcome.OK
    assert [result.numbers[f"{check}_pass"] for check in ("spf", "dkim", "dmarc")] == [0, 1, 0]
    assert "spf=fail, dkim=pass, dmarc=none" in " ".join(said(result))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (["dkim"], None),
        (["spf", "dkim"], "tells of our message: spf=fail"),
        (["dkim", "dmarc"], "tells of our message: nothing of dmarc"),
    ],
)
async def test_a_check_of_the_sender_can_be_required(wanted: list[str], words: str | None) -> None:
    """One that did not pass, or of which nothing is told, is why the next message may be lost: not as promised."""
    told = b"Authentication-Results: mx.example.test; spf=fail smtp.mailfrom=x; dkim=pass\r\nSubject:"
    result = await travel(Host(route=changed((b"Subject:", told))), expect_auth=wanted)
    if words is None:
        assert verdict(result) == (Outcome.OK, None, None), result.detail
    else:
        assert verdict(result) == (Outcome.DEGRADED, Reason.HEADER_MISMATCH, Side.IN_BETWEEN)
        assert words in result.detail


async def test_a_wrong_clock_changes_no_delivery_time() -> None:
    """The skew of the server's clock stands apart."""

    async def route(store: Store, raw: bytes) -> None:
        store.put(raw, arrived_at=datetime.now(UTC) + timedelta(seconds=90))

    result = await travel(Host(route=route))
    assert result.numbers["delivery_seconds"] < 2
    assert 87 < result.numbers["clock_skew_seconds"] < 92


async def test_one_route_that_hangs_delays_no_other() -> None:
    """Each look waits for its own message."""
    async with hosting(Host(route=lost)) as slow, hosting(Host()) as quick:
        async with asyncio.TaskGroup() as group:
            hanging = group.create_task(look(target(slow, deliver_warn="1s", deliver_fail="2s")))
            result = await look(target(quick))
            assert not hanging.done()
        assert result.numbers["delivery_seconds"] < 1
        assert hanging.result().reason is Reason.DELIVERY_TIMEOUT


async def test_a_silent_mailbox_ends_in_time() -> None:
    """No stage outlives its time."""
    host = Host()
    async with hosting(host):
        trip = target(host, timeout="500ms")
        trip = trip.model_copy(update={"imap": trip.imap.model_copy(update={"port": host.smtp.port})})
        result = await look(trip)
    assert (result.outcome, result.side) == (Outcome.FAILED, Side.IMAP)
    assert result.duration_s < trip.longest_s


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"deliver_warn": "10s"}, "deliver_warn should not be longer than deliver_fail"),
        ({"deliver_fail": "2m", "sweep_after": "1m"}, "longer than one look, which may take 136 s"),
        ({"smtp": {"interval": "5s"}}, '"interval" has no meaning'),
        ({"smtp": {"hots": "x"}}, "hots"),
        ({"mail_to": ""}, "mail_to"),
        ({"imap": {"host": "x"}}, "imap needs a username"),
    ],
)
def test_what_cannot_work_is_told_when_the_config_is_read(options: dict[str, object], words: str) -> None:
    """Each with the key that is wrong."""
    with pytest.raises(ValidationError, match=words):
        target(Host(), **options)


def test_both_servers_take_over_what_the_trip_says() -> None:
    """Unless they say it themselves; and the whole look has time for the waiting."""
    trip = target(Host(), tls={"min_version": "1.3"}, smtp={"tls": {"server_name": "x"}, "timeout": "3s"})
    assert (trip.smtp.tls.min_version, trip.smtp.tls.server_name, trip.imap.tls.min_version) == ("1.3", "x", "1.3")
    assert (trip.smtp.timeout, trip.imap.timeout, trip.longest_s) == (3.0, 2.0, 8.0 + 8 * 3.0)
    assert isinstance(trip, Roundtrip)
    assert set(trip.secrets()) >= {PASSWORD}
