"""``ownup look``: what it prints, and its exit codes."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.commands import main
from monitor.commands.look import worst
from probes.look import Outcome

MakeConfig = Callable[..., Path]
MakeTarget = Callable[..., str]


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is bound and never listens, so that connecting is refused."""
    with socket.socket() as idle:
        idle.bind(("127.0.0.1", 0))
        yield idle.getsockname()[1]


def test_a_good_look_prints_the_dialogue_with_timings(
    make_config: MakeConfig, target: MakeTarget, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an SRE pastes into a ticket: the finding, when, how long each stage took, and who said what."""
    assert main(["look", "--config", str(make_config(target("submission", port)))]) == 0
    said = capsys.readouterr().out
    assert said.startswith("submission (smtp): ok\n  looked at ")
    assert "greeting 0." in said
    assert " < 220 mail.example ESMTP\n" in said
    assert " > EHLO " in said


def test_a_failed_look_says_why_and_masks_the_password(
    make_config: MakeConfig,
    target: MakeTarget,
    port: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reason and the server's words stand there; the password does not, even if the server quotes it."""
    monkeypatch.setenv("PASSWORD", "hunter2-hunter2")
    config = make_config(target("submission", port, 'username = "probe"', 'password = "${PASSWORD}"'))
    assert main(["look", "--config", str(config)]) == 2
    said = capsys.readouterr().out
    assert said.startswith("submission (smtp): failed, auth")
    assert "hunter2" not in said
    assert "AHByb2JlA" not in said  # base64 of "\0probe\0…"


def test_json_is_one_object_a_line_with_exactly_the_promised_keys(
    make_config: MakeConfig, target: MakeTarget, port: int, closed_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scripts depend on these names."""
    config = make_config(target("one", port), target("two", closed_port))
    assert main(["look", "--json", "--config", str(config)]) == 2
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    keys = ["target", "kind", "outcome", "reason", "detail", "duration_s", "phases", "certificate", "evidence"]
    keys += ["numbers", "side"]
    assert list(first) == list(second) == keys
    assert (first["target"], first["outcome"], first["reason"]) == ("one", "ok", None)
    assert (second["target"], second["outcome"], second["reason"]) == ("two", "failed", "connect_refused")
    assert set(first["evidence"][0]) == {"at_s", "who", "text"}


def test_only_the_named_targets_are_looked_at(
    make_config: MakeConfig, target: MakeTarget, port: int, closed_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name chooses, even a target that is not enabled."""
    config = make_config(target("one", port, "enabled = false"), target("two", closed_port))
    assert main(["look", "one", "--config", str(config)]) == 0
    assert "two" not in capsys.readouterr().out


def test_a_target_that_is_not_enabled_is_not_looked_at_unasked(
    make_config: MakeConfig, target: MakeTarget, port: int, closed_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without names, what is switched off stays off."""
    config = make_config(target("one", port), target("two", closed_port, "enabled = false"))
    assert main(["look", "--config", str(config)]) == 0
    assert "two" not in capsys.readouterr().out


def test_an_unknown_name_is_one_line_and_exit_code_2(
    make_config: MakeConfig, target: MakeTarget, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the name that was probably meant."""
    assert main(["look", "submision", "--config", str(make_config(target("submission", port)))]) == 2
    assert capsys.readouterr() == ("", 'there is no target "submision" (did you mean "submission"?)\n')


def test_a_config_without_targets_is_said_so(make_config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing looked at is not "ok"."""
    assert main(["look", "--config", str(make_config())]) == 2
    assert "no enabled [[target]]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("ok ok", "ok"),
        ("ok degraded", "degraded"),
        ("degraded unknown ok", "unknown"),
        ("degraded unknown failed ok", "failed"),
    ],
)
def test_several_looks_amount_to_the_worst(outcomes: str, expected: str) -> None:
    """Failed before unknown before degraded before ok."""
    assert worst(Outcome(outcome) for outcome in outcomes.split()) is Outcome(expected)
