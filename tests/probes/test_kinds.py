"""The list of kinds: whatever stands in it is parsed by its word, and knows how to look."""

import pytest
from pydantic import TypeAdapter, ValidationError

from probes.kinds import KINDS, Kind
from probes.target import Target


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_what_it_is(kind: type[Target]) -> None:
    """Its word is the class's name in lower case, and it has a summary for the documents."""
    assert kind.model_fields["kind"].default == kind.__name__.lower()
    assert kind.summary


def test_a_target_is_parsed_by_its_kind() -> None:
    """One adapter reads them all, and an unknown kind is answered with the known ones."""
    adapter = TypeAdapter(Kind)
    assert adapter.validate_python({"kind": "http", "name": "w", "component": "w", "url": "x"}).kind == "http"
    with pytest.raises(ValidationError, match=", ".join(f"'{kind.__name__.lower()}'" for kind in KINDS)):
        adapter.validate_python({"kind": "invalid", "name": "w", "component": "w"})
