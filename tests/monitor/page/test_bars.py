"""The bars say what each day came to, in a drawing without colour and in words, and never flatter."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.ledger.history import Day
from monitor.page.bars import HEIGHT, past, share, span_of
from monitor.page.times import Times
from monitor.page.words import words
from monitor.uptime import Tally

HOUR_US = 3600 * 1_000_000
DAY_US = 24 * HOUR_US
MINUTE_US = 60 * 1_000_000
TIMES = Times(ZoneInfo("UTC"), datetime(2026, 3, 12, tzinfo=UTC))
EN = words("en")


def days(*tallies: Tally) -> list[Day]:
    """Whole days, one after the other."""
    return [Day(date(2026, 3, 1) + timedelta(days=number), tally, DAY_US) for number, tally in enumerate(tallies)]


@pytest.mark.parametrize(
    ("uptime", "shown"),
    [(1, "100 %"), (1 - 1e-9, "99.99 %"), (0.99996, "99.99 %"), (0.9, "90.00 %"), (0, "0.00 %")],
)
def test_uptime_is_cut_and_never_rounded_up(uptime: float, shown: str) -> None:
    """100 % means that nothing failed."""
    assert share(uptime, "en_GB").replace("\N{NO-BREAK SPACE}", " ") == shown


def test_a_longer_outage_is_a_taller_mark() -> None:
    """A second is seen, a day is as tall as the bar, and what failed in part is not what was down."""
    lasted = (1, 6 * MINUTE_US, 31 * MINUTE_US, 3 * HOUR_US, 9 * HOUR_US, DAY_US)
    drawn = past(days(*(Tally(ok=DAY_US - us, down=us) for us in lasted)), TIMES, EN, measures=False)
    heights = [bar.down for bar in drawn.bars]
    assert heights == sorted(heights)
    assert heights[0] > 0
    assert len(set(heights)) == 5
    assert heights[-1] == HEIGHT
    part = past(days(Tally(ok=DAY_US - 5, partial=5)), TIMES, EN, measures=False)
    assert (part.bars[0].down, part.bars[0].partial > 0) == (0, True)


def test_what_is_not_known_is_not_drawn_as_good() -> None:
    """A day that is known for less than half, and one of planned work, look like neither good nor bad."""
    drawn = past(
        days(Tally(), Tally(ok=11 * HOUR_US), Tally(ok=HOUR_US, planned=20 * HOUR_US)), TIMES, EN, measures=False
    )
    assert [bar.look for bar in drawn.bars] == ["unknown", "unknown", "planned"]
    assert drawn.known == "known for 1 of 3 days"
    assert past(days(Tally()), TIMES, EN, measures=False).uptime == "Not known yet"


def test_trouble_is_told_in_words() -> None:
    """Newest first, with the date, how long and of which sort."""
    found = past(
        days(
            Tally(ok=DAY_US - 90 * MINUTE_US, down=90 * MINUTE_US),
            Tally(ok=DAY_US),
            Tally(ok=20 * HOUR_US, partial=MINUTE_US, down=1, planned=HOUR_US),
        ),
        TIMES,
        EN,
        measures=False,
    )
    assert found.troubles == (
        "3 March 2026: down less than a minute, in part 1 minute, planned work 1 hour, not known 2 hours 58 minutes",
        "1 March 2026: down 1 hour 30 minutes",
    )
    assert found.bars[1].title == "2 March 2026: no failure"


def test_today_is_shown_only_as_a_measurement() -> None:
    """Without measurements the last day is yesterday, since nobody has put their name to today."""
    today = date(2026, 3, 12)
    assert span_of(90, today, measures=False) == (date(2025, 12, 12), date(2026, 3, 11))
    assert span_of(90, today, measures=True) == (date(2025, 12, 13), today)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_every_language_says_everything(language: str) -> None:
    """Each has the same keys with the same places for values, and plurals where the English one has them."""
    english, told = words("en")._said, words(language)._said
    assert told.keys() == english.keys()
    for key, said in english.items():
        assert isinstance(told[key], list) == isinstance(said, list)
        assert set(re.findall(r"{\w+}", str(told[key]))) == set(re.findall(r"{\w+}", str(said))), key


def test_an_unknown_language_is_told_in_english() -> None:
    """A page is never without words, and a strange name opens no file."""
    assert words("xx") == words("../de") == words("en")
