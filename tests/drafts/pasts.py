"""The pasts of the samples: what their records would hold when they are over."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from drafts.facts import Facts, Said
from drafts.past import Action, Entry, Mistake, Override, Past, Turn
from drafts.promises import Promise

EVIDENCE = ("flip:1",)
MINUTE = timedelta(minutes=1)
WORDS = {
    "en": (
        "the disk was watched, but nobody was called when it was nearly full",
        "call somebody when the disk is four fifths full",
        "the number of customers is the phone desk's count",
        "Reading email passes our checks",
        "it failed too, since 14:20 UTC",
        "all that it cost anybody was a warning, and nobody was kept from working",
    ),
    "de": (
        "die Festplatte wurde überwacht, aber niemand angerufen, als sie fast voll war",
        "jemanden anrufen, wenn die Festplatte zu vier Fünfteln voll ist",
        "die Zahl der Kunden hat die Hotline gezählt",
        "Empfang besteht unsere Prüfungen",
        "auch er war gestört, seit 14:20 Uhr MEZ",
        "es kostete nur eine Warnung und hat niemanden von der Arbeit abgehalten",
    ),
    "fr": (
        "le disque était surveillé, mais personne n'a été appelé quand il était presque plein",
        "appeler quelqu'un quand le disque est plein aux quatre cinquièmes",
        "le nombre de clients vient du téléphone",
        "Réception passe nos contrôles",
        "elle échouait aussi, depuis 14:20 CET",
        "cela n'a coûté qu'un avertissement, et n'a empêché personne de travailler",
    ),
    "es": (
        "el disco estaba vigilado, pero no se llamó a nadie cuando estaba casi lleno",
        "llamar a alguien cuando el disco esté lleno en cuatro quintos",
        "el número de clientes lo contó el teléfono",
        "Recepción pasa nuestras comprobaciones",
        "también falló, desde las 14:20 CET",
        "solo costó una advertencia, y no impidió trabajar a nadie",
    ),
}


def looking_back(facts: Facts, said: Said) -> Past:
    """A plain past; where humans have said much of the outage, one in which much went wrong as well."""
    assert facts.recovered_at
    entries = [
        Entry(facts.since, Turn.FAILED, EVIDENCE),
        Entry(facts.since, Turn.DRAFTED, EVIDENCE),
        Entry(facts.since, Turn.CONFIRMED, EVIDENCE),
        *(
            [Entry(facts.acknowledged.at, Turn.TAKEN_UP, EVIDENCE, facts.acknowledged.person)]
            if facts.acknowledged
            else []
        ),
        Entry(said.at, Turn.PUBLISHED, EVIDENCE, words=said.title),
        Entry(facts.recovered_at, Turn.RECOVERED, EVIDENCE),
    ]
    promised = Promise(said.at, said.at + 30 * MINUTE, said.at + 25 * MINUTE)
    plain = Past(tuple(entries), (promised,), told_at=said.at)
    if facts.cause and not facts.amends:
        return replace(plain, promises=())
    return _eventful(facts, said, plain) if facts.amends else plain


def _eventful(facts: Facts, said: Said, plain: Past) -> Past:
    factor, action, reason, wrong, truth, _ = WORDS[facts.language]
    noticed = Entry(facts.since, Turn.CUSTOMER_FIRST, EVIDENCE, "Rui Alves")
    late = Promise(said.at + 25 * MINUTE, said.at + 55 * MINUTE, said.at + 66 * MINUTE)
    silent = Promise(said.at + 66 * MINUTE, said.at + 96 * MINUTE, None)
    called = Entry(facts.since + 2 * MINUTE, Turn.CALLED, EVIDENCE)
    return Past(
        (*plain.entries[:3], called, *plain.entries[3:]),
        (*plain.promises, late, silent),
        told_at=said.at,
        customer_first=noticed,
        mistakes=(Mistake(wrong, said.at, truth, "Rui Alves"),),
        overrides=(Override(said.at, ("M03",), "Maya Ortiz", reason),),
        factors=(Entry(facts.since, Turn.FACTOR, EVIDENCE, "Maya Ortiz", factor),),
        actions=(
            Action(action, "Maya Ortiz", date(2026, 12, 4)),
            Action(action.replace("4", "5"), "Rui Alves", date(2026, 12, 1), date(2026, 11, 30)),
        ),
    )


@st.composite
def pasts(draw: st.DrawFn, since: st.SearchStrategy, names: st.SearchStrategy[str]) -> Past:
    """Any past that a record could hold, of an outage whose moments and names are drawn from these."""
    days = since.map(lambda moment: moment.date())
    entry = st.builds(Entry, since, st.sampled_from(Turn), st.just(EVIDENCE), names, names)
    mistake = st.builds(Mistake, names, since, names, names)
    override = st.builds(Override, since, st.just(("E02",)), names, names)
    return Past(
        entries=tuple(draw(st.lists(entry.filter(lambda one: one.turn in SHOWN), min_size=1, max_size=5))),
        promises=tuple(draw(st.lists(st.builds(Promise, since, since, st.none() | since), max_size=4))),
        told_at=draw(st.none() | since),
        customer_first=draw(st.none() | entry),
        mistakes=tuple(draw(st.lists(mistake, max_size=2))),
        overrides=tuple(draw(st.lists(override, max_size=2))),
        factors=tuple(draw(st.lists(entry, max_size=2))),
        actions=tuple(draw(st.lists(st.builds(Action, names, names, days, st.none() | days), max_size=2))),
    )


SHOWN = set(Turn) - {Turn.CUSTOMER_FIRST, Turn.FACTOR}
"""What stands in the story by time; the other turns have places of their own."""
