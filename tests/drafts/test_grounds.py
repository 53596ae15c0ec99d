"""No text says a number, a time or a name that its Facts do not hold, in any language; one that does is found out."""

import re
from dataclasses import replace
from typing import Final

import pytest
from babel.dates import get_month_names
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts.facts import Facts, UpdateKind
from drafts.grounds import held, invented
from drafts.notice import Notice, write
from drafts.overrides import wording
from drafts.phrases import phrases
from tests.drafts.test_notice import FORWARD, forms
from tests.drafts.test_notice import facts as any_facts

LANGUAGES: Final = ("en", "de", "fr", "es")
ZONES: Final = ("UTC+13:45", "UTC+12:45", "UTC+5:45", "UTC", "EEST", "OESZ", "EET", "OEZ", "EST", "EDT")
INSIDE: Final = re.compile(r"(?<![.:!?“„«»…\u2013] )(?<!^)(?<!\n)(?<![“„«¿¡(])\b[A-ZÄÖÜÉ]\w*")
GERMAN: Final = frozenset(
    re.findall(
        r"\w+",
        """
Abholen Absender Adresse Aktuelles Alle Angekündigt Anmelden Anmeldung Antwort Arbeiten Art Augenblick Behoben
Beobachtung Berichtigung Bis Bisher Browser Das Daten Dauer Davor Der Die Dies Diese E Eine Einen Empfänger Es
Falls Fehlalarm Fehler Fehlermeldung Fehlern Form Frist Geplant Gespräch Geändert Grenze Ich Ihnen Ihr Ihre
Ihrem Ihrer In Internet Komponente Komponenten Konto Kreis Lebenszeichen Mailprogramm Mails Mailserver Mehr
Minute Minuten Nachricht Nachrichten Name Namen Nameserver Neu Neues Ob Ordner Ordnung Orte Orten Passwort
Postfach Postfächer Prüfung Prüfungen Rücknahme Schlüssel Schätzung Seit Seite Senden Server Sie Sinn So Sobald
Solange Spam Stunde Stunden Störung Tag Tage Tagen Teil Termin Uhr Um Unverändert Ursache Verbindung Verlorene
Verschlüsselung Vorstellung Wann Was Weg Weise Weiterhin Wie Wir Wörter Zeit Zertifikat Zertifikatswarnung
Zwischenstelle Öffnen Über Übergangslösung
""",
    )
)
"""Every noun and polite word of our German, since in German a noun is written like a name."""
OWN: Final = {"en": frozenset({"I"}), "de": GERMAN, "fr": frozenset(), "es": frozenset()}


def strangers(notice: Notice, facts: Facts) -> set[str]:
    """The numbers, times and names of a notice that are in no fact."""
    words = phrases(facts.language)
    grounds = held(facts, words)
    known = OWN[facts.language] | set(get_month_names("wide", locale=words.locale).values())
    found = {number for form in forms(notice) for number in invented(form, grounds)}
    for form in forms(notice):
        bare = re.sub("[qxzQXZ]{3,}", "it", form)
        for zone in ZONES:
            bare = bare.replace(zone, "")
        found |= set(INSIDE.findall(bare)) - known
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@given(facts=any_facts(), kind=st.sampled_from(FORWARD))
@settings(max_examples=80, deadline=None)
def test_nothing_is_invented(language: str, facts: Facts, kind: UpdateKind) -> None:
    """Every number, every time and every name in every form comes from the Facts."""
    told = replace(facts, language=language)
    assert strangers(write(kind, told), told) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("planted", "found"),
    [("40123", "40123"), ("{{ s.things }} 29:59", "29:59"), ("{{ s.things }} x Hetzner", "Hetzner")],
)
@settings(max_examples=20, deadline=None)
@given(facts=any_facts())
def test_a_template_that_invents_is_found_out(language: str, planted: str, found: str, facts: Facts) -> None:
    """What a template says of its own accord is caught: a number, a time, a name."""
    words, flaws = wording(language, {"first.md.j2": "{% macro title(s) %}x " + planted + "{% endmacro %}"})
    told = replace(facts, language=language)
    assert flaws == ()
    assert found in strangers(write(UpdateKind.FIRST, told, {language: words}), told)
