"""The import borders can fail: each contract of pyproject.toml meets a violation planted in a scratch copy."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
CONTRACTS: Final = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}

# A contract's id, the file to plant in, and the line that must not stand there. A stray file breaks an exhaustive one.
PLANTS: Final = (
    ("leaves", "probes/reason.py", "import drafts.facts"),
    ("leaves", "drafts/facts.py", "import monitor.verdict"),
    ("monitor", "monitor/log.py", "import monitor.daemon"),
    ("monitor", "monitor/desk/__init__.py", "import monitor.page"),
    ("monitor", "monitor/utils.py", "import logging"),
    ("probes", "probes/reason.py", "import probes.kinds"),
    ("probes", "probes/http.py", "import probes.smtp"),
    ("probes", "probes/helpers.py", "import logging"),
    ("drafts", "drafts/facts.py", "import drafts.notice"),
    ("drafts", "drafts/common.py", "import string"),
    ("only-publish", "monitor/desk/__init__.py", "import monitor.channels"),
    ("only-publish", "monitor/judge.py", "import monitor.publish"),
    ("only-publish", "monitor/calls/ladder.py", "import monitor.channels"),
    ("only-calls", "monitor/desk/__init__.py", "import monitor.sending"),
    ("only-calls", "monitor/judge/__init__.py", "import monitor.calls"),
    ("drafts-is-text", "drafts/facts.py", "import socket"),
    ("drafts-is-text", "drafts/notice.py", "import time"),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The three packages, to be spoilt at will."""
    for package in ("probes", "drafts", "monitor"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(directory: Path) -> tuple[int, str]:
    """What the linter says of a copy, on one line so that a wrapped name is whole."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=directory, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, " ".join(done.stdout.split())


def test_every_contract_holds(copy: Path) -> None:
    """Nothing planted, nothing broken."""
    code, said = lint(copy)
    assert code == 0, said


@pytest.mark.parametrize(("contract", "file", "line"), PLANTS)
def test_a_planted_violation_breaks_its_contract(copy: Path, contract: str, file: str, line: str) -> None:
    """The linter fails, and names the contract and the module."""
    with copy.joinpath(file).open("a") as spoilt:
        spoilt.write(f"\n{line}\n")
    code, said = lint(copy)
    assert code == 1
    assert f"{CONTRACTS[contract]} BROKEN" in said
    assert f"- {file.removesuffix('.py').removesuffix('/__init__').replace('/', '.')} " in said


def test_every_contract_has_its_violation() -> None:
    """A new contract comes with a plant, so that none can be one that never fails."""
    assert {contract for contract, _, _ in PLANTS} == set(CONTRACTS)
