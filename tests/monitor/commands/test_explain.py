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
        ["submission", "20", "15", "/", "25", "15", "/", "25", "23", "/", "33", "none"]
    ]


def test_a_missed_objective_is_flagged(
    make_config: MakeConfig, target: MakeTarget, capsys: pytest.CaptureFixture[str]
) -> None:
    """``detect_within`` of ``[defaults]`` is for all, a target may have its own, and one miss makes exit code 1."""
    defaults = '[defaults]\ninterval = "30s"\ntimeout = "10s"\nconfirm = ["5s"]\ndetect_within = "1m"'
    own = target("relay", 26, 'detect_within = "50s"')
    assert main(["explain", "--config", str(make_config(target("submission", 25), defaults))]) == 0
    assert "60: kept" in capsys.readouterr().out
    assert main(["explain", "--config", str(make_config(target("submission", 25), own, defaults))]) == 1
    assert "50: MISSED by 5" in capsys.readouterr().out


def test_without_targets_there_is_nothing_to_explain(
    make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and exit code 2."""
    assert main(["explain", "--config", str(make_config())]) == 2
    assert capsys.readouterr().err.startswith("there is nothing to explain")
