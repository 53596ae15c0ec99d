"""The page for programs: Statuspage's API v2, Atom and RSS."""

import io
import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from monitor.models import Stage
from tests.monitor.page.conftest import Public, Served
from tests.monitor.page.test_app import until_it_says

COMPONENT_KEYS = {
    "id",
    "name",
    "status",
    "created_at",
    "updated_at",
    "position",
    "description",
    "showcase",
    "start_date",
    "group_id",
    "page_id",
    "group",
    "only_show_if_degraded",
}
INCIDENT_KEYS = {
    "id",
    "name",
    "status",
    "created_at",
    "updated_at",
    "monitoring_at",
    "resolved_at",
    "impact",
    "shortlink",
    "started_at",
    "page_id",
    "incident_updates",
    "components",
    "reminder_intervals",
}
UPDATE_KEYS = {
    "id",
    "status",
    "body",
    "incident_id",
    "created_at",
    "updated_at",
    "display_at",
    "affected_components",
    "deliver_notifications",
    "custom_tweet",
    "tweet_id",
}
ATOM = {"a": "http://www.w3.org/2005/Atom"}


async def api(public: Public, name: str, minute: int = 60) -> dict[str, Any]:
    """One answer of the API."""
    return json.loads(await public.read(f"/api/v2/{name}.json", minute))


async def one_story(public: Public) -> None:
    """One incident resolved, one open."""
    over = await public.story.incident("web")
    await public.post(over, "The website is down", minute=1, promise=30)
    await public.post(over, "The website works", minute=20, stage=Stage.MONITORING, promise=40)
    await public.post(over, "The website was down", minute=40, stage=Stage.RESOLVED)
    await public.post(
        await public.story.incident("send"), "You cannot send", minute=50, promise=80, body="**No** mail."
    )


async def test_each_answer_has_its_keys(public: Public) -> None:
    """The top level is as clients know it."""
    expected = {
        "summary": {"page", "components", "incidents", "scheduled_maintenances", "status"},
        "status": {"page", "status", "as_of"},
        "components": {"page", "components"},
        "incidents": {"page", "incidents"},
        "incidents/unresolved": {"page", "incidents"},
    }
    for name, keys in expected.items():
        answer = await api(public, name)
        assert set(answer) == keys
        assert set(answer["page"]) == {"id", "name", "url", "time_zone", "updated_at"}


async def test_an_incident_has_every_field_of_its_shape(public: Public) -> None:
    """Times are ISO with milliseconds, updates newest first, ids twelve lower-case characters."""
    await one_story(public)
    answer = await api(public, "incidents")
    open_, over = answer["incidents"]
    assert set(over) >= INCIDENT_KEYS
    assert all(set(update) >= UPDATE_KEYS for update in over["incident_updates"])
    assert [update["status"] for update in over["incident_updates"]] == ["resolved", "monitoring", "investigating"]
    times = {name: over[name] for name in ("created_at", "monitoring_at", "resolved_at", "updated_at", "started_at")}
    assert times == {
        "created_at": "2025-03-03T12:01:00.000Z",
        "monitoring_at": "2025-03-03T12:20:00.000Z",
        "resolved_at": "2025-03-03T12:40:00.000Z",
        "updated_at": "2025-03-03T12:40:00.000Z",
        "started_at": "2025-03-03T12:00:00.000Z",
    }
    assert (open_["status"], open_["resolved_at"]) == ("investigating", None)
    assert open_["next_update_at"] == "2025-03-03T13:20:00.000Z"
    assert open_["incident_updates"][0]["body"] == "No mail."
    assert open_["shortlink"] == "https://status.test/incidents/2"
    ids = [open_["id"], over["id"], *(update["id"] for update in over["incident_updates"])]
    assert len(set(ids)) == len(ids)
    assert all(len(each) == 12 and each == each.lower() for each in ids)


async def test_components_stand_as_published(public: Public) -> None:
    """A component is down by the published words, groups list their members, positions follow the config."""
    await one_story(public)
    told = (await api(public, "components"))["components"]
    assert all(set(each) - {"components"} == COMPONENT_KEYS for each in told)
    by_name = {each["name"]: each for each in told}
    assert by_name["Sending email"]["status"] == "major_outage"
    assert by_name["Website"]["status"] == by_name["Web"]["status"] == "operational"
    assert by_name["Web"]["components"] == [by_name["Website"]["id"]]
    assert by_name["Website"]["group_id"] == by_name["Web"]["id"]
    assert [each["position"] for each in told if not each["group"]] == [1, 2, 3]


async def test_the_whole_in_one_word(public: Public) -> None:
    """Nothing open is none; one of three components down is major."""
    assert (await api(public, "status"))["status"] == {
        "indicator": "none",
        "description": "All Systems Operational",
    }
    await one_story(public)
    assert (await api(public, "summary"))["status"]["indicator"] == "major"
    assert [each["status"] for each in (await api(public, "incidents/unresolved"))["incidents"]] == ["investigating"]


