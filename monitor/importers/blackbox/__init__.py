"""blackbox_exporter's modules, asked for by a Prometheus: each target with its module is a target of ours."""

import argparse
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from monitor.importers.blackbox.bench import Bench
from monitor.importers.blackbox.dns import dns
from monitor.importers.blackbox.http import http
from monitor.importers.blackbox.jobs import Probe, asked
from monitor.importers.blackbox.options import Module, Modules
from monitor.importers.blackbox.reach import grpc, icmp
from monitor.importers.blackbox.tcp import tcp, websocket
from monitor.importers.blueprint import Blueprint
from monitor.importers.source import read_yaml
from monitor.importers.spans import span

NAME: Final = "blackbox"
SUMMARY: Final = "blackbox_exporter's modules, and the targets that a Prometheus asks it for"

_PROBERS: Final[Mapping[str, Callable[[Bench, Any], None]]] = {
    "http": http,
    "tcp": tcp,
    "dns": dns,
    "icmp": icmp,
    "grpc": grpc,
    "websocket": websocket,
}
# The first of these labels that a target has names the component; else its job does.
_COMPONENT_LABELS: Final = ("component", "service", "app", "job")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the two files."""
    parser.add_argument("file", type=Path, metavar="MODULES.yml", help="blackbox_exporter's config")
    parser.add_argument("--scrape", type=Path, required=True, metavar="PROMETHEUS.yml", help="and Prometheus' config")


def read(arguments: argparse.Namespace) -> Blueprint:
    """Read both. Raises SourceError."""
    modules = read_yaml(arguments.file).parse(Modules).modules
    found = asked(arguments.scrape)
    blueprint = Blueprint(f"the modules of {arguments.file.name}, asked for by {arguments.scrape.name}")
    for probe in found.probes:
        _target(blueprint, probe, modules.get(probe.module), arguments.file.absolute().parent)
    blueprint.remarks += found.remarks
    if found.other_jobs:
        blueprint.remarks.append(f"jobs of Prometheus that do not ask blackbox_exporter: {found.other_jobs}")
    return blueprint


def _target(blueprint: Blueprint, probe: Probe, module: Module | None, base: Path) -> None:
    label = next((probe.labels[name] for name in _COMPONENT_LABELS if probe.labels.get(name)), probe.job)
    bare = re.sub(r"(?i)^[a-z]+://(?:[^/@]*@)?|[?#].*", "", probe.target)
    kind = module.prober if module and module.prober in _PROBERS else "http"
    names = (bare, f"{bare} {probe.module}")
    sketch = blueprint.sketch(*names, component=blueprint.component(label), kind=kind)
    if module is None:
        sketch.lose(f'asked for with the module "{probe.module}", which the file does not have')
    elif module.prober not in _PROBERS:
        sketch.lose(f'the prober "{module.prober}" has no kind of ours')
    else:
        bench = Bench(probe, sketch, blueprint, base)
        _PROBERS[module.prober](bench, getattr(module, module.prober))
        bench.unknown(module.unknown)
        timeouts_s = [length_s for length_s in (module.timeout, probe.timeout_s) if length_s > 0]
        sketch.options |= {"interval": span(max(probe.interval_s, 1.0)), "timeout": span(min(timeouts_s, default=8.0))}
