"""The rules for Prometheus: sound, each tested both ways, and on metrics that there are."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy" / "prometheus"
RULES: Final = (DEPLOY / "records.yaml", DEPLOY / "alerts.yaml")
UNIT_TESTS: Final = sorted((DEPLOY / "tests").glob("*.yaml"))
TEXT: Final = "".join(path.read_text() for path in RULES)
TESTED: Final = "".join(path.read_text() for path in UNIT_TESTS)
ALERTS: Final = re.findall(r"- alert: (\w+)", TEXT)
RECORDS: Final = re.findall(r"- record: (\S+)", TEXT)
DOCUMENTED: Final = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "metrics.md").read_text(), re.MULTILINE))


def names(queries: list[str]) -> set[str]:
    """The metrics that some queries read."""
    read = re.findall(r"(?<![\w:])((?:probe|ownup)_\w+)(?![\w:])", " ".join(queries))
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in read}


def promtool(*arguments: str | Path) -> None:
    """Run Prometheus' own tool, which must have nothing to say against it."""
    tool = subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=180, check=False)
    assert tool.returncode == 0, tool.stdout + tool.stderr


def test_the_rules_and_the_config_are_sound() -> None:
    """``promtool check rules`` and ``promtool check config`` accept what we ship."""
    promtool("check", "rules", *RULES)
    promtool("check", "config", DEPLOY / "prometheus.yaml")


@pytest.mark.parametrize("path", UNIT_TESTS, ids=lambda path: path.stem)
def test_the_rules_say_what_they_should(path: Path) -> None:
    """``promtool test rules``."""
    promtool("test", "rules", path)


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_is_tested_both_ways(alert: str) -> None:
    """There is a moment at which it fires, and one at which it does not."""
    asked = rf'expr: ALERTS{{alertname="{alert}", alertstate="firing"}}\n +eval_time: .*\n +exp_samples:(.*)\n'
    assert {" []", ""} == set(re.findall(asked, TESTED))


@pytest.mark.parametrize("record", RECORDS)
def test_every_record_is_tested(record: str) -> None:
    """Some test asks for its value."""
    assert re.search(rf"expr: (round\()?{re.escape(record)}\b", TESTED)


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_says_what_is_wrong_and_what_to_do(alert: str) -> None:
    """A severity, a summary, and a runbook of some sentences, which its link leads to in the docs, word for word."""
    (rule,) = re.findall(rf"- alert: {alert}\n(.+?)(?=\n\n|\Z)", TEXT, re.DOTALL)
    assert re.search(r"labels: \{severity: (critical|warning)\}", rule)
    assert re.search(r"summary: \"\S", rule)
    runbook = rule.partition("runbook: >-\n")[2].split()
    assert len(runbook) > 20
    assert f'runbook_url: "https://docs.example.com/ownup/runbooks.md#{alert.lower()}"\n' in rule
    section = (ROOT / "docs" / "runbooks.md").read_text().partition(f"\n## {alert}\n")[2].partition("\n## ")[0]
    assert " ".join(runbook) in " ".join(section.split())
    assert f"| `{alert}` |" in (ROOT / "docs" / "metrics.md").read_text()


def test_what_a_runbook_asks_prometheus_is_on_metrics_that_there_are() -> None:
    """Nobody types a query at three in the morning to learn that it is misspelt."""
    asked = re.findall(r"^ {4}(?!sed )(.*)$", (ROOT / "docs" / "runbooks.md").read_text(), re.MULTILINE)
    assert len(asked) >= len(ALERTS)
    assert names(asked) <= DOCUMENTED


def test_the_rules_read_only_metrics_that_there_are() -> None:
    """Each name that a rule reads is explained in the docs, or is another rule's record."""
    read = names(re.findall(r"expr: (\|\n(?: {10,}.*\n)+|.*\n)", TEXT))
    assert read <= DOCUMENTED
    assert "ownup_verdict" in read


def test_a_rule_reads_only_records_that_there_are() -> None:
    """A typing mistake in the name of a record would make a rule that never fires."""
    assert set(re.findall(r"\b(?:component|target):\w+:\w+", TEXT)) == set(RECORDS)
