"""``ownup user`` and ``ownup audit``: the record from the command line."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.commands import main

MakeConfig = Callable[..., Path]


def test_a_person_is_added_with_an_invitation_and_then_listed(
    make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link leads to the desk, and nothing but its hash is kept."""
    config = str(make_config())
    assert main(["user", "add", "Anna Liepa", "--role", "approver", "--config", config]) == 0
    link = re.search(r"http://127\.0\.0\.1:8481/\S+", capsys.readouterr().out)
    assert link
    assert main(["user", "list", "--config", config]) == 0
    assert capsys.readouterr().out == "Anna Liepa\tapprover\tinvited\n"


def test_who_lost_the_link_gets_another(make_config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """Adding the same person again invites them again."""
    words = ["user", "add", "Anna", "--role", "viewer", "--config", str(make_config())]
    assert main(words) == 0
    first = capsys.readouterr().out
    assert main(words) == 0
    assert capsys.readouterr().out not in {"", first}


def test_a_person_is_linked_to_who_they_are_elsewhere(
    make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once; two people are never the same one there."""
    config = str(make_config())
    for name in ("Anna", "Berta"):
        assert main(["user", "add", name, "--role", "viewer", "--config", config]) == 0
    assert main(["user", "link", "Anna", "proxy anna", "--config", config]) == 0
    assert main(["user", "link", "Anna", "proxy anna", "--config", config]) == 0
    assert main(["user", "link", "Berta", "proxy anna", "--config", config]) == 2
    assert capsys.readouterr().err == "that is Anna already\n"
    assert main(["user", "link", "Carla", "proxy carla", "--config", config]) == 2


def test_a_person_is_shut_out(make_config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """Their name stays in the record."""
    config = str(make_config())
    assert main(["user", "add", "Anna", "--role", "viewer", "--config", config]) == 0
    assert main(["user", "disable", "Anna", "--config", config]) == 0
    assert main(["user", "disable", "Nobody", "--config", config]) == 2
    capsys.readouterr()
    assert main(["user", "list", "--config", config]) == 0
    assert capsys.readouterr().out == "Anna\tviewer\tdisabled\n"


def test_nobody_is_given_another_role_by_being_added(
    make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that signs notices belongs to one person, and what they may do is not changed in passing."""
    words = ["user", "add", "Anna", "--config", str(make_config()), "--role"]
    assert main([*words, "viewer"]) == 0
    assert main([*words, "admin"]) == 2
    assert capsys.readouterr().err == 'there is a "Anna" already: viewer, invited\n'


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 81])
def test_a_name_that_cannot_sign_a_notice_is_refused(
    name: str, make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is printed under every notice, so it must be printable."""
    assert main(["user", "add", name, "--role", "viewer", "--config", str(make_config())]) == 2
    assert capsys.readouterr().err == "a name has 1 to 80 printable characters\n"


def test_a_whole_audit_log_is_said_to_be_whole(make_config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0."""
    assert main(["audit", "verify", "--config", str(make_config())]) == 0
    assert capsys.readouterr().out == "the audit log is whole\n"


def test_a_changed_audit_log_is_noticed(make_config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and the first line that is not what was written."""
    config = make_config()
    assert main(["user", "add", "Anna", "--role", "viewer", "--config", str(config)]) == 0
    with sqlite3.connect(config.parent / ".ownup" / "record.db") as record:
        for (trigger,) in record.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            record.execute(f'DROP TRIGGER "{trigger}"')
        record.execute("UPDATE audit_entry SET actor = 'nobody' WHERE id = 1")
    record.close()
    capsys.readouterr()
    assert main(["audit", "verify", "--config", str(config)]) == 1
    assert capsys.readouterr().out == "the audit log is broken: line 1 is not what was written\n"


def test_a_storage_directory_that_cannot_be_made_is_one_line(
    make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and no traceback."""
    config = make_config('[storage]\ndirectory = "no/such/directory"')
    assert main(["user", "list", "--config", str(config)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
