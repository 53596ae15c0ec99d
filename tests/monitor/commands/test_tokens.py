"""``ownup token`` and ``ownup audit export``: programs that act for people, and the record of what was done."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.commands import main

MakeConfig = Callable[..., Path]


@pytest.fixture
def config(make_config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> str:
    """A config of a house in which Anna may approve."""
    path = str(make_config())
    assert main(["user", "add", "Anna", "--role", "approver", "--config", path]) == 0
    capsys.readouterr()
    return path


def test_a_token_is_shown_once_then_listed_then_removed(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The list tells whose it is, for what and until when, and not the secret."""
    words = ["token", "add", "Anna", "--label", "laptop", "--role", "responder", "--config", config]
    assert main(words) == 0
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("ownup_")
    assert main(["token", "list", "--config", config]) == 0
    listed = capsys.readouterr().out
    assert listed.startswith("1\tAnna\tresponder\tlaptop\tuntil 2")
    assert listed.endswith("\tnever used\n")
    assert secret not in listed
    assert main(["token", "remove", "1", "--config", config]) == 0
    assert main(["token", "list", "--config", config]) == 0
    assert "\tremoved\t" in capsys.readouterr().out
    assert main(["token", "remove", "1", "--config", config]) == 2
    assert "there is no token 1, or it was removed before" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"person": "Bob"}, 'nobody here is called "Bob": see ownup user list'),
        ({"--role": "admin"}, "Anna is approver, and a token may do no more than its person"),
        ({"--label": " "}, "a label has 1 to 80 printable characters"),
        ({"--label": "a\nb"}, "a label has 1 to 80 printable characters"),
        ({"--expires": "2000d"}, "a token lasts 366 days at most"),
        ({"--expires": "soon"}, '"soon" is no length of time'),
    ],
)
def test_a_token_that_should_not_be_is_not_made(
    config: str, capsys: pytest.CaptureFixture[str], changes: dict[str, str], said: str
) -> None:
    """One line says why, with exit code 2."""
    given = {"person": "Anna", "--label": "laptop", "--role": "viewer", "--expires": "30d", **changes}
    words = [given.pop("person"), *(word for pair in given.items() for word in pair)]
    try:
        code = main(["token", "add", *words, "--config", config])
    except SystemExit as left:
        code = left.code
    assert code == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
    assert main(["token", "list", "--config", config]) == 0
    assert capsys.readouterr().out == ""


def test_the_audit_log_is_printed_as_json(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line, each with the hash of the line before it; from any line on."""
    main(["token", "add", "Anna", "--label", "laptop", "--role", "viewer", "--config", config])
    capsys.readouterr()
    assert main(["audit", "export", "--config", config]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["action"], second["action"]) == ("invited", "token added")
    assert second["previous_sha256"] == first["sha256"]
    assert main(["audit", "export", "--after", "1", "--config", config]) == 0
    assert json.loads(capsys.readouterr().out) == second
