"""What we saw of one failing target: sentences for a human, and the dialogue for whoever wants to read it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Annotated, Final

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from monitor.desk.hour import MINUTES, Hour, picture
from monitor.desk.seat import Seat
from monitor.ledger import flips, incidents
from monitor.models import Flip, Member
from monitor.verdict import Verdict
from probes.reason import Reason
from probes.transcript import Line

TARGETS_MAX: Final = 3
DETAIL_CHARS_MAX: Final = 400
TRANSCRIPT_CHARS_MAX: Final = 2000  # of HTML, for each target, so that a page stays within 60 KB

_MEANINGS: Final = {reason.value: reason.meaning for reason in Reason}


class _Saved(BaseModel):
    """The part of a saved Result that is shown."""

    evidence: Annotated[tuple[Line, ...], Field(default=())]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One failing target: since when, why, the last hour of it, and what was said on the wire."""

    member: Member
    verdict: Verdict | None
    sentence: str
    transcript: tuple[Line, ...]
    hour: Hour | None


async def gather(s: AsyncSession, seat: Seat, incident_id: int, now: datetime) -> list[Evidence]:
    """The evidence on those that fail, the first of them first, at most three; of those that failed if none does."""
    shown = await incidents.some_members(s, incident_id, TARGETS_MAX)
    verdicts, hours = seat.verdicts(), await _hours(seat, [member.target for member in shown], now)
    found = await flips.some(s, [member.flip_id for member in shown])
    return [
        Evidence(
            member,
            verdicts.get(member.target),
            sentence(member.reason, member.detail),
            transcript(found.get(member.flip_id)),
            hours.get(member.target),
        )
        for member in shown
    ]


def sentence(reason: str | None, detail: str) -> str:
    """Why a look failed, in words: what the reason means, and the detail that the look gave."""
    meaning = _MEANINGS.get(reason or "", "it failed")
    if len(detail) > DETAIL_CHARS_MAX:
        detail = f"{detail[:DETAIL_CHARS_MAX]}…"
    return f"{meaning[0].upper()}{meaning[1:]}" + (f" ({detail})." if detail else ".")


def transcript(flip: Flip | None) -> tuple[Line, ...]:
    """The dialogue that a flip rests on, already masked and harmless, cut to what a page can bear."""
    if flip is None:
        return ()
    try:
        return tuple(_cut(_Saved.model_validate_json(flip.result).evidence))
    except ValidationError:
        return ()  # a row of another version: what it means stands in the member's reason and detail


def _cut(lines: Sequence[Line]) -> Iterator[Line]:
    room = TRANSCRIPT_CHARS_MAX
    for number, line in enumerate(lines):
        room -= len(escape(line.text)) + 60  # about what the marks round a line take
        if room < 0:
            yield Line(line.at_s, "note", f"{len(lines) - number} more lines are left out here")
            return
        yield line


async def _hours(seat: Seat, targets: Sequence[str], now: datetime) -> Mapping[str, Hour]:
    if seat.samples is None:
        return {}
    seen = await seat.samples.recent_of(targets, now - timedelta(minutes=MINUTES))
    return {target: picture(seen.get(target, ()), now) for target in targets}
