"""The list of channel kinds."""

from typing import Literal, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from monitor.channels.channel import Channel, Message
from monitor.channels.kinds import KINDS, Kind
from monitor.channels.page import Page
from tests.monitor.channels.test_manual import MANUAL


def test_the_union_and_the_tuple_list_the_same_kinds() -> None:
    """What can be parsed can be documented and tested, and the other way round."""
    assert get_args(get_args(Kind)[0]) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_own_word_and_summary(kind: type[Channel]) -> None:
    """The word in the config is the class's name, and one sentence says what it does."""
    assert kind.model_fields["kind"].annotation == Literal[kind.__name__.lower()]
    assert kind.summary.endswith(".")


def test_a_kind_that_nobody_wrote_is_refused() -> None:
    """An unknown kind is an error, not a guess."""
    with pytest.raises(ValidationError, match="pigeon"):
        TypeAdapter(Kind).validate_python({"kind": "pigeon", "name": "coo"})


async def test_the_page_delivers_at_once(message: Message) -> None:
    """The page reads the record, so an update is visible when it is delivered; there is one page, of one name."""
    page = TypeAdapter(Kind).validate_python({"kind": "page", "name": "page"})
    assert isinstance(page, Page)
    assert await page.send(message) == "visible at https://status.test/incidents/7"
    with pytest.raises(ValidationError):
        Page.model_validate({"name": "other"})


@pytest.mark.parametrize("kind", KINDS)
def test_the_manual_says_what_a_kind_carries_and_guarantees(kind: type[Channel]) -> None:
    """The table of the manual is as true as the code."""
    limits, name = kind.limits, get_args(kind.model_fields["kind"].annotation)[0]
    much = f", up to {limits.chars_max:,} characters" if limits.chars_max else ""
    row = f"| `{name}` | {kind.summary} | {limits.carries}, as {limits.form}{much} | {kind.guarantee} | "
    assert row in MANUAL
