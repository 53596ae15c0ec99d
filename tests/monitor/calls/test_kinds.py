"""The list of route kinds."""

from pathlib import Path
from typing import Literal, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from monitor.calls.kinds import KINDS, Kind
from monitor.calls.route import Route
from monitor.config import ConfigError, load
from monitor.publish import Kind as ChannelKind

CONFIG = """
[[route]]
kind = "pagerduty"
name = "pager"
routing_key = "${KEY}"
carried_by = ["sendin"]

[[person]]
name = "Ada"
routes = ["pagr"]
quiet_hours = "22-7"

[[component]]
id = "sending"
name = "Sending email"
"""


def test_the_union_and_the_tuple_list_the_same_kinds() -> None:
    """What can be parsed can be documented and tested, and the other way round."""
    assert get_args(get_args(Kind)[0]) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_own_word_and_summary(kind: type[Route]) -> None:
    """The word in the config is the class's name, and one sentence says what it does."""
    assert kind.model_fields["kind"].annotation == Literal[kind.__name__.lower()]
    assert kind.summary.endswith(".")


def test_a_kind_that_nobody_wrote_is_refused() -> None:
    """An unknown kind is an error, not a guess."""
    with pytest.raises(ValidationError, match="pigeon"):
        TypeAdapter(Kind).validate_python({"kind": "pigeon", "name": "coo"})


def test_what_one_table_says_of_another_is_checked(tmp_path: Path) -> None:
    """Routes and components that are not there, and hours that are none, are told with their lines."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    with pytest.raises(ConfigError) as refused:
        load(path, ChannelKind, Kind, environ={"KEY": "s3cret-key"})
    assert [str(problem).removeprefix(str(path)) for problem in refused.value.problems] == [
        ':6: route "pager": carried_by[0]: there is no [[component]] with the id "sendin" (did you mean "sending"?)',
        ':10: person "Ada": routes[0]: there is no [[route]] with the name "pagr" (did you mean "pager"?)',
        ':11: person "Ada": quiet_hours: should be two times of day, such as "22:00-07:00"',
    ]
