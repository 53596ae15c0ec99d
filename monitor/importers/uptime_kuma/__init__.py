"""A backup of Uptime Kuma: each monitor is a target of ours, and each group a component."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from monitor.importers.blueprint import Blueprint, Sketch
from monitor.importers.source import read_json
from monitor.importers.uptime_kuma.bench import Bench
from monitor.importers.uptime_kuma.http import browser, http, json_query, keyword
from monitor.importers.uptime_kuma.options import Backup, Monitor, Notification, StatusPage, named
from monitor.importers.uptime_kuma.reach import dns, grpc, ping, port, push, smtp, websocket
from monitor.importers.uptime_kuma.work import planned

NAME: Final = "uptime-kuma"
SUMMARY: Final = "a backup of Uptime Kuma (JSON): monitors, groups, maintenance"

_GROUP: Final = "group"
_TYPES: Final[Mapping[str, tuple[str, Callable[[Bench], None]]]] = {
    "http": ("http", http),
    "keyword": ("http", keyword),
    "json-query": ("http", json_query),
    "real-browser": ("http", browser),
    "port": ("tcp", port),
    "ping": ("icmp", ping),
    "tailscale-ping": ("icmp", ping),
    "dns": ("dns", dns),
    "push": ("heartbeat", push),
    "smtp": ("smtp", smtp),
    "grpc-keyword": ("grpc", grpc),
    "websocket-upgrade": ("websocket", websocket),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file."""
    parser.add_argument("file", type=Path, metavar="BACKUP.json", help="what Settings, Backup, Export gives")


def read(arguments: argparse.Namespace) -> Blueprint:
    """Read it. Raises SourceError."""
    backup = read_json(arguments.file).parse(Backup)
    blueprint = Blueprint(f"Uptime Kuma's backup {arguments.file.name}")
    monitors = {monitor.id: monitor for monitor in backup.monitors}
    proxies = {proxy.id: proxy for proxy in backup.proxies}
    called = {str(one.id): one.name or str(one.id) for one in backup.notifications}
    shown = dict(_shown(backup.pages))
    for monitor in backup.monitors:
        if monitor.type != _GROUP:
            sketch = _begun(blueprint, monitor, monitors, shown)
            _monitor(Bench(monitor, sketch, blueprint, proxies))
            _common(sketch, monitor, called)
    blueprint.planned += [planned(work) for work in backup.works if work.active]
    blueprint.remarks += _remarks(backup.notifications, backup.pages)
    if backup.pages and backup.pages[0].title:
        blueprint.site["name"] = backup.pages[0].title[:80]
    return blueprint


def _begun(blueprint: Blueprint, monitor: Monitor, monitors: Mapping[int, Monitor], shown: Mapping[int, str]) -> Sketch:
    """Its component is the group that it stands in; one that stands alone is its own."""
    group = monitors.get(monitor.parent) if monitor.parent is not None else None
    above = monitors.get(group.parent) if group and group.parent is not None else None
    if group:
        component = blueprint.component(group.name, above.name if above else "")
    else:
        component = blueprint.component(monitor.name, shown.get(monitor.id, ""))
    names = (monitor.name, f"{group.name} {monitor.name}" if group else monitor.name)
    return blueprint.sketch(*names, component=component, kind="http")


def _monitor(bench: Bench) -> None:
    monitor = bench.monitor
    found = _TYPES.get(monitor.type)
    if found is None:
        bench.sketch.lose(f"a monitor of the type {monitor.type}, for which we have no kind")
        return
    bench.sketch.kind, fill = found
    fill(bench)
    if bench.sketch.kind != _TYPES["push"][0]:
        bench.times()
    if monitor.upside_down:
        bench.sketch.lose("upsideDown: it is well when it fails, and none of ours is")


def _common(sketch: Sketch, monitor: Monitor, called: Mapping[str, str]) -> None:
    if not monitor.active:
        sketch.options["enabled"] = False
    told = [called.get(number, number) for number, on in monitor.notifications.items() if on]
    if told:
        sketch.note(f"notifications ({', '.join(told)}): people are called by [[route]] and [[person]]")
    tags = [named(tag.get("name")) for tag in monitor.tags]
    if any(tags):
        sketch.note(f"tags: {', '.join(filter(None, tags))}")


def _shown(pages: list[StatusPage]) -> list[tuple[int, str]]:
    """Under which heading of a status page each monitor stands."""
    found = []
    for group in [group for page in pages for group in page.groups]:
        members = group.get("monitorList")
        for member in members if isinstance(members, list) else ():
            number = member.get("id") if isinstance(member, dict) else member
            if isinstance(number, int):
                found.append((number, named(group.get("name"))))
    return found


def _remarks(notifications: list[Notification], pages: list[StatusPage]) -> list[str]:
    ways = [f"{one.name} ({named(one.config.get('type'))})" for one in notifications]
    remarks = [f"notifications: {', '.join(ways)}: see [[route]] and [[person]]"] if ways else []
    for page in pages:
        kept = {
            "[site] public_url": ", ".join(page.domains),
            "[page] style": "its custom CSS" if page.custom_css else "",
            "[page] links": "its footer" if page.footer else "",
        }
        hints = "; ".join(f"{key} for {what}" for key, what in kept.items() if what)
        remarks.append(f"the status page {page.title}: all components stand on one page; see {hints or '[page]'}")
    return remarks
