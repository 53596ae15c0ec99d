"""Variables in the strings of a document."""

import pytest

from monitor.config.environment import expand, refers
from monitor.config.problem import Complaint

ENVIRON = {"A": "alpha", "EMPTY": "", "TOML": '"\n[desk]', "NESTED": "${A} $$"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("${A}", "alpha"),
        ("x${A}y${A}z", "xalphayalphaz"),
        ("${EMPTY}", ""),
        ("$$", "$"),
        ("$${A}", "${A}"),
        ("$$${A}", "$alpha"),
        ("^a$", "^a$"),
        ("$A {A}", "$A {A}"),
        ("${TOML}", '"\n[desk]'),
        ("${NESTED}", "${A} $$"),
        (7, 7),
        ({"k": ["${A}", {"${A}": "${A}"}]}, {"k": ["alpha", {"${A}": "alpha"}]}),
    ],
)
def test_variables_are_put_in_once_and_change_only_values(written: object, meant: object) -> None:
    """A value of the environment is text: it is not read as TOML, and not expanded again."""
    complaints: list[Complaint] = []
    assert expand(written, ENVIRON, complaints) == meant
    assert complaints == []


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("${UNSET}", "the environment variable UNSET is not set"),
        ("${}", '"${}" is no variable (a literal "${" is written "$${")'),
        ("${A:-b}", '"${A:-b}" is no variable (a literal "${" is written "$${")'),
        (r"\d${2}", '"${2}" is no variable (a literal "${" is written "$${")'),
    ],
)
def test_what_cannot_be_put_in_is_complained_of_with_its_key(written: str, reason: str) -> None:
    """The complaint names the variable and the place."""
    complaints: list[Complaint] = []
    expand({"site": {"name": [written]}}, ENVIRON, complaints)
    assert complaints == [Complaint(("site", "name", 0), reason)]


@pytest.mark.parametrize(
    ("text", "does"), [("${A}", True), ("a${A}", True), ("$${A}", False), ("$A", False), (1, False)]
)
def test_a_value_refers_to_the_environment_only_by_a_variable(text: object, does: bool) -> None:  # noqa: FBT001 - a case
    """An escaped dollar is no reference, so that a written secret cannot hide behind one."""
    assert refers(text) is does
