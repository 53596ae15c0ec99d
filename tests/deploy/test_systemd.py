"""The unit for systemd: sound, and shut off from what it does not need."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
EXPOSURE_MAX: Final = 15  # in tenths; systemd calls up to 2.0 "OK", and most units of a system have 9.6


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a program that this machine has."""
    path = tmp_path / "ownup.service"
    text = (ROOT / "deploy" / "ownup.service").read_text()
    assert "ExecStart=/opt/ownup/.venv/bin/ownup run" in text
    path.write_text(text.replace("/opt/ownup/.venv/bin/ownup", sys.executable))
    return path


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Ask systemd itself."""
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60, check=False)


def test_systemd_finds_nothing_to_say(unit: Path) -> None:
    """No unknown key, no wrong value."""
    verified = analyze("verify", unit)
    assert (verified.returncode, verified.stderr) == (0, "")


def test_it_is_shut_off(unit: Path) -> None:
    """Systemd's own measure of what a break-in could reach stays low."""
    judged = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", unit)
    assert judged.returncode == 0, judged.stdout
