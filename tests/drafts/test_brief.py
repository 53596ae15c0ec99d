"""The support brief says what the Facts say, and names what nobody may promise."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts.brief import brief
from drafts.facts import Act, Facts, UpdateKind
from drafts.notice import IncompleteFacts
from tests.drafts.languages import LANGUAGES
from tests.drafts.samples import SENDING_DOWN, of_kind
from tests.drafts.test_notice import facts as any_facts
from tests.drafts.test_notice import numbers, without_names

DOWN = of_kind(SENDING_DOWN, UpdateKind.FIRST)


SAY = (
    "Say: You cannot send mail. Every check of Sending email has failed since 14:02 UTC on 22 November 2026"
    " (the server refuses the connection)."
)


def test_a_brief_before_the_first_notice() -> None:
    """Whoever answers the phone knows what to say, what not, and that nothing is public yet."""
    told = brief(replace(DOWN, working=()))
    assert told.lines == (
        SAY,
        "Known: Anna Kask took this up at 14:06 UTC.",
        "Not known: We do not know yet what caused this or when it will be fixed.",
        "Do not promise: a time when it will be fixed, a cause, that nothing was lost or a refund.",
        "Meanwhile: There is nothing yet that callers can do.",
        "Public so far: Nothing yet. The next word is due by 14:30 UTC. Updates: https://status.example.org",
    )
    assert told.waiting_line == (
        "Sending email: you cannot send mail. We know of it since 14:02 UTC on 22 November 2026."
        " The next news comes by 14:30 UTC."
    )


def test_what_a_human_said_may_be_said() -> None:
    """A cause and an estimate with a name behind them are no longer among what not to promise."""
    said = Act("Anna Kask", DOWN.since, ("act:2",), "a full disk")
    told = brief(replace(DOWN, cause=said, estimate=said, loss=said, amends=said))
    assert "Do not promise: anything beyond the words above." in told.lines
    assert not any(line.startswith("Not known") for line in told.lines)  # rather than "Not known:" and then nothing
    assert "What we know of lost data: “a full disk” (Anna Kask" in told.lines[1]
    assert "How we make it good: “a full disk” (Anna Kask" in told.lines[1]


def test_after_recovery() -> None:
    """Once it works again callers are told since when, and those for whom it does not are written down."""
    lines = brief(of_kind(SENDING_DOWN, UpdateKind.RECOVERY)).lines
    assert lines[0].startswith("Say: Sending email has passed our checks again since 14:47 UTC")
    assert "write down who, where and since when" in lines[2]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_in_every_language(language: str) -> None:
    """Each language has the six lines, and they differ from the English ones."""
    known = of_kind(LANGUAGES[language]["sending_down"], UpdateKind.FIRST)
    lines = brief(known).lines
    assert len(lines) == 6
    assert not set(lines) & set(brief(DOWN).lines)


@given(any_facts(), st.sampled_from(["en", *LANGUAGES]))
@settings(max_examples=200, deadline=None)
def test_nothing_is_invented_or_left_open(facts: Facts, language: str) -> None:
    """Every number comes from the Facts, and no line has an empty slot."""
    told = brief(replace(facts, language=language))
    for line in (*told.lines, told.waiting_line):
        assert not re.search(r"None|\{|\}|  |\(\)|\.\.|[ ,;:]\.|[.,;]{2}|,? ,|[:] ?$", line), line
        if language == "en":
            assert set(re.findall(r"\d+(?::\d+)?", without_names(line, facts))) <= numbers(facts)


def test_nothing_affected_is_refused() -> None:
    """There is no brief of nothing."""
    with pytest.raises(IncompleteFacts):
        brief(replace(DOWN, affected=()))
