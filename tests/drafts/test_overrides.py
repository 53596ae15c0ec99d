"""A company's own words are put over ours; what is wrong with them is named by its line; nothing they do runs on."""

import time
import tracemalloc

import pytest

from drafts.brief import brief
from drafts.facts import UpdateKind
from drafts.notice import write
from drafts.overrides import PHRASES, Flaw, templates, wording
from drafts.phrases import TEMPLATES
from drafts.rehearsal import rehearse
from drafts.sandbox import Broken
from tests.drafts.languages import CASES
from tests.drafts.samples import SENDING_DOWN, of_kind

FIRST = of_kind(SENDING_DOWN, UpdateKind.FIRST)
TITLE = "{% macro title(s) %}Outage: {{ s.things }}{% endmacro %}"


def flaws(text: str, name: str = "first.md.j2", language: str = "en") -> list[tuple[str, int, str]]:
    """Everything that is wrong with one file: where, and why."""
    files = {name: text}
    words, found = wording(language, files)
    return [(flaw.file, flaw.line, flaw.why) for flaw in (*found, *rehearse(words, files))]


def title(text: str) -> tuple[str, list[str]]:
    """What a first notice is called with this template, and why it is not, if it is not."""
    words, found = wording("en", {"first.md.j2": text})
    why = [flaw.why for flaw in found]
    notice = write(
        UpdateKind.FIRST, FIRST, {"en": words}, lambda language, broken: why.append(f"{language}: {broken.why}")
    )
    return notice.title, why


def test_one_macro_is_enough() -> None:
    """What a template does not have stays ours, and other kinds of message do as well."""
    words, found = wording("en", {"first.md.j2": TITLE})
    own, ours = write(UpdateKind.FIRST, FIRST, {"en": words}), write(UpdateKind.FIRST, FIRST)
    assert (own.title, own.body, own.short) == ("Outage: Sending email", ours.body, ours.short)
    assert not found
    assert rehearse(words, {"first.md.j2": TITLE}) == ()


@pytest.mark.parametrize("language", sorted(path.name for path in TEMPLATES.iterdir()))
def test_our_own_files_are_good_overrides(language: str) -> None:
    """Who begins with a copy of our files begins with words that are allowed, blameless, and the same."""
    files = {
        f"{name}.md.j2": (TEMPLATES / language / f"{name}.md.j2").read_text(encoding="utf-8") for name in templates()
    }
    files[PHRASES] = (TEMPLATES / language / PHRASES).read_text(encoding="utf-8").replace("locale", "# locale", 1)
    words, found = wording(language, files)
    assert found == ()
    assert rehearse(words, files) == ()
    broken: list[Broken] = []
    for kind, facts in (case for case in CASES.values() if case[1].language == language):
        assert write(kind, facts, {language: words}, lambda _, why: broken.append(why)) == write(kind, facts)
        assert brief(facts, {language: words}, lambda _, why: broken.append(why)) == brief(facts)
    assert broken == []


