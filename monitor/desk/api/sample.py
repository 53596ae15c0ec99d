"""Sample: the sample servers of sample mode, which a program may break and repair."""

from collections.abc import Awaitable
from typing import TypeVar

from pydantic import BaseModel

from monitor.desk.api.ask import Ask
from monitor.desk.api.problem import Problem
from monitor.desk.api.words import Given
from monitor.sample import Part, Sample, SampleError, Standing

T = TypeVar("T")


class SampleParts(BaseModel):
    """How each part of the sample servers stands."""

    parts: dict[Part, Standing]


class SamplePart(Given):
    """One part of the sample servers."""

    part: Part


async def state(ask: Ask) -> SampleParts:
    """Say how each part of the sample servers stands."""
    return SampleParts(parts=await _answered(_sample(ask).state()))


async def break_(ask: Ask, given: SamplePart) -> SampleParts:
    """Break a part of the sample servers, as an outage would."""
    await _answered(_sample(ask).break_(given.part))
    return await state(ask)


async def repair(ask: Ask, given: SamplePart) -> SampleParts:
    """Repair a part of the sample servers."""
    await _answered(_sample(ask).repair(given.part))
    return await state(ask)


def _sample(ask: Ask) -> Sample:
    if ask.seat.sample is None:
        raise Problem(404, "There are no sample servers here.", "Only sample mode has them: ownup run --sample.")
    return ask.seat.sample


async def _answered(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except SampleError as error:
        raise Problem(502, f"Nothing was done: {error}.", "Start the daemon anew.") from error
