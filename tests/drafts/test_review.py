"""A review looks back at what the record holds: nothing more, and nothing that is missing is passed over."""

import calendar
import re
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from drafts.facts import Facts, UpdateKind
from drafts.notice import write
from drafts.past import Action, Entry, Mistake, Override, Past, Turn
from drafts.promises import Promise
from tests.drafts.languages import LANGUAGES
from tests.drafts.pasts import pasts
from tests.drafts.samples import MAIL_AND_MAILBOX, SENDING_DOWN, of_kind
from tests.drafts.test_notice import MOMENTS, NAMES, forms, numbers, without_names

OVER = of_kind(SENDING_DOWN, UpdateKind.REVIEW)
MINUTE = timedelta(minutes=1)


@st.composite
def looked_back(draw: st.DrawFn) -> Facts:
    """An outage that is over, with any past that a record could hold."""
    since: datetime = draw(MOMENTS)
    later = st.integers(0, 4000).map(lambda minutes: since + minutes * MINUTE)
    return replace(
        OVER,
        since=since,
        last_good=None,
        recovered_at=draw(later),
        affected=tuple(replace(one, effect=None) for one in OVER.affected),
        acknowledged=None,
        said=(),
        signature=None,
        follow=None,
        past=draw(pasts(later, NAMES)),
    )


@given(looked_back())
@settings(max_examples=60, deadline=None)
def test_nothing_is_invented(facts: Facts) -> None:
    """Every number, time and name of a review comes from the record."""
    for form in forms(write(UpdateKind.REVIEW, facts)):
        told = without_names(form, facts).replace(OVER.affected[0].component, "it")
        assert set(re.findall(r"\d+(?::\d+)?", told)) <= numbers(facts)
        inside = re.findall(r"(?<![.:!?“…\u2013] )(?<!^)(?<!\n)(?<!“)(?<!\*)(?<!- )\b[A-Z]\w*", told)
        assert set(inside) <= {*calendar.month_name}


@given(looked_back(), st.sampled_from(["en", *LANGUAGES]))
@settings(max_examples=60, deadline=None)
def test_nothing_is_left_open(facts: Facts, language: str) -> None:
    """No form has an empty slot, a doubled mark or a doubled space, in any language."""
    notice = write(UpdateKind.REVIEW, replace(facts, language=language))
    assert len(notice.short) <= 280
    for form in forms(notice):
        assert not re.search(r"None|\{|\}|  |\(\)|\.\.|[ ,;]\.|[.,;]{2}|,? ,|[a-z]\.[A-Z]|“”|«»|„“", form), form


def told(past: Past) -> str:
    """The body of a review of this past."""
    return write(UpdateKind.REVIEW, replace(OVER, past=past)).body


def test_what_nobody_has_decided_is_said() -> None:
    """A gap is told as a gap, so that nobody takes silence for an answer."""
    body = told(Past(OVER.past.entries[:1]))
    for gap in (
        "We told you nothing while it lasted.",
        "Nobody here has noted that a customer told us first.",
        "We made no promise to write again.",
        "Nothing that we know of.",
        "Nobody has named anything yet.",
        "Nothing is decided yet.",
        "That is not decided yet.",
    ):
        assert gap in body


def test_a_broken_promise_is_told_with_its_times() -> None:
    """Who reads the review learns when we should have written, and when we did."""
    made = OVER.since
    late = Promise(made, made + 30 * MINUTE, made + 48 * MINUTE)
    body = told(replace(OVER.past, promises=(late,)))
    assert "and broke it. By 14:32 UTC we had promised to write, and wrote at 14:50 UTC." in body


def test_a_review_names_factors_and_no_culprits() -> None:
    """What made an outage possible is told without the name of whoever wrote it down."""
    facts = of_kind(MAIL_AND_MAILBOX, UpdateKind.REVIEW)
    body = write(UpdateKind.REVIEW, facts).body
    factors = body.partition("**What made it possible, or made it last.**")[2].partition("**What we do about it.**")[0]
    assert "nobody was called" in factors
    assert facts.past.factors[0].person not in factors


def test_hostile_words_stay_text() -> None:
    """No factor, follow-up, owner, reason or title can begin a mark, a link, a list or an element of its own."""
    wicked = "**x** <script>alert(1)</script> [a](javascript:b) `c` &lt; _f_\n\n# g\n- h"
    entry = Entry(OVER.since, Turn.PUBLISHED, ("act:1",), wicked, wicked)
    body = told(
        Past(
            (entry,),
            mistakes=(Mistake(wicked, OVER.since, wicked, wicked),),
            overrides=(Override(OVER.since, ("E02",), wicked, wicked),),
            factors=(entry,),
            actions=(Action(wicked, wicked, OVER.since.date()),),
        )
    )
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", body)
    assert not re.search(r"<(?!https://status)|`|\[|\n#|&lt", bare)
    assert len(re.findall(r"^- ", bare, re.MULTILINE)) == 5