async def test_the_feed_has_an_entry_for_each_update(public: Public) -> None:
    """Newest first, ids that are their addresses, the words escaped once as Atom wants HTML."""
    await one_story(public)
    feed = ET.fromstring(await public.read("/feed.atom"))  # noqa: S314 - it is our own
    titles = [entry.findtext("a:title", namespaces=ATOM) for entry in feed.findall("a:entry", ATOM)]
    assert titles == ["You cannot send", "The website was down", "The website works", "The website is down"]
    newest = feed.find("a:entry", ATOM)
    assert newest.findtext("a:id", namespaces=ATOM) == "https://status.test/incidents/2#update-4"
    assert newest.findtext("a:content", namespaces=ATOM) == "<p><strong>No</strong> mail.</p>\n"
    assert feed.findtext("a:updated", namespaces=ATOM) == "2025-03-03T12:50:00+00:00"


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss", "history.atom", "history.rss"])
async def test_a_feed_reader_of_others_reads_the_feeds(public: Public, served: Served, name: str) -> None:
    """feedparser, which nobody here wrote, finds nothing to complain of, and in each entry what a reader needs."""
    await one_story(public)
    await until_it_says(served, f"/{name}", "You cannot send")
    answer = await served.client.get(f"/{name}")
    feed = feedparser.parse(
        io.BytesIO(await answer.read()), response_headers={"content-type": answer.headers["Content-Type"]}
    )
    assert not feed.bozo
    assert feed.version == ("atom10" if name.endswith("atom") else "rss20")
    assert feed.feed.title == "Example Mail: Status"
    titles = [entry.title for entry in feed.entries]
    assert titles == ["You cannot send", "The website was down", "The website works", "The website is down"]
    newest = feed.entries[0]
    assert newest.id == newest.link == "https://status.test/incidents/2#update-4"
    assert newest.published_parsed[:5] == (2025, 3, 3, 12, 50)
    assert newest.summary.strip() == "<p><strong>No</strong> mail.</p>"
    assert len({entry.id for entry in feed.entries}) == 4


async def test_the_feeds_keep_the_rules_of_their_formats(public: Public) -> None:
    """RFC 4287 sections 4.1.1 and 4.1.2, and RSS 2.0: what must be there once is there once, dates are dates."""
    await one_story(public)
    atom = ET.fromstring(await public.read("/feed.atom"))  # noqa: S314 - it is our own
    for each in (atom, *atom.findall("a:entry", ATOM)):
        for must in ("id", "title", "updated"):
            assert len(each.findall(f"a:{must}", ATOM)) == 1
        assert datetime.fromisoformat(each.findtext("a:updated", namespaces=ATOM)).tzinfo
        alternates = [link for link in each.findall("a:link", ATOM) if link.get("rel") == "alternate"]
        assert len(alternates) == 1
    assert [link.get("rel") for link in atom.findall("a:link", ATOM)].count("self") == 1
    assert atom.findtext("a:author/a:name", namespaces=ATOM)
    (channel,) = ET.fromstring(await public.read("/feed.rss")).findall("channel")  # noqa: S314 - it is our own
    assert all(channel.findtext(must) for must in ("title", "link", "description"))
    for item in channel.findall("item"):
        assert item.find("guid").get("isPermaLink") == "true"
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo


async def test_no_character_breaks_the_feed(public: Public) -> None:
    """Controls and other characters that XML forbids are shown, not sent."""
    hostile = "a\x00b\x0bc\x1f\ufffe\uffff]]> & <b>"
    await public.post(await public.story.incident(), hostile, minute=1, body=hostile)
    feed = ET.fromstring(await public.read("/feed.atom"))  # noqa: S314 - it is our own
    assert feed.findtext("a:entry/a:title", namespaces=ATOM) == "a\\x00b\\x0bc\\x1f\\ufffe\\uffff]]> & <b>"


HOSTILE = (
    "<script>alert(1)</script> {{7*7}} ]]><x/> \u202egnp.exe\u2066 \x07\x1b[31m \r\nX-Own: ed\r\n\r\n"
    "[x](javascript:alert(1)) " + "W" * 100_000
)


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.rss"])
async def test_hostile_words_are_words_in_a_feed(public: Public, path: str) -> None:
    """Whatever a human was made to approve: the feed parses, runs nothing, and turns no letter."""
    await public.post(await public.story.incident(), HOSTILE[:180], minute=1, body=HOSTILE)
    raw = await public.read(path)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", raw)
    read = feedparser.parse(raw, sanitize_html=False)
    assert not read.bozo
    (entry,) = read.entries
    told = entry["content"][0]["value"] if "content" in entry else entry["summary"]
    assert not re.search(r"<(script|img|x)|href=.javascript", told)
    assert "&lt;script&gt;" in told
    assert "{{7*7}}" in re.sub("</?em>", "*", told)


@pytest.mark.parametrize("path", ["/api/v2/incidents.json", "/api/v2/summary.json"])
async def test_hostile_words_are_words_for_a_program(public: Public, path: str) -> None:
    """JSON that parses, whose bytes turn or hide nothing in the terminal that shows them."""
    await public.post(await public.story.incident(), HOSTILE[:180], minute=1, body=HOSTILE)
    raw = await public.read(path)
    (incident,) = json.loads(raw)["incidents"]
    assert "{{7*7}}" in incident["incident_updates"][0]["body"]
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", raw)
