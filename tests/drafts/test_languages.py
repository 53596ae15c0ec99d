"""Every language says all that English says, and its own words are held to the rules of time, comfort and blame."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts.facts import Facts, UpdateKind
from drafts.honesty import Stage, check
from drafts.notice import write
from drafts.phrases import TEMPLATES, phrases
from drafts.rules.vocabulary import WORDS, vocabulary
from monitor.config.values import DraftLanguage
from tests.drafts.languages import CASES as SAMPLES
from tests.drafts.samples import SENDING_DOWN, at, of_kind
from tests.drafts.test_notice import FORWARD, forms
from tests.drafts.test_notice import facts as any_facts

ABROAD = sorted({path.name for path in TEMPLATES.iterdir()} - {"en"})
HELD = ("soon", "relative", "promise", "not_ours", "any_harm", "comfort", "effort")
POSTED = at(22, 14, 10)

# rule, language, a text that breaks it, a text that does not
CASES = [
    ("T01", "de", "Der Versand geht bald wieder.", "Der Versand geht seit 14:40 Uhr UTC wieder."),
    ("T01", "de", "Wir schreiben in Kürze.", "Wir schreiben wieder bis 14:40 Uhr UTC."),
    ("T02", "de", "Sie können keine E-Mails senden.", "Wir melden uns innerhalb von 30 Minuten."),
    ("T03", "de", "Wir schreiben wieder bis 16:00 Uhr UTC.", "Wir schreiben wieder bis 15:00 Uhr UTC."),
    (
        "T03",
        "de",
        "Wir informieren Sie in zwei Stunden: innerhalb von zwei Stunden.",
        "Wir informieren Sie alle 30 min.",
    ),
    ("T04", "de", "Seit 14:02 Uhr geht nichts.", "Seit 15:02 Uhr MEZ geht nichts."),
    ("T05", "de", "Seit heute Morgen geht nichts.", "Seit heute Morgen, 08:12 Uhr UTC, geht nichts."),
    ("T06", "de", "Es begann am 3. März.", "Es begann am 3. März 2026."),
    ("K04", "de", "Das liegt nicht an uns.", "Wir haben den Anbieter angerufen."),
    ("E04", "de", "Etwaige Unannehmlichkeiten bedauern wir.", "Es tut uns leid, dass Sie nicht senden konnten."),
    ("E05", "de", "Vielen Dank für Ihre Geduld.", "Vielen Dank für Ihre Meldungen."),
    ("E06", "de", "Wir arbeiten mit Hochdruck daran.", "Wir haben den Server um 14:20 Uhr UTC neu gestartet."),
    ("T01", "fr", "Tout remarchera bientôt.", "Tout remarche depuis 14:40 UTC."),
    ("T02", "fr", "Vous ne pouvez rien envoyer.", "Nous écrirons dans 30 minutes."),
    ("T03", "fr", "Nous écrirons avant 16:00 UTC.", "Nous écrirons avant 15:00 UTC."),
    ("T03", "fr", "Nous écrirons dans deux heures.", "Nous écrirons dans une heure."),
    ("T04", "fr", "En panne depuis 14:02.", "En panne depuis 15:02 CET."),
    ("T05", "fr", "En panne depuis ce matin.", "Ce matin, à 08:12 UTC, la panne a commencé."),
    ("T06", "fr", "Le 1er mars, tout a cessé.", "Le 1er mars 2026, tout a cessé."),
    ("K04", "fr", "Cela est indépendant de notre volonté.", "Nous avons appelé le fournisseur."),
    ("E04", "fr", "Désolés pour tout désagrément.", "Désolés que vous n'ayez pas pu envoyer."),
    ("E05", "fr", "Merci de votre patience.", "Merci de vos signalements."),
    ("E06", "fr", "Nous travaillons d'arrache-pied.", "Nous avons redémarré le serveur à 14:20 UTC."),
    ("T01", "es", "Volverá pronto.", "Volvió a las 14:40 UTC."),
    ("T02", "es", "No puede enviar correo.", "Escribiremos dentro de 30 minutos."),
    ("T03", "es", "Volveremos a escribir antes de las 16:00 UTC.", "Volveremos a escribir antes de las 15:00 UTC."),
    ("T03", "es", "Informaremos dentro de dos horas.", "Informaremos cada 30 minutos."),
    ("T04", "es", "Falla desde las 14:02.", "Falla desde las 15:02 CET."),
    ("T05", "es", "Falla desde esta mañana.", "Falla desde esta mañana, a las 08:12 UTC."),
    ("T06", "es", "Empezó el 3 de marzo.", "Empezó el 3 de marzo de 2026."),
    ("K04", "es", "Es ajeno a nuestra voluntad.", "Hemos llamado al proveedor."),
    ("E04", "es", "Disculpe las molestias ocasionadas.", "Sentimos que no pudiera enviar correo."),
    ("E05", "es", "Gracias por su paciencia.", "Gracias por sus avisos."),
    ("E06", "es", "Trabajamos sin descanso.", "Reiniciamos el servidor a las 14:20 UTC."),
]


@pytest.mark.parametrize("language", ABROAD)
def test_nothing_is_missing(language: str) -> None:
    """A language has every template, every phrase and every list of words that the rules need in it."""
    english = {path.name for path in (TEMPLATES / "en").iterdir()}
    assert {path.name for path in (TEMPLATES / language).iterdir()} == english
    ours, theirs = phrases("en"), phrases(language)
    assert {kind: set(found) for kind, found in theirs.effect.items()} == {
        kind: set(found) for kind, found in ours.effect.items()
    }
    assert set(theirs.verb) == set(ours.verb)
    assert set(HELD) <= set(vocabulary(language))


def test_every_language_can_be_chosen() -> None:
    """The config offers exactly the languages that there are templates of."""
    assert set(get_args(DraftLanguage)) == {"en", *ABROAD}


def test_every_language_has_words() -> None:
    """Who writes in a language also holds texts in it to the rules."""
    assert {path.stem for path in WORDS.iterdir()} == {"en", *ABROAD}


@pytest.mark.parametrize(("rule", "language", "poor", "good"), CASES)
def test_rule_abroad(rule: str, language: str, poor: str, good: str) -> None:
    """The rule is found in the one text and not in the other."""
    for text, broken in ((poor, True), (good, False)):
        found = {one.rule for one in check("E-Mail", text, Stage.UPDATE, POSTED, None, language=language)}
        assert (rule in found) is broken, (text, found)


@pytest.mark.parametrize("language", ABROAD)
def test_every_rule_has_a_case(language: str) -> None:
    """No rule that a language has words for stands untried in it."""
    assert {rule for rule, tried, *_ in CASES if tried == language} == {
        *("T01", "T02", "T03", "T04", "T05", "T06", "K04", "E04", "E05", "E06")
    }


@pytest.mark.parametrize("language", ["en", *ABROAD])
def test_every_kind_has_a_sample(language: str) -> None:
    """No kind of message is left out where samples are read, and where no two may be alike."""
    assert {kind for kind, facts in SAMPLES.values() if facts.language == language} == set(UpdateKind)


@given(any_facts(), st.sampled_from(FORWARD), st.sampled_from(ABROAD))
@settings(max_examples=300, deadline=None)
def test_nothing_is_left_open(facts: Facts, kind: UpdateKind, language: str) -> None:
    """No form has an empty slot, a doubled mark or a doubled space, and the short form fits a short message."""
    notice = write(kind, replace(facts, language=language))
    assert len(notice.short) <= 280
    for form in forms(notice):
        assert form
        assert not re.search(r"None|\{|\}|  |\(\)|\.\.|[ ,;:]\.|[.,;]{2}|,? ,|[a-z]\.[A-Z]|„“|« »", form), form


@given(any_facts(), st.sampled_from(ABROAD))
@settings(max_examples=150, deadline=None)
def test_a_first_notice_is_neither_terse_nor_long(facts: Facts, language: str) -> None:
    """A first notice takes 25 to 80 words in every language."""
    noon = facts.since.replace(hour=12)
    bare = replace(
        of_kind(SENDING_DOWN, UpdateKind.FIRST),
        language=language,
        affected=facts.affected[:1],
        since=noon,
        last_good=facts.last_good and noon - timedelta(minutes=facts.since.minute),
        acknowledged=None,
        next_update=noon + timedelta(hours=1),
    )
    bare = replace(bare, affected=(replace(bare.affected[0], since=None),))
    assert 25 <= len(write(UpdateKind.FIRST, bare).body.split()) <= 80


def down(language: str) -> Facts:
    """An outage of sending mail of which only the measurement is known."""
    facts = replace(of_kind(SENDING_DOWN, UpdateKind.FIRST), language=language)
    names = {"de": "Senden", "fr": "Envoi", "es": "Envío"}
    return replace(facts, affected=(replace(facts.affected[0], component=names[language]),))


# rule, language, stage, a text that lies about an outage of which everything fails since 14:02 UTC, one that does not
LIES = [
    ("M01", "de", Stage.UPDATE, "Senden ist behoben.", "Senden ist noch nicht behoben."),
    ("M01", "de", Stage.UPDATE, "Senden funktioniert wieder.", "Wir schreiben, sobald Senden wieder funktioniert."),
    ("M02", "de", Stage.UPDATE, "Senden ist langsam.", "Senden geht nicht."),
    ("M03", "de", Stage.UPDATE, "Senden geht für einige Kunden nicht.", "Senden geht nicht."),
    ("M04", "de", Stage.UPDATE, "Es gab keinen Datenverlust.", "Ob Daten fehlen, wissen wir noch nicht."),
    ("M05", "de", Stage.UPDATE, "Es geht nicht.", "Senden geht nicht."),
    ("M06", "de", Stage.UPDATE, "Senden fehlt seit 02:02 Uhr UTC.", "Senden fehlt seit 14:02 Uhr UTC."),
    ("M07", "de", Stage.UPDATE, "Senden fehlt seit etwa 14:07 Uhr UTC.", "Senden fehlt seit etwa 14:03 Uhr UTC."),
    ("M10", "de", Stage.RESOLVED, "Wir arbeiten daran.", "Wir haben bis 14:47 Uhr UTC daran gearbeitet."),
    ("K01", "de", Stage.UPDATE, "Die Ursache ist eine volle Platte.", "Vermutlich ist die Platte voll."),
    ("K06", "de", Stage.RESOLVED, "Es sollte wieder gehen.", "Es geht seit 14:47 Uhr UTC."),
    ("K09", "de", Stage.UPDATE, "Senden geht nicht.", "Senden geht nicht; warum, ist nicht bekannt."),
    ("M01", "fr", Stage.UPDATE, "L'Envoi est rétabli.", "L'Envoi n'est pas rétabli."),
    ("M01", "fr", Stage.UPDATE, "L'Envoi fonctionne à nouveau.", "Nous écrirons dès que l'Envoi fonctionne à nouveau."),
    ("M02", "fr", Stage.UPDATE, "L'Envoi est ralenti.", "L'Envoi ne fonctionne pas."),
    ("M03", "fr", Stage.UPDATE, "Certains clients sont privés d'Envoi.", "L'Envoi ne fonctionne pas."),
    ("M04", "fr", Stage.UPDATE, "Aucune perte de données.", "Nous ne savons pas si des données manquent."),
    ("M05", "fr", Stage.UPDATE, "Rien ne part.", "L'Envoi ne fonctionne pas."),
    ("M06", "fr", Stage.UPDATE, "L'Envoi est en panne depuis 02:02 UTC.", "L'Envoi est en panne depuis 14:02 UTC."),
    ("M07", "fr", Stage.UPDATE, "L'Envoi échoue depuis environ 14:07 UTC.", "L'Envoi échoue depuis environ 14:03 UTC."),
    ("M10", "fr", Stage.RESOLVED, "Nous travaillons à la réparation.", "Nous y avons travaillé jusqu'à 14:47 UTC."),
    ("K01", "fr", Stage.UPDATE, "La cause est un disque plein.", "La cause est peut-être un disque plein."),
    ("K06", "fr", Stage.RESOLVED, "Tout devrait marcher.", "Tout marche depuis 14:47 UTC."),
    ("K09", "fr", Stage.UPDATE, "L'Envoi échoue.", "L'Envoi échoue ; la cause est inconnue."),
    ("M01", "es", Stage.UPDATE, "El Envío está resuelto.", "El Envío aún no está resuelto."),
    ("M01", "es", Stage.UPDATE, "El Envío funciona de nuevo.", "Escribiremos cuando el Envío vuelva."),
    ("M02", "es", Stage.UPDATE, "El Envío va lento.", "El Envío no funciona."),
    ("M03", "es", Stage.UPDATE, "El Envío falla para algunos clientes.", "El Envío falla."),
    ("M04", "es", Stage.UPDATE, "No se han perdido datos.", "No sabemos si faltan datos."),
    ("M05", "es", Stage.UPDATE, "No sale nada.", "El Envío no funciona."),
    ("M06", "es", Stage.UPDATE, "El Envío falla desde las 02:02 UTC.", "El Envío falla desde las 14:02 UTC."),
    ("M07", "es", Stage.UPDATE, "El Envío falla desde las 14:07 UTC.", "El Envío falla desde las 14:03 UTC."),
    ("M10", "es", Stage.RESOLVED, "Seguimos trabajando en ello.", "Trabajamos en ello hasta las 14:47 UTC."),
    ("K01", "es", Stage.UPDATE, "Falla debido a un disco lleno.", "Quizás falla debido a un disco lleno."),
    ("K06", "es", Stage.RESOLVED, "Debería funcionar.", "Funciona desde las 14:47 UTC."),
    ("K09", "es", Stage.UPDATE, "El Envío falla.", "El Envío falla y no sabemos por qué."),
]
MEASURED = {"M01", "M02", "M03", "M04", "M05", "M06", "M07", "M10", "K01", "K06", "K09"}


@pytest.mark.parametrize(("rule", "language", "stage", "lie", "truth"), LIES)
def test_lies_abroad(rule: str, language: str, stage: Stage, lie: str, truth: str) -> None:
    """Words against the measurement are found in every language, and true ones are left alone."""
    for text, broken in ((lie, True), (truth, False)):
        found = {one.rule for one in check("", text, stage, POSTED, down(language))}
        assert (rule in found) is broken, (text, found)


@pytest.mark.parametrize("language", ABROAD)
def test_every_measured_rule_has_a_lie(language: str) -> None:
    """No rule of measurement that a language has words for stands untried in it."""
    assert {rule for rule, tried, *_ in LIES if tried == language} == MEASURED
