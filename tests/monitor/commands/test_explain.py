"""``ownup explain``: what it prints, and its exit codes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.commands import main

MakeConfig = Callable[..., Path]
MakeTarget = Callable[..., str]


def test_each_target_has_its_own_time_to_detect(
    make_config: MakeConfig, target: MakeTarget, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a target that is looked at, with mean and worst for each sort of fault."""
    settings = ('interval = "20s"', 'timeout = "4s"', 'confirm = ["5s"]')
    off = target("old", 25, "enabled = false")
    assert main(["explain", "--config", str(make_config(target("submission", 25, *settings), off))]) == 0
    said = capsys.readouterr().out
    assert [line.split() for line in said.splitlines()[3:]] == [
        ["submission", "20", "15", "/", "25", "15", "/", "25", "23", "/", "33", "-", "none"]
    ]


def test_a_missed_objective_is_flagged(
    make_config: MakeConfig, target: MakeTarget, capsys: pytest.CaptureFixture[str]
) -> None:
    """``detect_within`` of ``[defaults]`` is for all, a target may have its own, and one miss makes exit code 1."""
    defaults = '[defaults]\ninterval = "30s"\ntimeout = "10s"\nconfirm = ["5s"]\ndetect_within = "1m"'
    own = target("relay", 26, 'detect_within = "40s"')
    assert main(["explain", "--config", str(make_config(target("submission", 25), defaults))]) == 0
    assert "60: kept" in capsys.readouterr().out
    assert main(["explain", "--config", str(make_config(target("submission", 25), own, defaults))]) == 1
    assert "40: MISSED by 5" in capsys.readouterr().out


def test_without_targets_there_is_nothing_to_explain(
    make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and exit code 2."""
    assert main(["explain", "--config", str(make_config())]) == 2
    assert capsys.readouterr().err.startswith("there is nothing to explain")


def test_a_tripwire_and_a_heartbeat_have_their_own_figures(
    make_config: MakeConfig,
    target: MakeTarget,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A killed server is called as soon as it is confirmed; a sign is missed only after its grace."""
    monkeypatch.setenv("BACKUP_KEY", "0123456789abcdef0123456789abcdef")
    wired = target("submission", 25, 'interval = "20s"', 'confirm = ["5s"]', "tripwire = true")
    backup = '''[[target]]
name = "backup"
kind = "heartbeat"
component = "mail"
key = "${BACKUP_KEY}"
period = "1h"
grace = "5m"
interval = "1m"
confirm = []
detect_within = "1h"'''
    assert main(["explain", "--config", str(make_config(wired, backup))]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[3].split()[-2:] == ["5", "none"]
    assert said[4].split() == ["backup", "60", "2130", "/", "3960", "-", "-", "-", "3600:", "MISSED", "by", "360"]


def test_what_nobody_can_bear_witness_for_is_said(
    make_config: MakeConfig, target: MakeTarget, capsys: pytest.CaptureFixture[str]
) -> None:
    """All in one place, and no anchor: its end would look like ours. It is a warning, and no miss."""
    there = target("submission", 25).replace("127.0.0.1", "192.0.2.25")
    also = target("relay", 25).replace("127.0.0.1", "192.0.2.26")
    assert main(["explain", "--config", str(make_config(there, also))]) == 0
    assert "Warning: All targets stand in one place (192.0.2.0/24) and no [[anchor]]" in capsys.readouterr().out
    anchor = '[[anchor]]\nname = "north"\nkind = "icmp"\nhost = "203.0.113.1"'
    assert main(["explain", "--config", str(make_config(there, also, anchor))]) == 0
    assert "Warning" not in capsys.readouterr().out


def test_the_channels_that_would_be_left_are_told(
    make_config: MakeConfig, target: MakeTarget, capsys: pytest.CaptureFixture[str]
) -> None:
    """A paragraph for each component, what is missing at the end, and exit code 1 as long as something is."""
    page = '[[channel]]\nkind = "page"'
    assert main(["explain", "--channels", "--config", str(make_config(target("submission", 25), page))]) == 1
    said = capsys.readouterr().out
    assert "\n  reaches customers   page\n  would be called     nobody\n" in said
    assert "\nMissing:\n  - There is no [[person]], so nobody is called" in said
