"""When a sign of life is missing: by period, by cron over a change of the clocks, and after an absence of our own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from pydantic import ValidationError

from probes.finding import Outcome
from probes.heartbeat import Beat, Heartbeat
from probes.look import Reason, look

KEY = "0123456789abcdef0123456789abcdef"
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ALWAYS = datetime.min.replace(tzinfo=UTC)
RIGA = ZoneInfo("Europe/Riga")


def heartbeat(**options: object) -> Heartbeat:
    """A target with a rhythm."""
    return Heartbeat(**{"name": "backup", "component": "files", "key": KEY, **options})


def outcome(target: Heartbeat, last: datetime, now: datetime, *, listening_since: datetime = ALWAYS) -> Outcome:
    """What a last sign means."""
    finding = target.judge(Beat(last, heard=True), listening_since, now)
    return finding.outcome if finding else Outcome.OK


@pytest.mark.parametrize(
    ("after_s", "expected"), [(0, "ok"), (60, "ok"), (89.9, "ok"), (90, "failed"), (9999, "failed")]
)
def test_the_grace_comes_after_the_period(after_s: float, expected: str) -> None:
    """Period 60 s and grace 30 s: missing at 90 s, and not at 60."""
    target = heartbeat(period="60s", grace="30s")
    assert outcome(target, START, START + timedelta(seconds=after_s)) == expected


@pytest.mark.parametrize(
    ("after_s", "expected"),
    [(80, "ok"), (89, "ok"), (95, "unknown"), (149, "unknown"), (150, "failed")],
)
def test_a_sign_that_was_due_while_nobody_listened_proves_nothing(after_s: float, expected: str) -> None:
    """We were away from the last sign until 70 s after it, so only the one due at 120 s can be missing."""
    target, back = heartbeat(period="60s", grace="30s"), START + timedelta(seconds=70)
    assert outcome(target, START, START + timedelta(seconds=after_s), listening_since=back) == expected


def test_a_sign_that_never_came_is_missed_from_when_we_began_to_wait() -> None:
    """A backup that was never set up is told as well."""
    target = heartbeat(period="60s", grace="30s")
    finding = target.judge(Beat(START, heard=False), START, START + timedelta(seconds=90))
    assert finding
    assert finding.reason is Reason.HEARTBEAT_MISSING
    assert finding.detail.startswith("no sign of life yet; we wait since 2026-11-22 12:00:00 UTC")


def days(year: int, month: int, day: int) -> Iterator[datetime]:
    """Every ten minutes of the days around a change of the clocks, in UTC."""
    start = datetime(year, month, day, tzinfo=RIGA).astimezone(UTC) - timedelta(days=2)
    yield from (start + timedelta(minutes=minutes) for minutes in range(0, 4 * 24 * 60, 10))


@pytest.mark.parametrize("change", [(2026, 3, 29), (2026, 10, 25)], ids=["spring", "autumn"])
@pytest.mark.parametrize("cron", ["30 3 * * *", "0 3 * * *", "59 3 * * *", "0 * * * *", "*/30 * * * *", "15 2-4 * * *"])
@pytest.mark.parametrize("late_s", [-20, 0, 240])
def test_no_change_of_the_clocks_is_a_false_alarm(change: tuple[int, int, int], cron: str, late_s: int) -> None:
    """A job run by cron in Riga, each time a little early or late, is never called missing; one that stops is."""
    target = heartbeat(cron=cron, timezone="Europe/Riga", grace="5m")
    moments = list(days(*change))
    runs = CronSim(cron, moments[0].astimezone(RIGA) - timedelta(days=2))
    signs = [next(runs).astimezone(UTC) + timedelta(seconds=late_s) for _ in range(400)]
    for now in moments:
        last = max(sign for sign in signs if sign <= now)
        assert outcome(target, last, now) is Outcome.OK, (last, now)
    assert outcome(target, moments[0], moments[-1]) is Outcome.FAILED


def test_a_sign_of_cron_is_missed_by_its_grace() -> None:
    """Due at 02:30 in Riga, which is 00:30 UTC, and missing at 00:40."""
    target = heartbeat(cron="30 2 * * *", timezone="Europe/Riga", grace="10m")
    last = datetime(2026, 11, 22, 0, 31, tzinfo=UTC)
    assert outcome(target, last, datetime(2026, 11, 23, 0, 39, 59, tzinfo=UTC)) is Outcome.OK
    assert outcome(target, last, datetime(2026, 11, 23, 0, 40, tzinfo=UTC)) is Outcome.FAILED


async def test_without_a_daemon_nothing_is_heard() -> None:
    """A look from the command line could not tell."""
    result = await look(heartbeat(period="60s"))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.BROKEN)
    assert "only the daemon" in result.detail


class Heard:
    """Somebody who heard one sign, at a time."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def listening_since(self, target: str) -> datetime:
        """For ever."""
        assert target == "backup"
        return ALWAYS

    def last(self, target: str) -> Beat:
        """The sign."""
        assert target == "backup"
        return Beat(self._at, heard=True)


@pytest.mark.parametrize(("ago_s", "expected"), [(10, Outcome.OK), (100, Outcome.FAILED)])
async def test_a_look_asks_whoever_hears(ago_s: float, expected: Outcome) -> None:
    """The last sign is a number and a line of the evidence; the key is in none."""
    at = datetime.now(UTC) - timedelta(seconds=ago_s)
    result = await look(heartbeat(period="60s", grace="30s").heard_by(Heard(at)))
    assert result.outcome is expected
    assert result.numbers["last_beat_at"] == at.timestamp()
    assert KEY not in result.as_json()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "a period or a cron"),
        ({"period": "1h", "cron": "* * * * *"}, "not both"),
        ({"cron": "61 * * * *"}, "never comes true"),
        ({"cron": "0 0 30 2 *"}, "never comes true"),
        ({"period": "1h", "timezone": "Europe/Rigga"}, "not a time zone"),
        ({"period": "1h", "key": "short"}, "20 to 200"),
        ({"period": "1h", "key": "with/a/slash/in/it/0123456789"}, "20 to 200"),
    ],
)
def test_a_rhythm_that_cannot_be_is_refused_at_load(options: dict[str, object], words: str) -> None:
    """Each mistake is an error of the config."""
    with pytest.raises(ValidationError, match=words):
        heartbeat(**options)
