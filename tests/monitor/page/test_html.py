"""What a reader finds on the pages."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from monitor.models import Stage
from tests.monitor.page.conftest import Public
from tests.monitor.publish.story import NOON, notice


def words(page: str) -> str:
    """The page as it is read out: its text, in one line."""
    heard: list[str] = []
    parser = HTMLParser()
    parser.handle_data = heard.append
    parser.feed(page)
    return " ".join(" ".join(heard).split())


async def test_a_quiet_page_says_what_it_knows(public: Public) -> None:
    """With nothing published it says just that, as of when, for every component by its group."""
    page = words(await public.read("/"))
    assert "No incident is reported. As of 3 March 2025, 13:00 CET ." in page
    assert page.count("No incident reported") == 3
    assert page.index("Sending email") < page.index("Reading email") < page.index("Web ") < page.index("Website")
    assert "Resolved in the last two weeks Nothing." in page


async def test_an_open_incident_comes_first_with_the_newest_word_on_top(public: Public) -> None:
    """Its title, its promise, and all its updates with their stage and time."""
    incident = await public.story.incident("send")
    await public.post(incident, "You cannot send mail", minute=6, promise=30)
    await public.post(incident, "Still no mail out", minute=28, stage=Stage.IDENTIFIED, promise=60)
    page = words(await public.read("/", minute=40))
    assert "One incident is open." in page
    assert "Still no mail out We will write again by 14:00 CET ." in page
    newest, oldest = page.index("3 March 2025, 13:28 CET"), page.index("3 March 2025, 13:06 CET")
    assert page.index("We will write again") < newest < oldest < page.index("Services")
    assert "Sending email Problem, cause found" in page
    assert "Reading email No incident reported" in page


@pytest.mark.parametrize(
    ("minute", "said"),
    [
        (30, "We will write again by 13:30 CET ."),
        (31, "We are 1 minute late. We promised to write again by 13:30 CET ; it is 13:31 CET."),
        (95, "We are 1 hour 5 minutes late."),
        (24 * 60, "We promised to write again by 3 March 2025, 13:30 CET ;"),
    ],
)
async def test_a_broken_promise_is_told_by_the_minute(public: Public, minute: int, said: str) -> None:
    """The page counts how late we are, so that no reader has to."""
    await public.post(await public.story.incident(), "You cannot send mail", minute=6, promise=30)
    for path in ("/", "/incidents/1"):
        assert said in words(await public.read(path, minute))


async def test_under_watch_is_not_resolved(public: Public) -> None:
    """After a recovery notice the component works again, under watch, and the incident stays open."""
    incident = await public.story.incident("read")
    await public.post(incident, "Mailboxes do not open", minute=6)
    await public.post(incident, "Mailboxes open again", minute=20, stage=Stage.MONITORING, promise=35)
    page = words(await public.read("/", minute=21))
    assert "Working again, and under watch." in page
    assert "Reading email Working again, under watch" in page


async def test_a_resolved_incident_leaves_the_front_and_stays_in_the_history(public: Public) -> None:
    """For two weeks the front page lists it; its own page and the history keep it for good."""
    incident = await public.story.incident("web")
    await public.post(incident, "The website is down", minute=5, promise=60)
    await public.post(incident, "The website worked again after an hour", minute=65, stage=Stage.RESOLVED)
    soon, later = words(await public.read("/", minute=70)), words(await public.read("/", minute=70 + 15 * 24 * 60))
    assert "No incident is reported." in soon
    assert "Website No incident reported" in soon
    assert "The website worked again after an hour 3 March 2025, 14:05 CET" in soon
    assert "Nothing." in later
    own = words(await public.read("/incidents/1"))
    assert "First told 3 March 2025, 13:05 CET , resolved 3 March 2025, 14:05 CET ." in own
    assert "The website is down" in own
    past = words(await public.read("/history"))
    assert "March 2025 The website worked again after an hour 3 March 2025, 13:05 CET · Resolved · 2 updates" in past


async def test_history_goes_by_month(public: Public) -> None:
    """The newest month first, each month once, an open incident among the rest."""
    for month, cause in ((0, "send"), (2, "read"), (2, "web")):
        incident = await public.story.incident(cause, NOON + timedelta(days=31 * month))
        await public.post(incident, f"{cause} fails", minute=month * 31 * 24 * 60 + len(cause))
    page = words(await public.read("/history"))
    assert re.findall(r"(?:March|May) 2025 (?=[a-z])", page) == ["May 2025 ", "March 2025 "]


async def test_only_what_was_delivered_is_visible(public: Public) -> None:
    """A draft, an approval that is still on its way, and one that left the page out are not here."""
    story = public.story
    drafted, on_its_way, elsewhere = [await story.incident(cause) for cause in ("send", "read", "web")]
    await story.draft(drafted, notice("A draft"))
    await story.approve(await story.draft(on_its_way, notice("On its way")), ["page"])
    await story.approve(await story.draft(elsewhere, notice("By mail only")), ["mail"])
    pages = await public.pages()
    assert "No incident is reported." in words(pages.answer("/").body.decode())
    assert [pages.answer(f"/incidents/{incident}").status for incident in (1, 2, 3)] == [404, 404, 404]
    for path in ("/", "/history", "/feed.atom", "/api/v2/summary.json", "/api/v2/incidents.json"):
        assert not {"A draft", "On its way", "By mail only"} & set(pages.answer(path).body.decode().split('"'))


@pytest.mark.parametrize("path", ["/", "/history", "/incidents/1", "/nowhere"])
async def test_hostile_words_stay_words(public: Public, path: str) -> None:
    """Markup, scripts, strange links and characters that turn text reach the reader as text."""
    hostile = (
        "<script>alert(1)</script><img src=x onerror=y> \u202eevil [x](javascript:alert(1)) ![i](https://e.test/i)"
    )
    await public.post(await public.story.incident(), hostile, minute=1, body=hostile)
    page = await public.read(path)
    assert not re.search(
        r"<(script|img|iframe|object)|\son\w+=|href=\"javascript|style=|\u202e", re.sub("&lt;.*?&gt;", "", page)
    )


@pytest.mark.parametrize("path", ["/", "/history", "/incidents/1", "/nowhere"])
async def test_every_page_has_one_heading_a_language_and_a_way_round(public: Public, path: str) -> None:
    """A screen reader finds the language, the main part, one first heading, and no id twice."""
    await public.post(await public.story.incident(), "You cannot send mail", minute=1, promise=30)
    page = await public.read(path)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert page.count("<h1") == page.count("<main") == page.count("<title>") == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(ids)


async def test_states_differ_in_shape_and_word(public: Public) -> None:
    """Who sees no colour still sees which is which: each state has its own drawing and its own words."""
    for cause, stage in (("send", Stage.INVESTIGATING), ("read", Stage.IDENTIFIED), ("web", Stage.MONITORING)):
        await public.post(await public.story.incident(cause), "It fails", minute=1, stage=stage)
    page = await public.read("/")
    shown = re.findall(r'<span class="state \w+">\s*<svg[^>]*>(.*?)</svg><span>(.*?)</span>', page, re.DOTALL)
    assert len(set(shown)) == len({shape for shape, _ in shown}) == len({label for _, label in shown}) == 3
