"""Each rule of honesty finds the text that breaks it, leaves the one that does not, and says what to write instead."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from drafts.facts import Act, Affected, Checked, Facts, Said, UpdateKind
from drafts.honesty import RULES, Circumstances, Finding, Level, Rule, Stage, check, stage_of
from drafts.notice import write
from tests.drafts.languages import CASES
from tests.drafts.samples import SENDING_DOWN, at, of_kind
from tests.drafts.test_notice import facts as any_facts

DOCUMENT = (Path(__file__).parents[2] / "docs" / "notices.md").read_text(encoding="utf-8").splitlines()
FIRST, UPDATE, RESOLVED = Stage.FIRST, Stage.UPDATE, Stage.RESOLVED
POSTED = at(22, 14, 10)
TITLE = "Sending email: not working"
DOWN = of_kind(SENDING_DOWN, UpdateKind.FIRST)
PART = replace(DOWN, affected=(replace(DOWN.affected[0], failing=1, targets=3, total=False),))
OVER = of_kind(SENDING_DOWN, UpdateKind.RESOLVED)
WEB = replace(DOWN, affected=(replace(DOWN.affected[0], kind="http", reason="status"),))


def ids(text: str, stage: Stage, facts: Facts | None = None, title: str = TITLE) -> set[str]:
    """The rules that a text breaks."""
    return {finding.rule for finding in check(title, text, stage, POSTED, facts)}


# rule, stage, a text that breaks it, a text that does not
WITHOUT_FACTS = [
    ("K02", UPDATE, "We have identified the issue.", "We have identified the cause: a full disk."),
    ("K03", UPDATE, "This is covered by Examplecloud.", "Mail is delayed; Examplecloud reports errors too."),
    ("K03", UPDATE, "They are applying a fix.", "We moved mail to another provider at 14:20 UTC."),
    ("K04", UPDATE, "Sadly this is out of our hands.", "We have asked the carrier, and route round it meanwhile."),
    ("K05", UPDATE, "Mail will be restored by 16:00 UTC.", "Anna Kask expects mail to work by 16:00 UTC."),
    ("K06", RESOLVED, "Mail should be working.", "Mail has passed every check since 14:47 UTC."),
    (
        "K07",
        UPDATE,
        "It may perhaps be that some mail is possibly late.",
        "Mail may be late. We do not know yet how late.",
    ),
    (
        "K09",
        FIRST,
        "You cannot send mail. We are investigating.",
        "You cannot send mail. We are investigating, and do not know the cause.",
    ),
    ("T01", UPDATE, "Mail will be back soon.", "Mail was back soon after 14:40 UTC."),
    ("T01", UPDATE, "We will write again shortly.", "We will write again by 15:00 UTC."),
    ("T02", FIRST, "You cannot send mail.", "You cannot send mail. Next update: 14:40 UTC."),
    ("T02", UPDATE, "You cannot send mail.", "You cannot send mail. We post again within 30 minutes."),
    ("T03", UPDATE, "We will write again by 16:00 UTC.", "We will write again by 15:10 UTC."),
    ("T03", UPDATE, "We will write again by 14:00 UTC.", "We will write again by 14:30 UTC."),
    ("T03", UPDATE, "We will write again by 14:30.", "We will write again by 14:30 UTC."),
    ("T03", UPDATE, "We will update you in 2 hours.", "We will update you within an hour."),
    ("T04", FIRST, "You cannot send mail since 2:02 PM.", "You cannot send mail since 14:02 UTC."),
    ("T04", FIRST, "It failed between 22:02 and 23:09.", "It failed between 22:02 and 23:09 UTC."),
    ("T05", FIRST, "You cannot send mail since this morning.", "Since this morning, 08:12 UTC, you cannot send mail."),
    ("T06", UPDATE, "It began on 22 November.", "It began on 22 November 2026."),
    ("T06", UPDATE, "It began on March 3rd.", "It began on March 3rd, 2026."),
    ("E01", FIRST, "There is an outage of the mail system.", "You cannot send mail."),
    ("E02", FIRST, "You cannot send mail.", "You cannot send mail " + "through our server in Tallinn " * 4),
    ("E03", UPDATE, "The issue has been identified and a fix is in progress.", "We restarted the mail server twice."),
    ("E03", RESOLVED, "Everything is back to normal.", "We replaced the full disk of the mail server."),
    ("E04", UPDATE, "We apologise for any inconvenience.", "We are sorry that you could not send mail."),
    ("E05", UPDATE, "Thank you for your patience.", "Thank you for the reports that you sent."),
    ("E06", UPDATE, "We are working hard on it.", "We restarted the server at 14:20 UTC."),
    ("E07", FIRST, "We are aware of an issue.", "You cannot send mail because of this issue."),
    ("E07", UPDATE, "Out of an abundance of caution we closed it.", "We closed it, fearing that mail is lost."),
    ("E08", UPDATE, "We are sorry.", "We are sorry that you could not send mail for 45 minutes."),
    ("E10", UPDATE, "The host mx-7.internal at 10.0.0.7 fails.", "The server mail.example.org fails."),
    ("E11", RESOLVED, "The issue has been resolved.", "We restarted the server."),
    ("E12", UPDATE, "word " * 26, "word " * 25),
    ("E13", FIRST, "word " * 81, "word " * 80),
    ("E14", UPDATE, "Our world-class platform is back.", "The platform is back."),
    ("E15", FIRST, "Mail fails since {{ since }}.", "Mail fails since 14:02 UTC."),
    ("E15", FIRST, "Mail fails since TBD.", "Mail fails since 14:02 UTC."),
    ("E15", FIRST, "Mail fails, says [insert name].", "Mail fails, says [our page](https://example.org)."),
    ("M10", RESOLVED, "We are working on it.", "We worked on it until 14:47 UTC."),
]

SAID = (Said(UpdateKind.FIRST, POSTED, TITLE, "1 of our 3 checks of Sending email has failed. You cannot send mail."),)
ACTED = Act("Anna Kask", POSTED, ("act:1",), "words")

# rule, stage, facts, a text that lies about them, a text that does not
WITH_FACTS = [
    ("M01", UPDATE, DOWN, "Sending email is fixed.", "Sending email will be fixed; we do not know when."),
    ("M01", UPDATE, OVER, None, "Sending email is back to normal."),
    (
        "M01",
        UPDATE,
        DOWN,
        "Sending email works again.",
        "Sending email fails; it goes out as soon as that works again.",
    ),
    ("M02", UPDATE, DOWN, "Sending email is slow.", "Sending email does not work."),
    ("M02", UPDATE, PART, None, "Sending email is slow."),
    ("M03", UPDATE, PART, "Some checks of Sending email fail.", "Some (1 of 3) checks of Sending email fail."),
    ("M03", UPDATE, PART, "2 of 3 checks of Sending email fail.", "1 of 3 checks of Sending email fails."),
    ("M04", UPDATE, DOWN, "Sending email fails; no data was lost.", "Sending email fails. Website is not affected."),
    ("M05", UPDATE, DOWN, "Website is failing, and Sending email.", "Sending email is failing; Website works."),
    ("M05", UPDATE, DOWN, "You cannot do it.", "You cannot use Sending email."),
    ("M06", UPDATE, DOWN, "Sending email fails since 14:40 UTC.", "Sending email fails since 14:02 UTC."),
    ("M06", UPDATE, DOWN, "Sending email fails since 02:02 UTC.", "Sending email fails since 14:01 UTC."),
    ("M06", UPDATE, DOWN, "Sending email: since 22 November 2027.", "Sending email: since 22 November 2026."),
    ("M06b", UPDATE, DOWN, "Sending email: since 20 November 2026.", "Sending email: since 22 November 2026."),
    ("M07", UPDATE, DOWN, "Sending email fails since 14:07 UTC.", "Sending email fails since 14:04 UTC."),
    (
        "M08",
        UPDATE,
        replace(DOWN, said=SAID),
        "3 of our 3 checks of Sending email have failed.",
        "Correction: 3 of our 3 checks of Sending email have failed.",
    ),
    ("M09", UPDATE, DOWN, "You cannot send mail.", "You cannot use Sending email."),
    ("K01", UPDATE, DOWN, "It fails due to a full disk.", "We suspect that it fails due to a full disk."),
    ("K01", UPDATE, replace(DOWN, cause=ACTED), None, "It fails due to a full disk."),
    ("K05", UPDATE, DOWN, "It will be fixed by 16:00 UTC.", "We do not know when it will be fixed."),
    ("K05", UPDATE, replace(DOWN, estimate=ACTED), None, "It will be fixed by 16:00 UTC."),
    ("K08", FIRST, replace(DOWN, acknowledged=None), "We are working on it.", "You cannot send mail."),
    ("K08", FIRST, DOWN, "About 2 % of customers cannot send mail.", "We are working on it."),
    ("K08", FIRST, DOWN, "We have checked the disks.", "You cannot send mail."),
    (
        "K08",
        FIRST,
        replace(DOWN, checked=(Checked("the disks", "they have room", ("act:2",)),)),
        None,
        "We have checked the disks.",
    ),
    ("K09", FIRST, DOWN, "You cannot send mail.", "You cannot send mail; the cause is not known."),
    ("T02", FIRST, DOWN, "You cannot send mail.", "You cannot send mail. We will write again by 14:40 UTC."),
    ("T07", UPDATE, replace(DOWN, said=SAID), SAID[0].body, "At 15:00 UTC nothing had changed."),
    ("E09", UPDATE, replace(DOWN, at=at(22, 14, 50)), "Oops, no mail.", "No mail."),
    ("E09", UPDATE, DOWN, None, "Oops, no mail."),
    ("C01", UPDATE, DOWN, "Please write to us.", "Please call us."),
    ("C01", UPDATE, DOWN, "Reply to this message.", "We wrote to the carrier."),
    ("C01", UPDATE, WEB, "See our website for news.", "You cannot open our website. Call us, or write to us."),
    ("C01", UPDATE, OVER, None, "Please write to us."),
]

DEAD = Circumstances(dead=("help@example.org", "+49 30 901-820", "www.example.org"))

# rule, stage, circumstances, a text that breaks it, a text that does not
IN_CIRCUMSTANCES = [
    ("C01", UPDATE, DEAD, "Help: help@example.org.", "Help: help@example.org.uk or xhelp@example.org."),
    ("C01", UPDATE, DEAD, "Call +49 (30) 901820 now.", "Call +49 30 901821 now."),
    ("C01", UPDATE, DEAD, "News: <https://www.example.org/news>", "News: <https://status.example.org/news>"),
    ("C01", UPDATE, DEAD, "Go to www.example.org.", "You cannot open www.example.org."),
    ("C01", UPDATE, DEAD, "Go to www.example.org/a.", "Go to www.example.org:8480/a."),
    ("C02", FIRST, Circumstances(unbriefed=True), "You cannot send mail.", None),
    ("C02", FIRST, Circumstances(), None, "You cannot send mail."),
    ("C04", UPDATE, Circumstances(alone=True), "Personal data was not stolen.", "The disk was full."),
    ("C04", UPDATE, Circumstances(), None, "Personal data was not stolen."),
    ("C05", RESOLVED, Circumstances(amends_open=True), "Mail works.", None),
    ("C05", UPDATE, Circumstances(amends_open=True), None, "Mail works."),
    ("C05", RESOLVED, Circumstances(), None, "Mail works."),
]
GRAVE = [
    ("de", "Personenbezogene Daten sind abgeflossen.", "Die Festplatte war voll."),
    ("fr", "Des données personnelles ont été volées.", "Le disque était plein."),
    ("es", "Se robaron datos personales.", "El disco estaba lleno."),
]
BY_MAIL = [
    ("de", "Bitte schreiben Sie uns.", "Wir schreiben wieder bis 14:40 Uhr UTC."),
    ("fr", "Écrivez-nous.", "Nous écrirons avant 14:40 UTC."),
    ("es", "Escríbanos.", "Escribiremos antes de las 14:40 UTC."),
]


@pytest.mark.parametrize(("rule", "stage", "circumstances", "poor", "good"), IN_CIRCUMSTANCES)
def test_rule_in_circumstances(
    rule: str, stage: Stage, circumstances: Circumstances, poor: str | None, good: str | None
) -> None:
    """The rule is found in the one text and not in the other, as it would go out now."""
    for text, broken in ((poor, True), (good, False)):
        found = {one.rule for one in check(TITLE, text or "", stage, POSTED, DOWN, circumstances=circumstances)}
        assert text is None or (rule in found) is broken, text


@pytest.mark.parametrize(("rule", "cases"), [("C04", GRAVE), ("C01", BY_MAIL)])
def test_channels_and_people_abroad(rule: str, cases: list[tuple[str, str, str]]) -> None:
    """What may do harm, and a way that fails, are known by their words in every language."""
    for language, poor, good in cases:
        facts = replace(DOWN, language=language)
        for text, broken in ((poor, True), (good, False)):
            found = check(TITLE, text, UPDATE, POSTED, facts, circumstances=Circumstances(alone=True))
            assert (rule in {one.rule for one in found}) is broken, text


def test_the_circumstances_of_a_message_are_told_once() -> None:
    """A further language is asked about its words only."""
    everything = Circumstances(dead=("a@b.example",), unbriefed=True, alone=True, amends_open=True)
    assert everything.of_words() == Circumstances(dead=everything.dead, alone=True)


@pytest.mark.parametrize(("rule", "stage", "poor", "good"), WITHOUT_FACTS)
def test_rule_on_any_text(rule: str, stage: Stage, poor: str, good: str) -> None:
    """The rule is found in the one text and not in the other."""
    assert rule in ids(poor, stage, title="Mail")
    assert rule not in ids(good, stage, title="Mail")


@pytest.mark.parametrize(("rule", "stage", "known", "lie", "truth"), WITH_FACTS)
def test_rule_against_facts(rule: str, stage: Stage, known: Facts, lie: str | None, truth: str) -> None:
    """The rule is found in the text that lies about these facts and not in the one that does not."""
    title = "Sending email" if rule == "M09" else "Mail"
    known = replace(known, at=known.at if rule == "E09" and lie else POSTED)
    assert lie is None or rule in ids(lie, stage, known, title)
    assert rule not in ids(truth, stage, known, title)


def test_every_rule_has_a_case() -> None:
    """No rule stands untried."""
    tried = {case[0] for case in (*WITHOUT_FACTS, *WITH_FACTS, *IN_CIRCUMSTANCES)}
    assert {rule.id for rule in RULES} == tried


@pytest.mark.parametrize("case", sorted(CASES))
def test_our_own_notices_pass(case: str) -> None:
    """Nothing that we write ourselves would be blocked or warned of, with its facts or without."""
    kind, known = CASES[case]
    notice = write(kind, known)
    posted_at = (known.next_update or at(28, 0, 0)) - timedelta(minutes=1)
    for facts in (None, known):
        found = check(notice.title, notice.body, stage_of(kind, known), posted_at, facts, language=known.language)
        assert [finding for finding in found if finding.level is not Level.INFORM] == []


@given(any_facts())
@settings(max_examples=150, deadline=None)
def test_no_first_notice_of_ours_is_blocked(facts: Facts) -> None:
    """Whatever is measured, the first notice that we write of it may be approved."""
    posted_at = max(moment for moment in (facts.since, facts.acknowledged and facts.acknowledged.at) if moment)
    quiet = replace(facts, cause=None, estimate=None, repair=None, next_update=posted_at + timedelta(minutes=30))
    if facts.acknowledged:
        quiet = replace(quiet, acknowledged=replace(facts.acknowledged, words=""))
    told = replace(quiet, recovered_at=None, watch_until=None)
    notice = write(UpdateKind.FIRST, told)
    found = check(notice.title, notice.body, FIRST, posted_at, told)
    assert [finding for finding in found if finding.level is Level.BLOCK] == []


def test_hard_words_are_hard_even_in_short_sentences() -> None:
    """The reading grade counts syllables too; plain words, names and times of a notice stay far below twelve."""
    heavy = "Availability deteriorated considerably. Investigators are continuously evaluating infrastructure. "
    plain = "You cannot send mail since 14:02 UTC. Mail to you still comes in. We do not know why, nor how long. "
    grades = [one.words for one in check("", heavy * 4, UPDATE, POSTED, None) if one.rule == "E12"]
    assert grades == [heavy * 4]
    assert "E12" not in ids(plain * 3, UPDATE)
    assert "E12" not in {one.rule for one in check("", heavy * 4, UPDATE, POSTED, None, language="fr")}


def test_a_finding_says_everything() -> None:
    """A finding has the rule, its level, the very words with their place, the reason, and what to write instead."""
    body = "You cannot send mail. It will be back soon."
    [finding] = [one for one in check(TITLE, body, UPDATE, POSTED, None) if one.rule == "T01"]
    assert finding == Finding(
        rule="T01",
        level=Level.BLOCK,
        start=38,
        end=42,
        words="soon",
        why="“Soon” is a different time for everybody who waits.",
        instead="Give the time, with its zone; or say that you do not know when, and when you will write again.",
    )
    assert body[finding.start : finding.end] == finding.words


def test_a_finding_in_the_title_says_so() -> None:
    """Words of the title are placed in the title."""
    [finding] = [one for one in check("Back soon", "Mail fails.", UPDATE, POSTED, None) if one.rule == "T01"]
    assert (finding.part, finding.start, finding.words) == ("title", 5, "soon")


def test_less_is_asked_of_a_stranger() -> None:
    """Without facts nobody knows whether a next word is owed: what blocks ours only informs."""
    text = "You cannot send mail. We are investigating it."
    levels = {
        facts is None: {one.rule: one.level for one in check(TITLE, text, FIRST, POSTED, facts)}
        for facts in (None, DOWN)
    }
    assert (levels[True]["T02"], levels[True]["K09"]) == (Level.INFORM, Level.INFORM)
    assert (levels[False]["T02"], levels[False]["K09"]) == (Level.BLOCK, Level.BLOCK)


def test_a_promise_in_the_readers_zone() -> None:
    """A promise is judged in the zone that the readers live in."""
    berlin = replace(DOWN, timezone="Europe/Berlin")
    assert "T03" not in ids("We will write again by 15:40 CET.", UPDATE, berlin)
    assert "T03" in ids("We will write again by 14:40 CET.", UPDATE, berlin)


def test_a_component_that_joined_later_began_later() -> None:
    """The time of a component that began to fail later is no lie."""
    later = Affected(
        "Website", "http", "status", failing=1, targets=1, total=True, evidence=("f",), since=at(22, 14, 8)
    )
    both = replace(DOWN, affected=(*DOWN.affected, later), working=())
    assert "M07" not in ids("Sending email fails since 14:02 UTC, Website fails since 14:08 UTC.", UPDATE, both)


def test_addresses_are_not_words() -> None:
    """Nothing is held against the letters of an address."""
    assert "T01" not in ids("See https://example.org/soon/any-inconvenience for the log of 14:02 UTC.", UPDATE)


@pytest.mark.parametrize(
    "hostile",
    [
        "a",
        "(",
        ".",
        "\\",
        "{{",
        "<insert",
        " ",
        "https://",
        "14:",
        "0:0 ",
        "a.",
        "4",
        "no a ",
        "high a ",
        "a\n",
        "soon\t",
    ],
)
def test_no_text_holds_the_rules_up(hostile: str) -> None:
    """A megabyte of anything is read in less than a second."""
    began = time.process_time()  # a busy machine is no fault of the text
    check(hostile * 1000, hostile * (1_000_000 // len(hostile)), FIRST, datetime.now(UTC), DOWN)
    assert time.process_time() - began < 1


def test_a_language_without_words_finds_nothing_by_words() -> None:
    """Where we have no words of a language, no phrase of another is held against a text."""
    assert "T01" not in {one.rule for one in check(TITLE, "bald und soon", UPDATE, POSTED, None, language="xx")}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_explained(rule: Rule) -> None:
    """Each rule stands in the document, in its own words."""
    row = f"| {rule.why} | {rule.instead} |"
    assert any(line.startswith(f"| {rule.id} | {rule.level.value}") and row in line for line in DOCUMENT)
