"""Planned work on the public page: shown apart from what fails, and told to programs in Statuspage's shapes."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from drafts.facts import Facts, Planned, UpdateKind
from drafts.notice import write
from monitor.ledger import drafts, incidents
from monitor.models import Stage
from monitor.models.incident import WORK
from tests.drafts.plans import work
from tests.monitor.page.conftest import Public
from tests.monitor.publish.story import COMPONENTS, NOON

START, END = NOON + timedelta(hours=3), NOON + timedelta(hours=4)


def facts() -> Facts:
    """Work on the first component of the page, in the afternoon."""
    sample = work("en")
    (one,) = sample.affected
    named = replace(one, component=COMPONENTS[0].name)
    plan = Planned("new disks", START, END, ("config:new disks",))
    return Facts("UTC", "en", START, None, (named,), ("config:new disks",), next_update=START, planned=plan)


@pytest.fixture
async def announced(public: Public) -> int:
    """Work that was announced at noon."""
    async with public.story.ledger.write() as s:
        incident = await incidents.begin(s, f"{WORK}new disks", NOON, Stage.SCHEDULED)
    await tell(public, incident.id, UpdateKind.ANNOUNCED, Stage.SCHEDULED)
    return incident.id


async def tell(public: Public, incident_id: int, kind: UpdateKind, stage: Stage) -> None:
    """A human approves this word of it."""
    known = facts()
    async with public.story.ledger.write() as s:
        update = await drafts.write(s, incident_id, kind, stage, "en", write(kind, known), known, NOON)
    await public.story.approve(update.id, ["page"], at=NOON)
    await public.story.show(update.id, NOON)


async def test_planned_work_is_no_incident(public: Public, announced: int) -> None:
    """The page says that nothing is reported, and shows the work under a heading of its own."""
    page = await public.read("/")
    assert "No incident is reported." in page
    assert '<h2 id="planned">Planned work</h2>' in page
    assert f'href="/incidents/{announced}"' in page


@pytest.mark.usefixtures("announced")
async def test_programs_read_when_it_is(public: Public) -> None:
    """Statuspage's clients find it where they look for it, with its times; it makes no indicator red."""
    summary = json.loads(await public.read("/api/v2/summary.json"))
    (found,) = summary["scheduled_maintenances"]
    assert (found["status"], found["impact"]) == ("scheduled", "maintenance")
    assert found["scheduled_for"] == START.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert (summary["incidents"], summary["status"]["indicator"]) == ([], "none")
    assert json.loads(await public.read("/api/v2/incidents.json"))["incidents"] == []


async def test_while_it_goes_on_its_component_is_under_maintenance(public: Public, announced: int) -> None:
    """What is being worked on is neither well nor out."""
    await tell(public, announced, UpdateKind.BEGUN, Stage.IN_PROGRESS)
    shown = json.loads(await public.read("/api/v2/components.json"))["components"]
    assert {one["status"] for one in shown if one["name"] == COMPONENTS[0].name} == {"under_maintenance"}
    names = ("active", "upcoming")
    told = [json.loads(await public.read(f"/api/v2/scheduled-maintenances/{name}.json")) for name in names]
    assert [len(one["scheduled_maintenances"]) for one in told] == [1, 0]


async def test_what_is_done_is_completed(public: Public, announced: int) -> None:
    """It leaves the front page, and programs read Statuspage's word for its end."""
    await tell(public, announced, UpdateKind.DONE, Stage.RESOLVED)
    assert 'id="planned"' not in await public.read("/")
    (found,) = json.loads(await public.read("/api/v2/scheduled-maintenances.json"))["scheduled_maintenances"]
    assert found["status"] == "completed"
