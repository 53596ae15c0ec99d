"""An angry message gets its questions answered from the Facts, in its language, and nobody has to hide anything."""

import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts.facts import Act, Facts, UpdateKind
from drafts.notice import IncompleteFacts
from drafts.reply import House, Question, language_of, questions, reply
from tests.drafts.languages import LANGUAGES
from tests.drafts.samples import SENDING_DOWN, at, of_kind
from tests.drafts.test_notice import facts as any_facts
from tests.drafts.test_notice import numbers, without_names

DOWN = of_kind(SENDING_DOWN, UpdateKind.NO_NEWS)
HOUSE = House()
ALL = {*Question}

ASKED = [
    ("en", "When will this be working again?? I need my mail", Question.FIXED),
    ("en", "WHY is it down AGAIN", Question.WHY),
    ("en", "did I lose my emails or what", Question.LOST),
    ("en", "I pay you 12 euros a month, I want a refund", Question.AMENDS),
    ("en", "Why didn't you tell us? I found out from my own customers", Question.TOLD),
    ("en", "how long has this been going on", Question.LASTS),
    ("en", "is it just me?", Question.OTHERS),
    ("en", "what am I supposed to do, is there any other way", Question.MEANWHILE),
    ("de", "Wann geht das endlich wieder?", Question.FIXED),
    ("de", "Warum geht das schon wieder nicht", Question.WHY),
    ("de", "Sind meine Mails jetzt weg?", Question.LOST),
    ("de", "Ich will mein Geld zurück", Question.AMENDS),
    ("de", "Warum sagt einem das niemand?", Question.TOLD),
    ("de", "Seit Stunden geht nichts", Question.LASTS),
    ("de", "Geht es nur bei mir nicht?", Question.OTHERS),
    ("de", "Was soll ich jetzt machen", Question.MEANWHILE),
    ("fr", "Quand est-ce que ça remarche ?", Question.FIXED),
    ("fr", "Pourquoi ça ne marche pas", Question.WHY),
    ("fr", "Mes messages sont-ils perdus ?", Question.LOST),
    ("fr", "J\N{RIGHT SINGLE QUOTATION MARK}exige d'être remboursé", Question.AMENDS),
    ("fr", "Pourquoi ne pas nous avoir prévenus ?", Question.TOLD),
    ("fr", "Depuis des heures !", Question.LASTS),
    ("fr", "Est-ce qu'il n'y a que moi ?", Question.OTHERS),
    ("fr", "Que faire en attendant ?", Question.MEANWHILE),
    ("es", "¿Cuándo vuelve a funcionar?", Question.FIXED),
    ("es", "¿Por qué no funciona?", Question.WHY),
    ("es", "¿He perdido mis correos?", Question.LOST),
    ("es", "Quiero un reembolso", Question.AMENDS),
    ("es", "¿Por qué nadie nos avisa?", Question.TOLD),
    ("es", "Llevo horas sin correo", Question.LASTS),
    ("es", "¿Solo a mí me pasa?", Question.OTHERS),
    ("es", "¿Qué puedo hacer mientras tanto?", Question.MEANWHILE),
]
EVERYTHING = {
    language: " ".join(words for one, words, _ in ASKED if one == language) for language in ("en", "de", "fr", "es")
}


@pytest.mark.parametrize(("language", "message", "question"), ASKED)
def test_a_question_is_heard(language: str, message: str, question: Question) -> None:
    """Each question is found by the plain words in which people ask it, and its language with it."""
    assert question in questions(message, language)
    assert language_of(message, "en") == language


@pytest.mark.parametrize("message", ["", "This is a disgrace.", "Thanks for the quick fix!", "Grüße aus Köln"])
def test_what_asks_nothing_is_told_how_it_stands(message: str) -> None:
    """No question is made up, and the answer says what fails and what is not known."""
    told = reply(message, DOWN, HOUSE)
    assert told.questions == ()
    assert "You cannot send mail." in told.public
    assert "We do not know" in told.public


