"""The documents hold what the code has: every kind, key, metric, reason, command and word."""

import re
from pathlib import Path
from typing import Final, get_args

import pytest

import monitor.models
from monitor.calls.kinds import KINDS as ROUTE_KINDS
from monitor.channels.kinds import KINDS as CHANNEL_KINDS
from monitor.commands import COMMANDS
from monitor.commands.command import Command, name_of
from monitor.config import Config
from monitor.metrics.families import FAMILIES
from monitor.metrics.gauges import Gauges
from probes.kinds import KINDS
from probes.reason import Reason

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained(reason: Reason) -> None:
    """The table has the code's own words."""
    assert f"| `{reason}` | {reason.meaning} |" in DOCS["reasons.md"]


def test_every_metric_is_explained() -> None:
    """Each name that a scrape can give stands in the table, and the table has no other."""
    own = {family.name + ("_total" if family.type == "counter" else "") for family in _own()}
    given = {family.name for family in FAMILIES} | own
    assert given == set(re.findall(r"^\| `((?:probe|ownup)_\w+)`", DOCS["metrics.md"], re.MULTILINE))


def _own() -> list[object]:
    return [one for one in Gauges(version="0").registry.collect() if one.name.startswith("ownup_")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_command_is_explained(command: Command) -> None:
    """``ownup NAME`` stands in the page of commands."""
    assert f"ownup {name_of(command)}" in DOCS["commands.md"]


@pytest.mark.parametrize("kind", [*KINDS, *CHANNEL_KINDS, *ROUTE_KINDS], ids=lambda kind: kind.__name__)
def test_every_kind_and_key_is_explained(kind: type) -> None:
    """Each kind, and each of its keys, stands in the page of the config or of the channels."""
    text = DOCS["config.md"] + DOCS["channels.md"] + DOCS["calls.md"]
    (name,) = get_args(kind.model_fields["kind"].annotation)
    assert f"`{name}`" in text
    assert not [key for key in kind.model_fields if f"`{key}`" not in text]


@pytest.mark.parametrize("section", sorted(set(Config.model_fields) - {"path", "target", "anchor", "channel", "route"}))
def test_every_section_and_key_is_explained(section: str) -> None:
    """Each section of the config, and each of its keys, stands in the page of the config."""
    text = DOCS["config.md"]
    model = Config.model_fields[section].annotation
    model = get_args(model)[0] if get_args(model) else model
    assert f"[{section}]" in text
    assert not [key for key in model.model_fields if f"`{key}`" not in text]


def test_every_table_is_a_word() -> None:
    """One noun, one name: what the record keeps stands in the glossary."""
    internal = {"AuditHead", "Session", "Throttle"}
    tables = {mapper.class_.__name__ for mapper in monitor.models.SQLModel._sa_registry.mappers}
    assert not [name for name in tables - internal if f"| {name} " not in DOCS["glossary.md"].replace(",", " ")]


def test_links_lead_somewhere() -> None:
    """Every relative link of a document or the README exists."""
    for page in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]:
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
