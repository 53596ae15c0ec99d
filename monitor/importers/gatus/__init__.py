"""A Gatus config: each endpoint is a target of ours, and each group a component."""

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from monitor.importers.blueprint import Blueprint, Sketch
from monitor.importers.gatus.bench import Bench
from monitor.importers.gatus.options import Endpoint, External, Gatus
from monitor.importers.gatus.reach import reach
from monitor.importers.gatus.window import planned
from monitor.importers.source import read_yaml
from monitor.importers.spans import span
from monitor.importers.woven import heartbeat_key

NAME: Final = "gatus"
SUMMARY: Final = "a Gatus config: endpoints, conditions, groups, maintenance"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file."""
    parser.add_argument("file", type=Path, metavar="CONFIG.yaml", help="Gatus' config")


def read(arguments: argparse.Namespace) -> Blueprint:
    """Read it. Raises SourceError."""
    config = read_yaml(arguments.file).parse(Gatus)
    blueprint = Blueprint(f"Gatus' config {arguments.file.name}")
    for endpoint in config.endpoints:
        _endpoint(blueprint, endpoint, arguments.file.absolute().parent)
    for external in config.external_endpoints:
        _external(blueprint, external)
    for suite in config.suites:
        _begun(blueprint, suite.name, suite.group, "http").lose(
            "a suite: each target of ours stands for itself, without what another was answered"
        )
    if config.maintenance and config.maintenance.enabled:
        blueprint.planned.append(planned(config.maintenance, "maintenance"))
    _rest(blueprint, config)
    return blueprint


def _begun(blueprint: Blueprint, name: str, group: str, kind: str) -> Sketch:
    component = blueprint.component(group or name)
    return blueprint.sketch(name, f"{group} {name}", component=component, kind=kind)


def _endpoint(blueprint: Blueprint, endpoint: Endpoint, base: Path) -> None:
    sketch = _begun(blueprint, endpoint.name, endpoint.group, "http")
    bench = Bench(endpoint, sketch, blueprint, base)
    bench.begin()
    reach(bench)
    bench.finish()
    _common(blueprint, sketch, endpoint)
    for key in (*endpoint.unknown, *endpoint.client.unknown):
        sketch.unlike(f"{key}: an option that we do not know")


def _external(blueprint: Blueprint, external: External) -> None:
    """Somebody else's look that is pushed: we wait for good news, and its absence is the bad news."""
    sketch = _begun(blueprint, external.name, external.group, "heartbeat")
    if not external.heartbeat.interval:
        sketch.lose("an external endpoint without a heartbeat: nothing is missed when it keeps silent")
        return
    key = heartbeat_key(external.token)
    sketch.options = {
        "key": blueprint.vault.secret(f"{external.group} {external.name} key", key),
        "period": span(external.heartbeat.interval),
        "grace": "0s",
    }
    sketch.note("success=false: a POST to /ping/KEY at the desk's listener means that all is well; else leave it out")
    _common(blueprint, sketch, external)


def _common(blueprint: Blueprint, sketch: Sketch, endpoint: Endpoint | External) -> None:
    if not endpoint.enabled:
        sketch.options["enabled"] = False
    if kinds := _kinds(endpoint.alerts):
        sketch.note(f"alerts ({kinds}): people are called by [[route]] and [[person]]")
    for number, window in enumerate(endpoint.maintenance_windows, 1):
        if window.enabled:
            blueprint.planned.append(planned(window, f"{endpoint.name} {number}", sketch))


def _kinds(alerts: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(str(alert.get("type", "")) for alert in alerts))


def _rest(blueprint: Blueprint, config: Gatus) -> None:
    """What concerns no single endpoint."""
    if config.ui.header:
        blueprint.site["name"] = config.ui.header[:80]
    told = (
        (config.alerting, f"alerting ({', '.join(config.alerting)}): see [[route]], [[person]] and [[channel]]"),
        (config.announcements, "announcements: write them on the desk, where a human approves them"),
        (config.ui.logo, "ui.logo: [page] logo takes a file"),
        (config.ui.custom_css, "ui.custom-css: [page] style takes a file"),
        (config.ui.buttons, "ui.buttons: see [page] links"),
        (any("RESPONSE_TIME" in text for endpoint in config.endpoints for text in endpoint.conditions), _SLOW),
    )
    blueprint.remarks += [remark for given, remark in told if given]
    blueprint.remarks += [f"{key}: not carried over" for key in config.unknown if key not in _OURS_TO_SET]


_OURS_TO_SET: Final = frozenset({"web", "storage", "metrics", "security", "concurrency", "disable-monitoring-lock"})
_SLOW: Final = "[RESPONSE_TIME] < N has become slow_after: what is slower is degraded, where Gatus calls it unhealthy"