HOSTILE = {
    "a loop in loops": "{% for a in s.tell.zone.key %}{% endfor %}"
    + "{% for a in s.phrases.saw | list %}" * 4
    + "x"
    + "{% endfor %}" * 4,
    "a range": "{% for i in range(10**9) %}x{% endfor %}",
    "a long loop": "{% set l = 'x' | list %}{% for i in l %}{% do l.append('x') %}{% endfor %}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a macro that calls itself twice": "{% macro m() %}{{ m() ~ m() }}{% endmacro %}{{ m() }}",
    "a text that doubles": "{% set x = 'xxxxxxxxxx' %}" + "{% set x = x ~ x %}" * 60 + "{{ x }}",
    "a block that doubles": "{% set x = 'xxxxxxxxxx' %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60 + "{{ x }}",
    "lists in lists": "{% set x = ['a'] %}" + "{% set x = [x, x] %}" * 60 + "{{ x == x }}",
    "lists in appended lists": "{% set x = ['a'] %}{% do x.append(x) %}{{ x | join }}",
    "a power": "{{ 10 ** 10 ** 10 }}",
    "a product": "{{ 'x' * 10 ** 10 }}",
    "a format": "{{ '%1000000000d' % 1 }}",
    "a method of a text": "{{ 'x'.ljust(1000000000) }}",
    "a format method": "{{ '{:>1000000000}'.format(1) }}",
    "a format method by its name": "{{ '{:>1000000000}'['format'](1) }}",
    "a format of many": "{{ '{x:>1000000000}'.format_map(s) }}",
    "a method of a fault": "{{ s.hurts[0].fault.ljust(1000000000) }}",
    "a time's format": "{{ s.first_seen.strftime('%1000000000Y') }}",
    "a filter that widens": "{{ 'x' | center(1000000000) }}",
    "a join": "{% set x = 'xxxxxxxxxx' | list %}"
    + "{% set x = x | join('xxxxxxxxxx') | list %}" * 12
    + "{{ x | join }}",
    "the way out": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "the way out by a slot": "{{ s.tell.when.__globals__ }}",
    "the way out by a filter": "{{ s | attr('__class__') }}",
    "another file": "{% include '/etc/passwd' %}",
    "a file above": "{% import '../../../etc/passwd' as x %}",
    "itself": "{% include 'first.md.j2' %}",
    "a thing that is not": "{{ s.nothing.at.all }}",
    "a time without a zone": "{{ s.first_seen }}",
    "nothing at all": "",
    "too much": "x" * 300,
    "brackets": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "no end": "{% if s.things %}x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_hurts_nobody(name: str) -> None:
    """It ends soon and small, ours is said instead, and the reason is told."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        told, why = title("{% macro title(s) %}" + HOSTILE[name] + "{% endmacro %}")
        assert time.process_time() - begun < 2
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert told == "Sending email: not working"
    assert len(why) == 1


def test_what_runs_outside_of_macros_is_bounded_too() -> None:
    """A loop at the top of a file runs as it is opened, and costs as much as any other."""
    told, why = title("{% set l = ['x'] %}{% for i in l %}{% do l.append('x') %}{% endfor %}" + TITLE)
    assert (told, why) == ("Sending email: not working", ["takes more than 3,000 steps"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n{% macro title(s) %}{{ s.thing }}{% endmacro %}", (2, "there is no slot thing")),
        ("{% macro title(s) %}\n{% if x %}{% endmacro %}", (2, "Encountered unknown tag 'endmacro'.")),
        ("{% macro title(s) %}\n\n{{ thing }}{% endmacro %}", (3, "'thing' is undefined")),
        ("{% macro title(s) %}\n{{ 1 + 1 }}{% endmacro %}", (2, "a template does not reckon")),
        ("{% macro title(s) %}\n{% include 'x' %}{% endmacro %}", (2, "Include is nothing that a template")),
        ("\n{% import 'sentence.j2' as say %}", (2, "there is no sentence.j2 of ours to import")),
        ("{% macro titel(s) %}x{% endmacro %}", (0, "has no macro title, body, short, spoken, so it changes nothing")),
        ("{% macro title(s) %}\n{{ s.things }} will be back soon{% endmacro %}", (2, "T01, told as first: “soon”")),
        (
            "{% macro title(s) %}\n{{ s.things }} fails for 40 of you{% endmacro %}",
            (2, "the title of first says 40, which no fact holds"),
        ),
    ],
)
def test_flaws_of_templates_have_their_line(text: str, expected: tuple[int, str]) -> None:
    """Whoever wrote it finds the place, on whichever way through the template it stands."""
    found = flaws(text)
    assert any((line, why[: len(expected[1])]) == expected for _, line, why in found), found


@pytest.mark.parametrize(
    ("text", "key", "why"),
    [
        ('comna = ", "', ("comna",), 'we have no such phrase (did you mean "comma"?)'),
        ("comma = 1", ("comma",), "should be a text"),
        ('locale = "de"', ("locale",), "cannot be changed: what a language counts and dates like goes with it"),
        ('time = "{clock}"', ("time",), "should have {clock} and {zone}"),
        ('time = "{clock:>99999} {zone}"', ("time",), "has a brace that belongs to no slot: write {name}"),
        ('time = "{clock.__class__} {zone}"', ("time",), "has a brace that belongs to no slot: write {name}"),
        ('effect.http.dead = "x"', ("effect", "http", "dead"), "should be a list, like ours"),
        ('effect.http.dead = ["x"]', ("effect", "http", "dead"), "should be a list of 2 texts"),
        ('effect.http.dead = ["{host}", "x"]', ("effect", "http", "dead"), "can have no slot but {thing}"),
        ('effect.http.daed = ["a", "b"]', ("effect", "http", "daed"), 'we know no such fault (did you mean "dead"?)'),
        ('effect.htp.dead = ["a", "b"]', ("effect", "htp"), 'we have no such phrase (did you mean "http"?)'),
        ('state.dead = ["a", "b"]', ("state", "dead"), "should be a list of 3 texts"),
        ("then = []", ("then",), "should be a list of up to 100, each like ours"),
        ('saw.status = "{x}"', ("saw", "status"), "should have no slot in braces"),
        (f'comma = "{"x" * 401}"', ("comma",), "is longer than 400 letters"),
    ],
)
def test_flaws_of_phrases_have_their_key(text: str, key: tuple[str, ...], why: str) -> None:
    """A phrase that cannot be used is named, and ours stays."""
    words, found = wording("en", {PHRASES: text})
    assert found == (Flaw(PHRASES, 0, key, why),)
    assert write(UpdateKind.FIRST, FIRST, {"en": words}) == write(UpdateKind.FIRST, FIRST)


def test_phrases_are_put_over_ours_one_by_one() -> None:
    """One that can be used is, though another cannot, and though a template beside it cannot."""
    files = {PHRASES: 'state.dead = ["down", "partly down", "was down"]\nnope = 1', "first.md.j2": "{% if %}"}
    words, found = wording("en", files)
    assert write(UpdateKind.FIRST, FIRST, {"en": words}).title == "Sending email: down"
    assert {flaw.file for flaw in found} == set(files)


def test_phrases_are_held_against_the_rules() -> None:
    """A phrase that every notice would be blocked for is a flaw, on its line."""
    found = flaws('\n[effect.smtp]\ndead = ["your mail is back soon", "your mail was late"]', PHRASES)
    assert any((file, line) == (PHRASES, 3) and "T01" in why for file, line, why in found)


def test_not_toml_is_told_with_its_line() -> None:
    """A catalogue that cannot be read is ours as a whole."""
    ((file, line, why),) = flaws('comma = ", "\nor = ', PHRASES)
    assert (file, line) == (PHRASES, 2)
    assert why.startswith("not TOML")


def test_a_file_of_no_use_is_named() -> None:
    """A name that is nearly ours is asked back."""
    assert flaws(TITLE, "frist.md.j2") == [
        ("frist.md.j2", 0, 'nothing of ours has this name (did you mean "first.md.j2"?)')
    ]


def test_a_form_that_nobody_could_edit_is_ours() -> None:
    """A title of more than 200 letters could not be saved again, so it is not written."""
    assert title("{% macro title(s) %}" + "x" * 201 + "{% endmacro %}")[1] == [
        "en: its title has 201 letters, and should have from 1 to 200"
    ]


def test_the_brief_falls_back_as_well() -> None:
    """A brief whose template fails is told in our words, and says why."""
    words, _ = wording("en", {"brief.md.j2": "{% macro line(s) %}{{ s.first_seen }}{% endmacro %}"})
    why: list[str] = []
    assert brief(FIRST, {"en": words}, lambda _, broken: why.append(str(broken))) == brief(FIRST)
    assert why == ["brief.md.j2:1: only text and whole numbers can be said, and this is a time: write s.tell.when(…)"]
