"""``ownup lint``: honesty rules on any text, from the command line."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.commands import main

POOR = "We are investigating.\nIt will be fixed soon. We apologise for any inconvenience.\n"
GOOD = (
    "You cannot send mail. Every check of Sending email has failed since 14:02 UTC on 22 November 2026; the last good "
    "check was at 14:01 UTC. Reading email works. We do not know the cause yet, nor when it will be fixed. Keep your "
    "mail in the outbox. We will write again by 14:35 UTC, even if there is nothing new."
)


@pytest.fixture
def poor(tmp_path: Path) -> Path:
    """A text as most companies write it."""
    path = tmp_path / "poor.txt"
    path.write_text(POOR)
    return path


def test_a_poor_text_is_told_what_to_write_instead(poor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line, level, rule, the words and why; exit code 1."""
    assert main(["lint", str(poor)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f'{poor}:2: B T01 "soon"') for line in lines)
    assert any(line.startswith("    instead: ") for line in lines)


@pytest.mark.parametrize(
    "hostile", ["We are sorry for (a a ", "14:02 0:0 ", "no a no a ", "@example.org ", "ein paar ", "]("]
)
def test_a_megabyte_of_malice_is_read_within_a_second(tmp_path: Path, hostile: str) -> None:
    """No text, however it repeats itself, holds the command up."""
    path = tmp_path / "hostile.txt"
    path.write_text(hostile * (1024 * 1024 // len(hostile)))
    began = time.process_time()
    main(["lint", "--json", str(path)])
    assert time.process_time() - began < 1


def test_json_is_one_object_a_file_with_exactly_the_promised_keys(
    poor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the offsets point at the very words."""
    assert main(["lint", "--json", str(poor), str(poor)]) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == second
    assert list(first) == ["file", "findings"]
    (soon,) = [finding for finding in first["findings"] if finding["rule"] == "T01"]
    assert list(soon) == ["rule", "level", "start", "end", "words", "why", "instead"]
    assert POOR[soon["start"] : soon["end"]] == soon["words"]


def test_a_good_text_passes(tmp_path: Path) -> None:
    """Exit code 0: an informing finding is no reason to fail a pipeline."""
    path = tmp_path / "good.txt"
    path.write_text(GOOD)
    words = ["lint", "--title", "Sending email: not working", "--posted-at", "2026-11-22T14:05:00+00:00"]
    assert main([*words, str(path)]) == 0


def test_standard_input_is_read_where_no_file_is_named() -> None:
    """As filters do."""
    command = [sys.executable, "-m", "monitor", "lint"]
    done = subprocess.run(command, input=POOR.encode(), capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(b"-:")


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, unlike a finding."""
    assert main(["lint", str(tmp_path / "no.txt")]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'no.txt'}: cannot be read: no such file or directory\n"


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-22T14:05:00"])
def test_a_time_without_a_zone_is_a_usage_error(moment: str, capsys: pytest.CaptureFixture[str]) -> None:
    """We ask of ourselves what we ask of notices."""
    with pytest.raises(SystemExit) as left:
        main(["lint", "--posted-at", moment])
    assert left.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
