"""The command line as a whole: usage errors, interruptions and broken pipes."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.commands import COMMANDS, main
from monitor.commands.command import name_of

MakeConfig = Callable[..., Path]
MakeTarget = Callable[..., str]


def names() -> list[str]:
    """What the commands are called."""
    return [name_of(command) for command in COMMANDS]


@pytest.mark.parametrize("name", names())
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--help`` prints the docstring and leaves with 0."""
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: ownup {name}")


@pytest.mark.parametrize("words", [[], ["fly"], ["look", "--jason"], ["check"], ["user"], ["user", "add"], ["audit"]])
def test_a_usage_error_is_one_line_and_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And it names the help that would have told."""
    with pytest.raises(SystemExit) as left:
        main(words)
    said = capsys.readouterr()
    assert left.value.code == 2
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("ownup")
    assert "--help" in said.err


def test_a_missing_config_file_is_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file that is looked for by default is named."""
    monkeypatch.chdir(tmp_path)
    assert main(["look"]) == 2
    assert capsys.readouterr() == ("", "config.toml: cannot be read: no such file or directory\n")


def test_a_reader_that_goes_away_causes_no_traceback(make_config: MakeConfig, target: MakeTarget, port: int) -> None:
    """``ownup look | head -0`` says nothing on stderr."""
    config = make_config(target("submission", port))
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        command = [sys.executable, "-m", "monitor", "look", "--config", str(config)]
        done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


def test_what_a_terminal_cannot_show_is_escaped(tmp_path: Path) -> None:
    """Not a traceback, because a name or a server's words are not in the terminal's letters."""
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "monitor", "check", str(tmp_path / "Rīga.toml")]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, env=environ)
    assert done.returncode == 2
    assert done.stderr.endswith(b"/R\\u012bga.toml: cannot be read: no such file or directory\n")


def test_an_interruption_ends_quietly(make_config: MakeConfig, target: MakeTarget) -> None:
    """Ctrl-C while a server keeps us waiting: exit code 130, and not a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = make_config(target("submission", silent.getsockname()[1]))
        command = [sys.executable, "-m", "monitor", "look", "--config", str(config)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            silent.settimeout(60)
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=60) == (b"", b"")
            connection.close()
        assert process.returncode == 130
