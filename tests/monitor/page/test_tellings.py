"""What else the page tells: past days, what checks see, planned work, corrections, reviews, promises, languages."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from drafts.facts import Act, Affected, Correction, Facts, UpdateKind
from drafts.facts import Planned as Planning
from monitor.config import Component, Page
from monitor.ledger import calls, drafts, incidents
from monitor.ledger.history import History, micros
from monitor.ledger.rollup import Rollup, Scope
from monitor.ledger.tape import Tape
from monitor.models import ActKind, Call, CallState, Flip, Member, Signal, Stage, Why
from monitor.models.incident import WORK
from monitor.page.moment import Case, Moment, Planned, Post, Work
from monitor.page.pages import Pages
from monitor.page.setting import Setting
from monitor.page.theme import Theme
from monitor.verdict import Verdict
from tests.monitor.page.conftest import SETTING, Public
from tests.monitor.page.test_html import words
from tests.monitor.publish.story import COMPONENTS, NOON, notice

MINUTE_US = 60 * 1_000_000


def post(number: int, minute: int, **more: Any) -> Post:
    """One message, so many minutes after noon."""
    at = NOON + timedelta(minutes=minute)
    told = {"stage": Stage.INVESTIGATING, "title": f"title {number}", "body": f"body {number}", **more}
    return Post(number, published_at=at, next_update_at=None, approved_at=at, **told)


def shown(*cases: Case, setting: Setting = SETTING, minute: int = 60) -> Pages:
    """The page of these values, so many minutes after noon."""
    now = NOON + timedelta(minutes=minute)
    moment = Moment(setting, cases, now, NOON, setting.languages[0])
    return Pages(None, setting, lambda: now, None, 0, None, moment)  # type: ignore[arg-type] # it is never refreshed


def page(pages: Pages, path: str = "/") -> str:
    """What a reader hears."""
    return words(pages.answer(path).body.decode())


def api(pages: Pages, name: str) -> dict[str, Any]:
    """One answer for programs."""
    return json.loads(pages.answer(f"/api/v2/{name}.json").body)


def work(number: int, standing: Work, start: int, posts: Sequence[Post] = ()) -> Case:
    """Planned work of two hours on the website, from so many minutes after noon."""
    begin = NOON + timedelta(minutes=start)
    told = posts or (post(number * 10, 0, work=standing),)
    return Case(
        number, NOON, tuple(told), COMPONENTS[2:], total=False, planned=Planned(begin, begin + timedelta(hours=2))
    )


def test_planned_work_is_told_before_and_while_it_runs() -> None:
    """What runs stands on top with its times, what comes below; an idle page says that work is under way."""
    pages = shown(work(2, Work.IN_PROGRESS, 30), work(1, Work.SCHEDULED, 24 * 60))
    told = page(pages)
    assert "Planned work is under way." in told
    assert "title 20 From 3 March 2025, 13:30 CET to 15:30 CET Concerns Website" in told
    assert "Planned work title 10 From 4 March 2025, 13:00 CET to 15:00 CET" in told
    assert "Website Planned work under way" in told
    assert "No incident reported" in told  # of the other components


def test_planned_work_stands_in_the_api() -> None:
    """The three lists of Statuspage, with its words for where work stands, and the component under maintenance."""
    done = (
        post(32, 50, work=Work.COMPLETED, stage=Stage.RESOLVED),
        post(31, 20, work=Work.IN_PROGRESS),
        post(30, 0, work=Work.SCHEDULED),
    )
    pages = shown(work(3, Work.COMPLETED, 20, done), work(2, Work.IN_PROGRESS, 30), work(1, Work.SCHEDULED, 24 * 60))
    key = "scheduled_maintenances"
    assert [one["status"] for one in api(pages, "scheduled-maintenances")[key]] == [
        "completed",
        "in_progress",
        "scheduled",
    ]
    assert [one["status"] for one in api(pages, "scheduled-maintenances/upcoming")[key]] == ["scheduled"]
    assert [one["status"] for one in api(pages, "scheduled-maintenances/active")[key]] == ["in_progress"]
    assert [one["status"] for one in api(pages, "summary")[key]] == ["in_progress", "scheduled"]
    assert api(pages, "incidents")["incidents"] == []
    (whole, *_) = api(pages, "scheduled-maintenances")[key]
    assert [update["status"] for update in whole["incident_updates"]] == ["completed", "in_progress", "scheduled"]
    assert {
        name: whole[name] for name in ("impact", "scheduled_for", "scheduled_until", "started_at", "resolved_at")
    } == {
        "impact": "maintenance",
        "scheduled_for": "2025-03-03T12:20:00.000Z",
        "scheduled_until": "2025-03-03T14:20:00.000Z",
        "started_at": "2025-03-03T12:20:00.000Z",
        "resolved_at": "2025-03-03T12:50:00.000Z",
    }
    by_name = {one["name"]: one["status"] for one in api(pages, "components")["components"]}
    assert (by_name["Website"], by_name["Web"], by_name["Sending email"]) == ("under_maintenance",) * 2 + (
        "operational",
    )


def test_work_that_was_put_off_is_neither_to_come_nor_under_way() -> None:
    """It leaves the front, and says so in the history."""
    pages = shown(work(1, Work.PUT_OFF, 60))
    assert "No incident is reported." in page(pages)
    assert "title 10" not in page(pages)
    assert "Put off, no new time yet" in page(pages, "/history")
    assert api(pages, "scheduled-maintenances/upcoming")["scheduled_maintenances"] == []


def test_a_correction_stands_beside_what_it_corrects() -> None:
    """The wrong words stay as they were, and lead to the right ones; the incident does not open again."""
    wrong = post(1, 1)
    case = Case(
        7,
        NOON,
        (
            post(3, 50, corrects=wrong.approved_at, stage=Stage.RESOLVED, title="Correction: it was longer"),
            post(2, 40, stage=Stage.RESOLVED, title="It works"),
            wrong,
        ),
        COMPONENTS[:1],
        total=True,
    )
    pages = shown(case)
    told = page(pages, "/incidents/7")
    assert told.index("title 1") < told.index("Corrected 13:50 CET: Correction: it was longer") < told.index("body 1")
    assert told.count("Corrected") == 1
    assert "No incident is reported." in page(pages)
    assert "It works 3 March 2025, 13:40 CET" in page(pages)
    assert api(pages, "incidents")["incidents"][0]["resolved_at"] == "2025-03-03T12:40:00.000Z"


def test_a_false_alarm_takes_everything_back() -> None:
    """There was no outage, so each message from the first wrong one on leads to the retraction."""
    first = post(1, 1)
    retraction = post(3, 50, corrects=first.approved_at, retracts=True, stage=Stage.RESOLVED, title="A false alarm")
    pages = shown(Case(7, NOON, (retraction, post(2, 40), first), COMPONENTS[:1], total=True))
    assert page(pages, "/incidents/7").count("Corrected 13:50 CET: A false alarm") == 2
    assert "A false alarm 3 March 2025" in page(pages)


def test_the_review_closes_an_incidents_page() -> None:
    """It has a place of its own, the feeds carry it, and programs call it a postmortem."""
    review = post(3, 55, stage=Stage.RESOLVED, review=True, title="Review", body="**What happened.** A disk was full.")
    pages = shown(Case(7, NOON, (review, post(2, 40, stage=Stage.RESOLVED), post(1, 1)), COMPONENTS[:1], total=True))
    told = page(pages, "/incidents/7")
    assert told.count("A disk was full.") == 1
    assert told.index("body 1") < told.index("A disk was full.")
    assert '<section id="update-3"' in pages.answer("/incidents/7").body.decode()
    (incident,) = api(pages, "incidents")["incidents"]
    assert (incident["status"], incident["incident_updates"][0]["status"]) == ("postmortem", "postmortem")
    assert incident["resolved_at"] == "2025-03-03T12:40:00.000Z"


def test_each_language_has_its_pages() -> None:
    """Words of ours in theirs, a notice in theirs if it was told so and marked if not, and a way to every language."""
    told = post(2, 5, others={"de": ("Kein Versand", "**Sie können nicht senden.**")})
    setting = replace(SETTING, languages=("en", "de", "fr"))
    pages = shown(Case(7, NOON, (told, post(1, 1)), COMPONENTS[:1], total=True), setting=setting)
    german = pages.answer("/de").body.decode()
    assert '<html lang="de">' in german
    assert "Eine Störung ist offen." in german
    assert "Kein Versand" in german
    assert '<div class="words" lang="en"><p>body 1</p>' in german
    assert '<link rel="alternate" hreflang="fr" href="/fr">' in german
    assert 'href="/de/incidents/7"' in german
    assert '<link rel="alternate" hreflang="en" href="/incidents/7">' in pages.answer("/de/incidents/7").body.decode()
    assert "title 2" in page(pages)
    assert "Kein Versand" in pages.answer("/de/feed.atom").body.decode()
    assert pages.answer("/es").status == pages.answer("/en").status == pages.answer("/de/x").status == 404
    assert "An dieser Adresse ist nichts." in page(pages, "/de/x")


def test_only_one_language_has_no_switch() -> None:
    """There is nothing to choose."""
    assert "hreflang" not in shown().answer("/").body.decode()


def test_a_theme_is_served_from_here(tmp_path: Path) -> None:
    """Logo, colour, style and links; the style comes last, each file under an address of its own."""
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "own.css").write_text("h1 { color: teal; }")
    config = Page(
        logo=tmp_path / "logo.svg",
        style=tmp_path / "own.css",
        accent="#1f5f8b",
        links=[{"text": "Imprint", "url": "https://example.com/imprint"}],
    )
    pages = shown(setting=replace(SETTING, theme=Theme.of(config), links=config.links))
    html = pages.answer("/").body.decode()
    assert '<a href="https://example.com/imprint" rel="noreferrer">Imprint</a>' in html
    logo = html.partition('<img class="logo" src="')[2].partition('"')[0]
    assert pages.answer(logo).content_type == "image/svg+xml"
    own = html.rpartition('<link rel="stylesheet" href="')[2].partition('"')[0]
    style = pages.answer(own).body.decode()
    assert "--link: #1f5f8b" in style
    assert style.endswith("h1 { color: teal; }")


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("accent", "#ffff00", "cannot be read on #f7f6f3"),
        ("accent_dark", "#101010", "cannot be read on #141618"),
        ("accent", "teal", "should be a colour"),
        ("logo", Path("logo.gif"), "should end in .svg or .png"),
        ("style", Path("nowhere.css"), "cannot be read: no such file"),
        ("links", [{"text": "x", "url": "javascript:alert(1)"}], "should be a web address"),
    ],
)
def test_a_theme_that_would_not_do_is_refused(key: str, value: object, why: str) -> None:
    """With the config, in one sentence, before anybody sees it."""
    with pytest.raises(ValueError, match=why):
        Page(**{key: value})


def test_kept_promises_are_counted_by_month() -> None:
    """Only if switched on; a promise that is not due yet is not counted."""
    posts = (
        replace(post(3, 45, stage=Stage.RESOLVED), next_update_at=None),
        replace(post(2, 40), next_update_at=NOON + timedelta(minutes=60)),
        replace(post(1, 10), next_update_at=NOON + timedelta(minutes=30)),
    )
    late = Case(7, NOON, posts, COMPONENTS[:1], total=True)
    fresh = Case(
        8, NOON, (replace(post(4, 59), next_update_at=NOON + timedelta(hours=2)),), COMPONENTS[1:2], total=True
    )
    on = shown(fresh, late, setting=replace(SETTING, promises=True))
    assert "March 2025 1 of 2 34 minutes 0" in page(on, "/promises")
    assert 'href="/promises"' in on.answer("/").body.decode()
    assert shown(late).answer("/promises").status == 404


def test_a_badge_says_how_a_component_stands() -> None:
    """In words, as a picture that other pages may show; of nothing there is none."""
    pages = shown(Case(7, NOON, (post(1, 1),), COMPONENTS[:1], total=True))
    badge = pages.answer("/badge/send.svg")
    assert (badge.content_type, badge.shared) == ("image/svg+xml", True)
    assert "<title>Sending email: problem</title>" in badge.body.decode()
    assert "<title>Website: working</title>" in pages.answer("/badge/web.svg").body.decode()
    assert pages.answer("/badge/nothing.svg").status == 404


def test_history_has_a_page_for_each_month() -> None:
    """The newest months on one page, the others behind links that lead somewhere."""
    cases = []
    for number in range(6):
        at = NOON + timedelta(days=31 * (6 - number))
        cases.append(Case(9 - number, at, (replace(post(number, 0), published_at=at),), COMPONENTS[:1], total=True))
    pages = shown(*cases)
    told = page(pages, "/history")
    assert "Other months June 2025 1 May 2025 1 April 2025 1" in told
    assert "title 3" in page(pages, "/history/2025-06")
    assert "title 2" not in page(pages, "/history/2025-06")
    assert pages.answer("/history/2024-06").status == pages.answer("/history/2025-13").status == 404


async def test_past_days_come_from_the_rollup(public: Public, tmp_path: Path) -> None:
    """Looks in a real file become bars, an uptime and words; a component without looks has none."""
    path = tmp_path / "samples.db"
    path.touch()
    scope = Scope({"smtp": 600 * 1_000_000}, {"smtp": "send"}, SITE_ZONE)
    with closing(Tape(path)) as tape:
        begin = micros(NOON - timedelta(days=3))
        rows = [
            ("smtp", begin + minute * MINUTE_US, "failed" if 600 <= minute < 660 else "ok", None, 1, False, 600_000_000)
            for minute in range(0, 3 * 24 * 60, 5)
        ]
        rollup = Rollup(tape.connection, scope)
        tape.write(rows)
        rollup.note([row[1] for row in rows])
        while rollup.roll(every_us=1):
            pass
        public.history = History(tape, SITE_ZONE)
        public.setting = replace(SETTING, uptime=True)
        html = await public.read("/")
    told = words(html)
    assert "98.33\N{NO-BREAK SPACE}% uptime · known for 3 of 90 days" in html  # one bad hour of sixty
    assert "28 February 2025: down 1 hour" in told
    assert html.count('<svg class="bars"') == 1
    assert "yesterday" in told


async def test_what_checks_see_is_shown_as_a_measurement(public: Public) -> None:
    """With ``measurements`` only, and until there are words; that somebody was called is said if a call got through."""
    story = public.story
    incident = await story.incident("web")
    async with story.ledger.write() as s:
        seen = {"target": "site", "component_id": "web", "kind": "http", "at": NOON, "result": "{}"}
        s.add(Flip(before=Verdict.UP, after=Verdict.DOWN, **seen))
        await s.flush()
        await incidents.join(s, _member(incident))
        await incidents.confirm(s, incident, "site", NOON)

    async def front() -> str:
        return words(await public.read("/", minute=5))

    assert "our checks have failed" not in await front()
    public.setting = replace(SETTING, measures=True, targets={"web": 1})
    assert "Website: our checks have failed since 13:00 CET . No person has confirmed this yet." in await front()
    assert "No incident is reported." in await front()
    for state, told in (
        (CallState.FAILED, "No person has"),
        (CallState.DELIVERED, "A person has been called and has not yet"),
    ):
        async with story.ledger.write() as s:
            await calls.place(s, [_ring(incident, state)])
        assert f"since 13:00 CET . {told} confirmed this" in await front()
    public.setting = replace(SETTING, measures=True, targets={"web": 2})
    assert "some of our checks have failed" in await front()
    async with story.ledger.write() as s:
        await incidents.act(s, incident, story.person_id, ActKind.ACKNOWLEDGED, "", NOON)
    assert "A person is looking into it and has not yet published anything." in await front()
    await public.post(incident, "The website is down", minute=6)
    assert "checks have failed" not in await front()


def _ring(incident: int, state: CallState) -> Call:
    reached = NOON if state is CallState.DELIVERED else None
    words = {"title": "Website", "text": "Website is down", "link": "/incidents/1"}
    whom = {"person": "Ada Winter", "route": "phone", "at": NOON, "next_attempt_at": NOON, "delivered_at": reached}
    about = {"matter": f"incident:{incident}", "incident_id": incident, "why": Why.CONFIRMED, "signal": Signal.RING}
    return Call(key=state, state=state, **words, **whom, **about)


def _member(incident: int) -> Member:
    return Member(
        incident_id=incident,
        target="site",
        component_id="web",
        kind="http",
        reason="timeout",
        flip_id=1,
        first_failed_at=NOON,
    )


SITE_ZONE = UTC


def test_a_component_is_called_as_its_readers_call_it() -> None:
    """In a language for which the config has a name, on the page and in the sentences; else by the name it has."""
    german = Component(id="send", name="Sending email", translations={"de": {"name": "Mail senden"}})
    setting = replace(SETTING, languages=("en", "de", "fr"), components=(german, *COMPONENTS[1:]))
    case = Case(7, NOON, (post(1, 1),), (german,), total=True)
    pages = shown(case, setting=setting)
    assert "Mail senden Störung, wird untersucht" in page(pages, "/de")
    assert "Sending email Problème" in page(pages, "/fr")


async def test_corrections_and_reviews_come_from_the_record(public: Public) -> None:
    """A correction finds what it corrects by when that was approved; a review after the end is shown as one."""
    story = public.story
    incident = await story.incident("web")
    await public.post(incident, "The website is down", minute=5, promise=60)
    await public.post(incident, "The website worked again", minute=40, stage=Stage.RESOLVED)
    wrong = NOON + timedelta(minutes=5)
    truth = Act("Ada Winter", NOON + timedelta(minutes=50), ("act:1",), "it began at 11:50")
    facts = Facts("UTC", "en", NOON, None, (), ("flip:1",), correction=Correction("The website is down", wrong, truth))
    for minute, kind, said in (
        (50, UpdateKind.CORRECTION, "It began earlier"),
        (55, UpdateKind.REVIEW, "What we learned"),
    ):
        at = NOON + timedelta(minutes=minute)
        told = facts if kind is UpdateKind.CORRECTION else replace(facts, correction=None)
        async with story.ledger.write() as s:
            draft = await drafts.write(s, incident, kind, Stage.RESOLVED, "en", notice(said), told, at)
        await story.approve(draft.id, ["page"], at=at)
        await story.show(draft.id, at)
    told_now = words(await public.read("/incidents/1", minute=60))
    assert "The website is down Corrected 13:50 CET: It began earlier" in told_now
    assert told_now.index("The website is down") < told_now.index("Review 3 March 2025, 13:55 CET What we learned.")
    assert "No incident is reported." in words(await public.read("/", minute=60))


async def test_planned_work_comes_from_the_record(public: Public) -> None:
    """Announced, moved, begun and done, as the record has it: each word moves the work on, with the newest times."""
    story, begin = public.story, NOON + timedelta(minutes=30)
    async with story.ledger.write() as s:
        incident = (await incidents.begin(s, f"{WORK}new disks", NOON, Stage.SCHEDULED)).id
    part = Affected("Website", "", "planned", 0, 1, total=False, evidence=("config:new disks",))

    async def tell(minute: int, kind: UpdateKind, stage: Stage, planned: Planning) -> None:
        at = NOON + timedelta(minutes=minute)
        facts = Facts("UTC", "en", begin, None, (part,), ("config:new disks",), planned=planned)
        async with story.ledger.write() as s:
            draft = await drafts.write(s, incident, kind, stage, "en", notice(f"Work {kind}"), facts, at)
        await story.approve(draft.id, ["page"], at=at)
        await story.show(draft.id, at)

    work = Planning("new disks", begin, begin + timedelta(hours=1), ("config:new disks",))
    moved = replace(work, start=begin + timedelta(minutes=15), end=begin + timedelta(hours=2), told_start=begin)
    seen = []
    for minute, kind, stage, planned in (
        (1, UpdateKind.ANNOUNCED, Stage.SCHEDULED, work),
        (2, UpdateKind.POSTPONED, Stage.SCHEDULED, moved),
        (45, UpdateKind.BEGUN, Stage.IN_PROGRESS, moved),
        (100, UpdateKind.DONE, Stage.RESOLVED, moved),
    ):
        await tell(minute, kind, stage, planned)
        pages = await public.pages(minute + 1)
        (one,) = api(pages, "scheduled-maintenances")["scheduled_maintenances"]
        seen.append((one["status"], one["scheduled_for"][11:16], page(pages)))
    assert [(status, start) for status, start, _ in seen] == [
        ("scheduled", "12:30"),
        ("scheduled", "12:45"),
        ("in_progress", "12:45"),
        ("completed", "12:45"),
    ]
    assert "Planned work is under way." in seen[2][2]
    assert "No incident is reported." in seen[3][2]
    assert [each["name"] for each in one["components"]] == ["Website"]
