"""The dashboards for Grafana: made by their maker, sound in form, and answered by a Prometheus that scraped us."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from math import isnan
from pathlib import Path
from typing import Any, Final

import pytest
import trustme
import yaml

from deploy.grafana import make
from deploy.grafana.asking import Asker, filled, panels
from deploy.grafana.draw import page
from probes.reason import Reason
from tests.deploy.crowd import COMPONENTS, metrics
from tests.deploy.world import Pace, World, company, prometheus, until
from tests.peers.nginx import Nginx
from tests.peers.ports import Block

ROOT: Final = Path(__file__).parents[2]
GRAFANA: Final = ROOT / "deploy" / "grafana"
FILES: Final = sorted((GRAFANA / "dashboards").glob("*.json"))
BOARDS: Final = {path.stem: json.loads(path.read_text()) for path in FILES}
UNITS: Final = {"none", "short", "s", "dtdurations", "dateTimeFromNow", "percentunit", "bytes", "ops"}
SORTS: Final = {"row", "stat", "timeseries", "table", "state-timeline", "bargauge"}
COLORS: Final = {"green", "yellow", "orange", "red", "blue", "purple"}
# A figure is one series, a picture as many as can be told apart. Reasons are a closed set, of which few occur at once.
SERIES_MAX: Final = {"stat": 1, "bargauge": 20, "state-timeline": 20, "timeseries": len(Reason), "table": COMPONENTS}

# What is chosen where a dashboard is about one thing: https, so that there is a certificate to tell of.
CHOSEN: Final = {"target": {"target": "shop"}}

# What has to have happened for every panel to have something to show.
HAPPENED: Final = (
    *(f"{name}_count > 0" for name in ("ownup_time_to_detect_seconds", "ownup_time_to_draft_seconds")),
    *(f"{name}_count > 0" for name in ("ownup_time_to_acknowledge_seconds", "ownup_time_to_approve_seconds")),
    "ownup_time_to_publish_seconds_count > 1",
    'ownup_deliveries_total{channel="customers", outcome="delivered"}',
    'ownup_calls_total{outcome="delivered"}',
    'ownup_promises_total{outcome="kept"} > 0',
    'ownup_verdict{target="to-nobody", verdict="down"} == 1',
    'increase(ownup_failures_total{target="shop"}[1m]) > 0',
    'increase(ownup_failures_total{target="to-nobody"}[1m]) > 0',
    "component:ownup_error_budget_burn:ratio_1h",
)


def test_the_files_are_what_their_maker_makes() -> None:
    """Nobody edits them by hand, and nobody forgets to make them anew."""
    assert {path: path.read_text() for path in FILES} == dict(make.texts())


def everything(told: Any) -> Iterator[tuple[str, Any]]:
    """Every key of a JSON document, however deep, with its value."""
    if isinstance(told, Mapping):
        for key, value in told.items():
            yield key, value
            yield from everything(value)
    elif isinstance(told, list):
        for one in told:
            yield from everything(one)


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_a_dashboard_is_sound(board: dict[str, Any]) -> None:
    """It has the current schema, numbers that occur once, only units, sorts and colours that Grafana knows."""
    assert (board["schemaVersion"], board["uid"][:6]) == (42, "ownup-")
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(numbers) == len(set(numbers))
    found = [*everything(board)]
    assert {value for key, value in found if key == "unit"} <= UNITS
    assert {panel["type"] for panel in board["panels"]} <= SORTS
    assert {value for key, value in found if key in {"color", "fixedColor"} and isinstance(value, str)} <= COLORS
    for panel in panels(board):
        assert len(panel["description"].split()) > 3, panel["title"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"]) > 0


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_no_panel_lies_on_another(board: dict[str, Any]) -> None:
    """Everything stays within the 24 columns, and no two panels share a cell."""
    cells = {panel["id"]: panel["gridPos"] for panel in board["panels"]}
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= 24 for place in cells.values())
    for one, other in combinations(cells.values(), 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"], (one, other)


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_no_data_source_is_told(board: dict[str, Any]) -> None:
    """Whoever opens it chooses; the variable is a data source of the sort that we were made for."""
    told = [value for key, value in everything(board) if key == "datasource"]
    assert told
    assert all(one == {"type": "prometheus", "uid": "${datasource}"} for one in told)
    first = board["templating"]["list"][0]
    assert (first["name"], first["type"], first["query"]) == ("datasource", "datasource", "prometheus")


def test_links_lead_to_dashboards_that_there_are() -> None:
    """Each panel's link names one of ours, and variables that it has; the list above leads to all of them."""
    there_are = {board["uid"]: {one["name"] for one in board["templating"]["list"]} for board in BOARDS.values()}
    links = [value for board in BOARDS.values() for key, value in everything(board) if key == "url"]
    assert links
    for link in links:
        uid, given = re.fullmatch(r"/d/([\w-]+)\?(.*)", link).groups()  # type: ignore[union-attr]
        assert set(re.findall(r"var-(\w+)=", given)) <= there_are[uid]
    assert all(link["tags"] == ["ownup"] == board["tags"] for board in BOARDS.values() for link in board["links"])


