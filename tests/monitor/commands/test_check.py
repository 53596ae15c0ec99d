"""``ownup check``: all errors at once, and the exit code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.commands import main


def test_a_good_file_is_said_to_be_good(
    make_config: Callable[..., Path], target: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With what is in it, so that a wrong file is noticed."""
    path = make_config(target("one", 25), target("two", 25))
    assert main(["check", str(path)]) == 0
    assert capsys.readouterr() == (f"{path}: good (1 component, 2 targets, 0 channels)\n", "")


def test_a_bad_file_gives_every_error_on_its_own_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, with file, line, key, reason and suggestion; the exit code is 2."""
    path = tmp_path / "config.toml"
    path.write_text('[desk]\nlisen = "127.0.0.1:1"\n[notices]\nupdate_every = "2h"\n')
    assert main(["check", str(path)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f'{path}:2: desk.lisen: unknown key (did you mean "listen"?)',
        f"{path}:4: notices.update_every: should be at most 1h",
    ]
