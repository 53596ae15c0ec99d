"""What programs send: words, times and numbers, each within the limits that the desk's forms have too."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from drafts.markdown import one_line
from monitor.desk.act import WORDS_CHARS_MAX
from monitor.desk.number import ROW
from monitor.markdown import honest

NUMBER_MAX: Final = 2_147_483_647
_YEARS: Final = range(2000, 2200)


def _line(words: str) -> str:
    line = one_line(words)
    if not line:
        raise ValueError("nothing can be read in it")
    return line


def _text(words: str) -> str:
    text = honest(words).strip()
    if not text:
        raise ValueError("nothing can be read in it")
    return text


def _sensible(at: datetime) -> datetime:
    if at.year not in _YEARS:
        raise ValueError("that year is not one of ours")
    return at


Line = Annotated[str, StringConstraints(min_length=1, max_length=WORDS_CHARS_MAX), AfterValidator(_line)]
"""One line of a human's words."""

Text = Annotated[str, AfterValidator(_text)]
"""Words that may have several lines."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
"""What the config calls a component or a target."""

Moment = Annotated[AwareDatetime, AfterValidator(_sensible)]
"""A time with its zone."""

RowNumber = Annotated[int, Field(ge=1, le=NUMBER_MAX)]
SeenNumber = Annotated[int, Field(ge=0, le=NUMBER_MAX)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Given(BaseModel):
    """A body: what it does not know is a mistake, and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Nothing(Given):
    """An empty object."""


class Paged(BaseModel):
    """Which part of a list: ``cursor`` is the ``next`` of the part before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, StringConstraints(pattern=f"^{ROW}$")] | None = None

    @property
    def beyond(self) -> int | None:
        """The number of the last row that was given already."""
        return int(self.cursor) if self.cursor else None
