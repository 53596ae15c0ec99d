"""Relabelling, as Prometheus' documentation has each action."""

from typing import Any

import pytest

from monitor.importers.blackbox.relabel import Rule, relabel

LABELS = {"__address__": "shop.example.com:443", "job": "web", "__meta_zone": "EU"}

PORT = {"source_labels": ["__address__"], "regex": "(.*):(\\d+)", "target_label": "port", "replacement": "p${2}"}
HOST = {"source_labels": ["__address__"], "regex": "(?P<host>[^:]+).*", "target_label": "h", "replacement": "$host"}


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ({"source_labels": ["__address__"], "target_label": "target"}, {"target": "shop.example.com:443"}),
        ({"source_labels": ["job", "__meta_zone"], "target_label": "both"}, {"both": "web;EU"}),
        ({"source_labels": ["job", "__meta_zone"], "separator": "-", "target_label": "both"}, {"both": "web-EU"}),
        (PORT, {"port": "p443"}),
        (HOST, {"h": "shop.example.com"}),
        ({"source_labels": ["__address__"], "regex": "shop", "target_label": "never"}, {}),
        ({"source_labels": ["job"], "target_label": "${1}_name", "replacement": "x"}, {"web_name": "x"}),
        ({"target_label": "fixed", "replacement": "$$1 $0 $9"}, {"fixed": "$1  "}),
        ({"target_label": "job", "replacement": ""}, {"job": ""}),
        ({"source_labels": ["__meta_zone"], "target_label": "zone", "action": "lowercase"}, {"zone": "eu"}),
        ({"source_labels": ["job"], "target_label": "job", "action": "Uppercase"}, {"job": "WEB"}),
        ({"regex": "__meta_(.+)", "action": "labelmap"}, {"zone": "EU"}),
        ({"regex": "__meta_.+", "action": "labeldrop"}, {"__meta_zone": ""}),
        ({"regex": "__address__|job", "action": "labelkeep"}, {"__meta_zone": ""}),
        ({"source_labels": ["job"], "regex": "web|api", "action": "keep"}, {}),
        ({"source_labels": ["job"], "regex": "we", "action": "drop"}, {}),
        ({"source_labels": ["job"], "target_label": "job", "action": "keepequal"}, {}),
    ],
)
def test_what_a_rule_does(rule: dict[str, Any], changed: dict[str, str]) -> None:
    """Patterns match the whole of a value, a group that is not there is nothing, and an empty label is none."""
    wanted = {name: value for name, value in {**LABELS, **changed}.items() if value}
    assert relabel(LABELS, [Rule.model_validate(rule)]) == wanted


@pytest.mark.parametrize(
    "rule",
    [
        {"source_labels": ["job"], "regex": "web", "action": "drop"},
        {"source_labels": ["job"], "regex": "api", "action": "keep"},
        {"source_labels": ["job"], "target_label": "job", "action": "dropequal"},
    ],
)
def test_who_is_dropped(rule: dict[str, Any]) -> None:
    """Then no later rule brings them back."""
    assert relabel(LABELS, [Rule.model_validate(rule), Rule(target_label="x", replacement="y")]) is None


def test_shards_are_of_equal_size() -> None:
    """Each address falls to one of three, always the same, and none is left empty."""
    rule = Rule(source_labels=["__address__"], target_label="shard", modulus=3, action="hashmod")
    shards = [relabel({"__address__": f"host{number}"}, [rule]) for number in range(60)]
    assert {shard["shard"] for shard in shards if shard} == {"0", "1", "2"}