def test_grafana_is_told_where_they_are() -> None:
    """The provisioning names a data source, and the directory that compose mounts."""
    (provider,) = yaml.safe_load((GRAFANA / "provisioning" / "dashboards" / "ownup.yaml").read_text())["providers"]
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"
    (source,) = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "prometheus.yaml").read_text())[
        "datasources"
    ]
    assert (source["type"], source["isDefault"]) == ("prometheus", True)


@pytest.fixture(scope="module")
def world(ports: Block, authority: trustme.CA) -> Iterator[World]:
    """A company whose website was down, and that told its customers of it, and again when it worked."""
    with company(ports, authority, Pace()) as world:
        world.until('count(ownup_verdict{verdict="up"} == 1) >= 5')
        world.nginx.stop()
        world.until('ownup_verdict{target="shop", verdict="down"} == 1')
        world.publish("Website")
        world.until("ownup_next_update_due_timestamp_seconds")
        world.nginx.start()
        world.until('ownup_verdict{target="shop", verdict="up"} == 1')
        world.publish("Website")
        for expr in HAPPENED:
            world.until(expr)
        yield world


@pytest.fixture(scope="module")
def asker(world: World) -> Asker:
    """The Prometheus of that company, and the last minute."""
    return Asker(url=world.url, until=time.time(), range_s=60, scrape_s=1)


def test_every_expression_gives_data_and_can_be_drawn(asker: Asker) -> None:
    """A real Prometheus that scraped a real Ownup understands each, and has an answer that is a number.

    One test, so that the company is founded once, however the tests are dealt out.
    """
    mute = [
        f"{name}, {panel['title']}: {filled(target['expr'], values)}"
        for name, board in BOARDS.items()
        for values in [replace(asker, chosen=CHOSEN.get(name, {})).values(board)]
        for panel in panels(board)
        for target in panel["targets"]
        if all(isnan(value) for one in asker.ask(target, values) for _, value in one.points)
    ]
    assert mute == []
    for name, board in BOARDS.items():
        assert_drawn(board, page(board, replace(asker, chosen=CHOSEN.get(name, {}))))


def assert_drawn(board: dict[str, Any], told: str) -> None:
    """Each panel is there with what it shows: pictures as SVG, tables with rows, figures that are no "nothing"."""
    for panel in panels(board):
        assert f"<h2>{panel['title']}</h2>" in told
    assert told.count("<svg") == sum(panel["type"] in {"timeseries", "state-timeline"} for panel in panels(board))
    assert told.count("<tr><td>") >= sum(panel["type"] == "table" for panel in panels(board))
    assert 'class="figure none"' not in told


@pytest.fixture(scope="module")
def crowded(ports: Block, authority: trustme.CA) -> Iterator[Asker]:
    """A Prometheus that scraped 5,000 targets, which a real nginx hands to it."""
    with Nginx(ports, authority.issue_cert("localhost")) as nginx:
        nginx.site.joinpath("metrics").write_bytes(metrics(datetime.now(UTC)))
        with prometheus(ports, Pace(scrape_s=4), nginx.http) as peer:
            url = f"http://127.0.0.1:{peer.port}"
            asker = Asker(url=url, until=time.time(), range_s=16, scrape_s=4)
            for expr in ("count(target:ownup_component:info) == 5000", "component:ownup_error_budget_burn:ratio_1h"):
                until(lambda expr=expr: asker.now(expr), within_s=60, why=lambda: peer.log.read_text()[-3000:])
            yield replace(asker, until=time.time())


def test_no_panel_draws_thousands_of_series(crowded: Asker) -> None:
    """Of 5,000 targets each panel shows the worst, or a sum, and Prometheus answers all of it."""
    for board in BOARDS.values():
        values = crowded.values(board)
        for panel in panels(board):
            shown = sum(len(crowded.ask(target, values)) for target in panel["targets"])
            most = SERIES_MAX[panel["type"]] * len(panel["targets"])
            assert shown <= most, (board["title"], panel["title"], shown)
