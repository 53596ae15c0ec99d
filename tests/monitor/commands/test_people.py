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


def tamper(config: Path, *statements: str) -> None:
    """Change the record as somebody who knows how to remove the triggers."""
    with sqlite3.connect(config.parent / ".ownup" / "record.db") as record:
        for (trigger,) in record.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            record.execute(f'DROP TRIGGER "{trigger}"')
        for statement in statements:
            record.execute(statement)
    record.close()


def add(config: Path, *names: str) -> None:
    """People who are invited, a line of the audit each."""
    for name in names:
        assert main(["user", "add", name, "--role", "viewer", "--config", str(config)]) == 0


def verified(config: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int | None, str]:
    """What ``ownup audit verify`` says, and its exit code."""
    capsys.readouterr()
    return main(["audit", "verify", "--config", str(config), *words]), capsys.readouterr().out.strip()


def test_a_whole_audit_log_is_said_to_be_whole(make_config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, and the line to keep elsewhere, which is still there when more have followed."""
    config = make_config()
    assert verified(config, capsys) == (0, "the audit log is whole: it has no line yet")
    add(config, "Anna")
    code, said = verified(config, capsys)
    assert (code, said[:26]) == (0, "the audit log is whole: 1:")
    add(config, "Berta")
    assert verified(config, capsys, "--kept", said.rpartition(" ")[2])[0] == 0


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE audit_entry SET actor = 'nobody' WHERE id = 1", 1),
        ("DELETE FROM audit_entry WHERE id = 2", 2),
        ("DELETE FROM audit_entry WHERE id = 3", 3),
        ("DELETE FROM audit_entry", 1),
        ("DELETE FROM audit_head", 1),
    ],
)
def test_a_changed_audit_log_is_noticed(
    make_config: MakeConfig, capsys: pytest.CaptureFixture[str], statement: str, line: int
) -> None:
    """Exit code 1, and the first line that is not what was written, at the end of the log too."""
    config = make_config()
    add(config, "Anna", "Berta", "Clara")
    tamper(config, statement)
    assert verified(config, capsys) == (1, f"the audit log is broken: line {line} is not what was written")


def test_an_end_cut_off_with_care_is_told_by_a_kept_line_alone(
    make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who sets the head back as well leaves a chain that is whole, shorter, and not the one that was."""
    config = make_config()
    add(config, "Anna", "Berta")
    kept = verified(config, capsys)[1].rpartition(" ")[2]
    tamper(
        config,
        "DELETE FROM audit_entry WHERE id = 2",
        "UPDATE audit_head SET entry_id = 1, sha256 = (SELECT sha256 FROM audit_entry WHERE id = 1)",
    )
    assert verified(config, capsys)[0] == 0
    told = (1, "the audit log was written anew: line 2 is not the one that you kept")
    assert verified(config, capsys, "--kept", kept) == told
    add(config, "Dora")
    assert verified(config, capsys)[0] == 0
    assert verified(config, capsys, "--kept", kept) == told


def test_a_kept_line_is_given_as_it_was_printed(make_config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is a mistake, and verifies nothing."""
    for wrong in ("7", "x", "1:abc", "0:" + "a" * 64):
        with pytest.raises(SystemExit, match="2"):
            main(["audit", "verify", "--config", str(make_config()), "--kept", wrong])
        assert "NUMBER:HASH" in capsys.readouterr().err


def test_a_storage_directory_that_cannot_be_made_is_one_line(
    make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and no traceback."""
    config = make_config('[storage]\ndirectory = "no/such/directory"')
    assert main(["user", "list", "--config", str(config)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
