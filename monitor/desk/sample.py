"""Sample mode's buttons: break a part of our own sample servers, and repair it."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from monitor.desk.seat import Seat
from monitor.desk.visit import Refusal, Visit
from monitor.sample import Part, Sample, SampleError, Standing

NAMES: Final = {Part.WEB: "website", Part.SMTP: "mail server", Part.IMAP: "mailbox server"}


@dataclass(frozen=True, slots=True)
class Button:
    """One part, what a human calls it, and whether it is broken now."""

    part: Part
    name: str
    is_broken: bool


async def state(seat: Seat) -> list[Button]:
    """A button for every part; none outside sample mode, or while the sample servers do not answer."""
    if seat.sample is None:
        return []
    try:
        found = await seat.sample.state()
    except SampleError:
        return []
    return [Button(part, NAMES[part], standing is Standing.BROKEN) for part, standing in found.items()]


async def break_(visit: Visit) -> web.Response:
    """Break a part, as an outage would."""
    sample, part = _asked(visit)
    try:
        await sample.break_(part)
    except SampleError as error:
        raise _unanswered(error) from error
    return visit.goto("/", "broken")


async def repair(visit: Visit) -> web.Response:
    """Repair a part."""
    sample, part = _asked(visit)
    try:
        await sample.repair(part)
    except SampleError as error:
        raise _unanswered(error) from error
    return visit.goto("/", "repaired")


def _asked(visit: Visit) -> tuple[Sample, Part]:
    sample, parts = visit.seat.sample, {part.value: part for part in Part}
    part = parts.get(visit.field("part"))
    if sample is None or part is None:
        raise Refusal(404, "There is no such sample server here.", "Only sample mode has servers to break.")
    return sample, part


def _unanswered(error: SampleError) -> Refusal:
    return Refusal(502, f"Nothing was done: {error}.", "Start the daemon anew.")
