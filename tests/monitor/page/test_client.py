"""A client of Statuspage that nobody here wrote reads our page as it reads theirs."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

from monitor.page.app import make
from tests.monitor.page.test_browser import everything

# The checker of statuspage-prometheus-exporter, which reads its list of pages when it is imported.
PROGRAM = """
import json
from statuspage_prometheus_exporter.service_checker import SERVICES, check_service_status
print(json.dumps(check_service_status("ours", SERVICES["ours"])))
"""


async def read(folder: Path) -> dict[str, Any]:
    """What the client makes of a page with an outage, planned work and a past."""
    runner = web.AppRunner(make(everything()))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v2/summary.json"
    (folder / "services.json").write_text(json.dumps({"ours": {"name": "Ours", "type": "status_page", "url": url}}))
    environ = {**os.environ, "SERVICES_JSON_PATH": str(folder / "services.json")}
    try:
        client = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROGRAM), cwd=folder, env=environ, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await client.communicate()
    finally:
        await runner.cleanup()
    found: dict[str, Any] = json.loads(said.decode().splitlines()[-1])
    return found


async def test_a_client_of_statuspage_reads_ours(tmp_path: Path) -> None:
    """The indicator, the open incident with whom it concerns, both planned works with their times, every component."""
    found = await read(tmp_path)
    assert (found["success"], found["raw_status"], found["status_text"]) == (True, "major", "Major Outage")
    (incident,) = found["incident_metadata"]
    assert {name: incident[name] for name in ("name", "status", "impact", "started_at", "affected_components")} == {
        "name": "title 5",
        "status": "investigating",
        "impact": "major",
        "started_at": "2025-03-03T12:00:00.000Z",
        "affected_components": ["Reading email"],
    }
    assert incident["shortlink"] == "https://status.test/incidents/8"
    works = [(one["status"], one["scheduled_start"], one["scheduled_end"]) for one in found["maintenance_metadata"]]
    assert works == [
        ("in_progress", "2025-03-03T12:30:00.000Z", "2025-03-03T14:30:00.000Z"),
        ("scheduled", "2025-03-04T12:00:00.000Z", "2025-03-04T14:00:00.000Z"),
    ]
    assert [(one["name"], one["status"]) for one in found["component_metadata"]] == [
        ("Sending email", "operational"),
        ("Reading email", "major_outage"),
        ("Web", "under_maintenance"),
        ("Website", "under_maintenance"),
    ]
