"""The words of a call."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.calls.ladder import Wanted
from monitor.calls.matter import Matter
from monitor.calls.words import TITLE_CHARS_MAX, farewell, phrases, say
from monitor.models import Signal, Why

AT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
RING = Wanted("Ada", "mail", Signal.RING)


def matter(why: Why) -> Matter:
    """Something about sending."""
    return Matter(
        "m", why, AT, "Sending email fails", "You cannot send mail.", "/updates/12", promised=AT, taken_by="Ben"
    )


@pytest.mark.parametrize(
    ("why", "title", "text"),
    [
        (Why.CONFIRMED, "Sending email fails", "press “I am looking at it”, and these calls stop."),
        (Why.APPROVAL, "A draft waits for a yes or a no: Sending email fails", "Read it, and say yes or no."),
        (Why.DUE, "Update due at 15:30 CET: Sending email fails", "promised the next word by 15:30 CET."),
        (Why.LATE, "Update late, promised for 15:30 CET: Sending email fails", "and have not had it."),
        (Why.BLIND, "Ownup cannot see what customers see", "so an outage would go unnoticed."),
    ],
)
def test_a_ring_says_what_it_is_about_what_to_do_and_where(why: Why, title: str, text: str) -> None:
    """The title alone is enough for a small screen; the text ends with the link."""
    said = say(matter(why), RING, url="https://desk.test", timezone="Europe/Berlin")
    assert said.title == title
    assert text in said.text
    assert said.text.startswith("You cannot send mail.\n\n")
    assert said.text.endswith("\n\nhttps://desk.test/updates/12")


def test_a_repeat_says_so() -> None:
    """Whoever finds five of them sees which was the first."""
    repeat = Wanted("Ada", "mail", Signal.RING, 2)
    assert (
        say(matter(Why.CONFIRMED), repeat, url="https://desk.test", timezone="UTC").title
        == "Again: Sending email fails"
    )


def test_what_is_back_says_who_had_it() -> None:
    """Whoever is called knows that it is not the first time, and that the same button stops the calls."""
    back = replace(matter(Why.CONFIRMED), first="Ben")
    said = say(back, RING, url="https://desk.test", timezone="UTC").text
    assert "It fails again, and Ben had it in hand. Open it and press “I am looking at it”" in said


def test_the_others_are_told_who_came() -> None:
    """So that they can sleep on."""
    said = say(matter(Why.CONFIRMED), Wanted("Ada", "mail", Signal.TAKEN), url="https://desk.test", timezone="UTC")
    assert (said.title, said.text) == (
        "Ben looks at it: Sending email fails",
        "You need not come.\n\nhttps://desk.test/updates/12",
    )


def test_a_farewell_names_what_is_over() -> None:
    """By the words with which they were called, cut where those were long."""
    assert farewell("Sending email fails", "https://desk.test/x").title == "Over: Sending email fails"
    assert len(farewell("x" * 300, "").title) == TITLE_CHARS_MAX


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_every_language_says_all_of_it(language: str) -> None:
    """The same phrases with the same facts in them, and the button by the name that stands on it."""
    ours, theirs = phrases("en"), phrases(language)
    assert theirs.keys() == ours.keys()
    for key, words in ours.items():
        assert sorted(re.findall(r"\{\w+\}", theirs[key])) == sorted(re.findall(r"\{\w+\}", words)), key
        assert ("I am looking at it" in theirs[key]) == ("I am looking at it" in words), key


def test_somebody_is_called_in_their_language() -> None:
    """The draft's words are in it as well where it is told in that language, else they stay as they are."""
    told = replace(matter(Why.LATE), abroad={"de": ("E-Mail-Versand gestört", "Sie können nichts senden.")})
    german = say(told, RING, url="https://desk.test", timezone="UTC", language="de")
    assert german.title == "Meldung überfällig, versprochen für 14:30 UTC: E-Mail-Versand gestört"
    assert german.text.startswith(
        "Sie können nichts senden.\n\nDen Kunden war das nächste Wort bis 14:30 UTC versprochen"
    )
    french = say(told, RING, url="https://desk.test", timezone="UTC", language="fr")
    assert french.title == "Message en retard, promis pour 14:30 UTC : Sending email fails"
    assert farewell("x", "https://desk.test/x", "es").title == "Ha terminado: x"


def test_hostile_words_turn_and_hide_nothing() -> None:
    """Whichever route carries them: one line of title, and every letter where it was written."""
    hostile = "<script>x</script> {{7*7}} \u202egnp.exe \x07\r\nBcc: all@a.test " + "W" * 1_000_000
    said = say(
        replace(matter(Why.DUE), subject=hostile, short=hostile[:200]), RING, url="https://desk.test", timezone="UTC"
    )
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", said.title + said.text)
    assert "\n" not in said.title
    assert len(said.title) == TITLE_CHARS_MAX
    assert "{{7*7}}" in said.text
