"""A notice says what its Facts say: nothing more, nothing less, and like a careful person."""

import calendar
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts.facts import Act, Affected, Correction, Facts, Planned, UpdateKind, Working
from drafts.markdown import plain
from drafts.notice import IncompleteFacts, Notice, write
from drafts.past import Past
from drafts.phrases import UnknownLanguage, phrases
from drafts.times import Teller
from probes.reason import Reason
from tests.drafts.languages import CASES
from tests.drafts.samples import GOLDEN, SENDING_DOWN, as_text, at, of_kind

EN = phrases("en")
MOMENTS = st.datetimes(datetime(2026, 2, 1), datetime(2027, 10, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
GAPS = st.timedeltas(timedelta(0), timedelta(days=3))
ZONES = st.sampled_from(["UTC", "Europe/Tallinn", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"])
FORWARD = [kind for kind in UpdateKind if kind is not UpdateKind.REVIEW]
"""What looks at the present; what looks back has tests of its own."""

NAMES = st.text("qxzQXZ", min_size=3, max_size=9)


@st.composite
def affected(draw: st.DrawFn) -> Affected:
    """One component of any kind that fails for any reason, in any extent."""
    targets = draw(st.integers(1, 97))
    return Affected(
        component=draw(NAMES),
        kind=draw(st.sampled_from(["http", "smtp", "imap", "tcp", "pop3"])),
        reason=draw(st.sampled_from([reason.value for reason in Reason])),
        failing=draw(st.integers(0, targets)),
        targets=targets,
        total=draw(st.booleans()),
        evidence=("flip:1",),
        workaround=draw(st.none() | NAMES),
    )


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Any Facts that a record could hold."""
    since = draw(MOMENTS)
    recovered_at = since + draw(GAPS)
    act = st.none() | st.builds(Act, NAMES, GAPS.map(lambda gap: since + gap), st.just(("act:1",)), NAMES | st.just(""))
    places = draw(st.integers(1, 9))
    plan = st.builds(
        lambda start, *rest: Planned(draw(NAMES), start, start, ("config:x",), *rest),
        *[GAPS.map(lambda gap: since + gap)] * 3,
        st.booleans(),
    )
    return Facts(
        timezone=draw(ZONES),
        language="en",
        since=since,
        last_good=draw(st.none() | GAPS.map(lambda gap: since - gap)),
        affected=tuple(draw(st.lists(affected(), min_size=1, max_size=3))),
        evidence=("flip:1",),
        working=tuple(Working(name, ("flip:2",)) for name in draw(st.lists(NAMES, max_size=9))),
        places=places,
        failing_places=draw(st.none() | st.integers(1, places)),
        silent_until=draw(st.none() | GAPS.map(lambda gap: since + gap)),
        planned=draw(plan),
        acknowledged=draw(act),
        cause=draw(act),
        estimate=draw(act),
        repair=draw(act),
        recovered_at=recovered_at,
        watch_until=recovered_at + draw(GAPS),
        next_update=recovered_at + draw(GAPS),
        signature=draw(st.none() | NAMES),
        correction=Correction(
            draw(NAMES),
            since + draw(GAPS),
            Act(draw(NAMES), since + draw(GAPS), ("act:2",), draw(NAMES)),
            whole=draw(st.booleans()),
        ),
        at=draw(st.none() | GAPS.map(lambda gap: since + gap)),
    )


def moments(facts: Facts) -> list[datetime]:
    """Every time that these Facts hold, as their readers see it."""
    acts = [facts.acknowledged, facts.cause, facts.estimate, facts.repair]
    times = [facts.since, facts.last_good, facts.recovered_at, facts.watch_until, facts.next_update, facts.at]
    times += [act.at for act in acts if act]
    plan = facts.planned
    times += [plan.start, plan.end, plan.told_start, plan.told_end] if plan else []
    times += [facts.correction.said_at, facts.correction.truth.at] if facts.correction else []
    times += past_moments(facts.past) if facts.past else []
    return [moment.astimezone(ZoneInfo(facts.timezone)) for moment in times if moment]


def past_moments(past: Past) -> list[datetime | None]:
    """Every time that a past holds."""
    said = [*past.entries, *past.overrides, past.customer_first]
    promised = [time for one in past.promises for time in (one.due_at, one.answered_at)]
    return [past.told_at, *(one.at for one in said if one), *(one.said_at for one in past.mistakes), *promised]


def numbers(facts: Facts) -> set[str]:
    """Every number and time that these Facts can account for."""
    local = moments(facts)
    found = {form for moment in local for form in (f"{moment:%H:%M}", str(moment.day), str(moment.year))}
    found |= {str(number) for one in facts.affected for number in (one.failing, one.targets)}
    found |= {str(facts.places), str(facts.failing_places), str(len(facts.working) - 4)}
    teller = Teller(ZoneInfo(facts.timezone), EN)
    if facts.past:
        days = [day for one in facts.past.actions for day in (one.due_on, one.done_on) if day]
        found |= {form for day in days for form in (str(day.day), str(day.year))}
        found |= {str(len(facts.past.promises)), str(len(facts.past.broken))}
    for end in (facts.at, facts.recovered_at, facts.silent_until, facts.past and facts.past.told_at):
        found |= set(re.findall(r"\d+", teller.lasted(facts.since, end))) if end else set()
    return found


def without_names(text: str, facts: Facts) -> str:
    """The text without zones and whatever people or the config named."""
    zones = {Teller(ZoneInfo(facts.timezone), EN).when(moment).split()[1] for moment in moments(facts)}
    text = re.sub("|".join(re.escape(zone) for zone in sorted(zones, key=len, reverse=True)), "", text)
    return re.sub("[qxzQXZ]{3,}", "it", text)


def forms(notice: Notice) -> tuple[str, ...]:
    """Every form of it as people read it."""
    return (notice.title, plain(notice.body), notice.short, notice.spoken)


@pytest.mark.parametrize("case", sorted(CASES))
def test_golden(case: str) -> None:
    """Each sample reads as it read when somebody last read it aloud."""
    assert as_text(write(*CASES[case])) == (GOLDEN / f"{case}.txt").read_text(encoding="utf-8")


def test_golden_texts_have_samples() -> None:
    """No golden text is left over from a sample that is gone."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


def test_no_two_alike() -> None:
    """Two outages that differ never give the same body."""
    bodies = [write(*case).body for case in CASES.values()]
    assert len(set(bodies)) == len(bodies)


@given(facts(), st.sampled_from(FORWARD))
@settings(max_examples=300, deadline=None)
def test_every_number_and_time_is_measured(facts: Facts, kind: UpdateKind) -> None:
    """Every number and every time in every form comes from the Facts."""
    for form in forms(write(kind, facts)):
        assert set(re.findall(r"\d+(?::\d+)?", without_names(form, facts))) <= numbers(facts)


@given(facts(), st.sampled_from(FORWARD))
@settings(max_examples=200, deadline=None)
def test_every_name_is_in_the_facts(facts: Facts, kind: UpdateKind) -> None:
    """A word with a capital inside a sentence is a month, "I", or a name out of the Facts."""
    for form in forms(write(kind, facts)):
        inside = re.findall(r"(?<![.:!?“…\u2013] )(?<!^)(?<!\n)(?<!“)\b[A-Z]\w*", without_names(form, facts))
        assert set(inside) <= {*calendar.month_name, "I"}


@given(facts(), st.sampled_from(FORWARD))
@settings(max_examples=200, deadline=None)
def test_nothing_is_left_open(facts: Facts, kind: UpdateKind) -> None:
    """No form has an empty slot, a doubled mark or a doubled space, and the short form fits a short message."""
    notice = write(kind, facts)
    assert len(notice.short) <= 280
    for form in forms(notice):
        assert form
        assert not re.search(r"None|\{|\}|  |\(\)|\.\.|[ ,;:]\.|[.,;]{2}|,? ,|[a-z]\.[A-Z]|“”", form), form


@given(facts())
@settings(max_examples=200, deadline=None)
def test_a_first_notice_is_neither_terse_nor_long(facts: Facts) -> None:
    """What no human has added to takes 25 to 80 words, in whatever way one component fails."""
    plain_facts = replace(
        facts,
        affected=facts.affected[:1],
        working=facts.working[:2],
        places=1,
        failing_places=None,
        silent_until=None,
        cause=None,
        estimate=None,
        repair=None,
    )
    noon = facts.since.replace(hour=12)
    today = replace(
        plain_facts,
        timezone="UTC",
        since=noon,
        last_good=facts.last_good and noon - timedelta(minutes=facts.since.minute),
        acknowledged=facts.acknowledged and Act("Anna Kask", noon, ("act:1",)),
        next_update=noon + timedelta(hours=1),
        follow="https://status.example.org",
    )
    assert 25 <= len(write(UpdateKind.FIRST, today).body.split()) <= 80


@given(facts(), st.sampled_from([UpdateKind.FIRST, UpdateKind.SCOPE, UpdateKind.NO_NEWS]))
@settings(max_examples=100, deadline=None)
def test_what_is_unknown_is_said(facts: Facts, kind: UpdateKind) -> None:
    """While nobody has named a cause, every notice says that it is not known."""
    assert "not know" in write(kind, replace(facts, cause=None)).body


def test_promise_and_last_good_time_are_told() -> None:
    """The first notice gives the first failed and the last good look, and the next time, each with its zone."""
    body = write(UpdateKind.FIRST, of_kind(SENDING_DOWN, UpdateKind.FIRST)).body
    assert "14:02 UTC on 22 November 2026" in body
    assert "14:01 UTC" in body
    assert "again by 14:30 UTC" in body


def test_company_words_win() -> None:
    """What a company says its customers cannot do is said, with its subject where it was left out."""
    own = replace(SENDING_DOWN.affected[0], effect="cannot send parcels")
    body = write(UpdateKind.FIRST, replace(SENDING_DOWN, affected=(own,))).body
    assert body.startswith("**You cannot send parcels.** ")


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_one_full_stop_is_enough(language: str) -> None:
    """A company's advice is often a whole sentence; quoted at the end of ours, it does not end twice."""
    hurt = replace(SENDING_DOWN.affected[0], workaround="Keep your mail in the outbox.")
    facts = replace(of_kind(SENDING_DOWN, UpdateKind.RESOLVED), language=language, affected=(hurt,))
    assert re.search(r"the outbox\s?[”“»]\.", write(UpdateKind.RESOLVED, facts).body)


def test_company_words_for_down_are_not_used_for_slow() -> None:
    """What works, only slowly, is not told in the words for what does not work."""
    slow = replace(SENDING_DOWN.affected[0], reason="latency")
    assert "cannot send" not in write(UpdateKind.FIRST, replace(SENDING_DOWN, affected=(slow,))).body


def test_nobody_is_working_on_it_unless_somebody_is() -> None:
    """Without an acknowledgement and checks a first notice claims no work."""
    body = write(UpdateKind.FIRST, replace(SENDING_DOWN, acknowledged=None)).body
    assert not re.search("took|work on|working|investigat|checked", body)


def test_late_admission() -> None:
    """A resolved notice of an outage of which nothing was said says so."""
    body = write(UpdateKind.RESOLVED, replace(SENDING_DOWN, next_update=None, said=())).body
    assert "You heard nothing from us while it lasted" in body


def test_a_late_first_notice_owns_its_silence() -> None:
    """Whoever speaks late says how long nothing was said, and that it was wrong; who speaks in time does not."""
    first = of_kind(SENDING_DOWN, UpdateKind.FIRST)
    late = write(UpdateKind.FIRST, replace(first, silent_until=at(22, 14, 32, 5)))
    assert "You heard nothing from us for over 30 minutes" in late.body
    assert "told you sooner" in late.short
    assert "silence" not in write(UpdateKind.FIRST, first).body


def test_a_number_that_was_invented_is_caught() -> None:
    """The test of numbers is worth something: a number that no fact holds does not pass it."""
    first = of_kind(SENDING_DOWN, UpdateKind.FIRST)
    invented = replace(write(UpdateKind.FIRST, first), short="About 40 of you cannot send mail since 14:02 UTC.")
    strange = [
        set(re.findall(r"\d+(?::\d+)?", without_names(form, first))) - numbers(first) for form in forms(invented)
    ]
    assert strange == [set(), set(), {"40"}, set()]


def test_hostile_names_stay_text() -> None:
    """No name, sentence or signature can begin a mark, a link or an element."""
    wicked = "**x** <script>alert(1)</script> [a](javascript:b) `c` ![d](e) &lt; _f_\n\n# g"
    act = Act(wicked, SENDING_DOWN.since, ("act:1",), wicked)
    hurt = replace(SENDING_DOWN.affected[0], component=wicked, effect=f"you {wicked}", workaround=wicked)
    body = write(
        UpdateKind.FIRST,
        replace(SENDING_DOWN, affected=(hurt,), acknowledged=act, cause=act, signature=wicked, follow=wicked),
    ).body
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", body)
    assert bare.count("**") == 2
    assert not re.search(r"[<>`\[\]]|\n#|&lt", bare)


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (UpdateKind.FIRST, {"affected": ()}),
        (UpdateKind.FIRST, {"next_update": None}),
        (UpdateKind.NO_NEWS, {"next_update": None}),
        (UpdateKind.RECOVERY, {"recovered_at": None}),
        (UpdateKind.RESOLVED, {"recovered_at": None}),
        (UpdateKind.CORRECTION, {"correction": None}),
        (UpdateKind.REVIEW, {"past": None, "resolved_at": SENDING_DOWN.watch_until}),
        (UpdateKind.ANNOUNCED, {"planned": None}),
        (UpdateKind.DONE, {"planned": None}),
    ],
)
def test_incomplete_facts(kind: UpdateKind, missing: dict[str, None]) -> None:
    """A slot that cannot be empty is refused by name rather than papered over."""
    with pytest.raises(IncompleteFacts, match=r"^a .*notice "):
        write(kind, replace(SENDING_DOWN, **missing))


def test_unknown_language() -> None:
    """A language without a catalogue is refused by name."""
    with pytest.raises(UnknownLanguage, match="'tlh'"):
        write(UpdateKind.FIRST, replace(SENDING_DOWN, language="tlh"))


def test_the_moment_is_no_fact() -> None:
    """Time that merely passes does not make facts look changed, and a fact that changes does."""
    assert SENDING_DOWN.sha256() == replace(SENDING_DOWN, at=at(23, 1, 1)).sha256()
    assert SENDING_DOWN.sha256() != replace(SENDING_DOWN, places=2).sha256()


def test_long_names_leave_the_promise_whole() -> None:
    """A short form that must be cut is cut in its names; the promised time stays."""
    hurt = replace(SENDING_DOWN.affected[0], component="Mail " * 60)
    short = write(UpdateKind.FIRST, replace(SENDING_DOWN, affected=(hurt,))).short
    assert len(short) <= 280
    assert short.endswith("We will write again by 14:30 UTC.")


def test_rendering_is_quick() -> None:
    """Writing one notice takes less than 5 ms of our own time, however busy the machine is."""
    write(UpdateKind.FIRST, SENDING_DOWN)
    began = time.process_time()
    for _ in range(50):
        write(UpdateKind.FIRST, SENDING_DOWN)
    assert (time.process_time() - began) / 50 < 0.005