def test_the_answer_reads_like_a_person() -> None:
    """The words as they read when somebody last read them aloud."""
    told = reply(
        "When will it be fixed? Are my mails lost? Why did nobody tell us? Refund!", DOWN, House("+1 555 0100")
    )
    assert told.public == (
        "We do not know yet when it will be fixed. We do not know yet whether anything of yours was lost."
        " What we do for this outage is not decided yet. We first saw it at 14:02 UTC on 22 November 2026, and our"
        " first message is of 14:06 UTC. We are sorry: by 14:29 UTC this had cost you 27 minutes of Sending email."
        " We will write again by 14:30 UTC, even with no news. Updates: https://status.example.org"
    )
    assert told.private == (
        "I would like to hear what the trouble with Sending email means for you. You reach a person here: +1 555 0100."
        " What you wrote stays where it is, and so does our answer. Only what concerns nobody but you belongs in"
        " private: your address, your account, your mail. \N{EN DASH} Anna Kask"
    )


def test_what_is_known_is_said() -> None:
    """What a human has said of cause, repair, loss and reparation is quoted with their name."""
    said = Act("Anna Kask", at(22, 14, 20), ("act:2",), "a full disk")
    known = replace(DOWN, cause=said, estimate=said, loss=said, amends=said)
    told = reply(EVERYTHING["en"], known, HOUSE)
    assert set(told.questions) == ALL
    assert told.public.count("“a full disk” (Anna Kask, 14:20 UTC") == 4
    assert "not decided" not in told.public


def test_a_reasoned_no_is_told_and_a_policy_is_quoted() -> None:
    """Who asks for money learns what was decided, or what they can count on until it is."""
    no = Act("Rui Alves", at(22, 14, 20), ("act:2",), "nobody was kept from anything")
    assert "We give nothing for it, because: “nobody was" in reply("refund?", replace(DOWN, no_amends=no), HOUSE).public
    policy = House(credit_policy="Our terms owe you 10% for such a month.")
    assert "Our terms owe you 10% for such a month. What we do" in reply("refund?", DOWN, policy).public


def test_a_broken_promise_is_owned() -> None:
    """An answer does not promise again what was promised for an hour ago."""
    late = reply("when will it be fixed", replace(DOWN, at=at(22, 15, 10)), HOUSE).public
    assert "We had promised to write by 14:30 UTC" in late
    assert "will write again" not in late


def test_what_was_not_said_is_owned() -> None:
    """Where nothing is public yet the answer does not pretend otherwise."""
    told = reply("why did nobody tell us", replace(DOWN, said=(), next_update=None), HOUSE).public
    assert "have published nothing yet. You should have heard it from us." in told


@given(any_facts(), st.sampled_from(["en", *LANGUAGES]))
@settings(max_examples=80, deadline=None)
def test_nothing_is_invented_or_left_open(facts: Facts, language: str) -> None:
    """Every number comes from the Facts, no slot stays empty, and nobody is asked to take anything down."""
    told = reply(EVERYTHING[language], replace(facts, language=language), HOUSE)
    assert set(told.questions) == ALL
    for text in (told.public, told.private):
        assert not re.search(r"None|\{|\}|  |\(\)|\.\.|[ ,;]\.|[.,;]{2}|,? ,|[a-z]\.[A-Z]", text), text
        assert not re.search(r"delete|take (it|this) down|lösch|supprim|elimin", text)
        if language == "en":
            assert set(re.findall(r"\d+(?::\d+)?", without_names(text, facts))) <= numbers(facts)


def test_a_hostile_message_holds_nobody_up() -> None:
    """A megabyte of words is answered at once: only its beginning is read."""
    began = time.perf_counter()
    for hostile in ("why did " * 150_000, "when will " * 120_000, "pourquoi a " * 100_000, "\n" * 1_000_000):
        language_of(hostile, "en")
        reply(hostile, DOWN, HOUSE)
    assert time.perf_counter() - began < 2


def test_nothing_affected_is_refused() -> None:
    """There is no answer about nothing."""
    with pytest.raises(IncompleteFacts):
        reply("why", replace(DOWN, affected=()), HOUSE)
