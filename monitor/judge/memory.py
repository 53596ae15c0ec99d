"""What a restart remembers: verdicts and parts from the record, runs and usual times from the last samples.

Runs of slow or deferred looks are among them: a server that greylists us gets no new grace because we were restarted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from monitor.court.mind import Mind, Part
from monitor.court.testimony import Testimony
from monitor.ledger import flips, incidents
from monitor.ledger.samples import Sample
from monitor.models import Member, Standing
from monitor.verdict import Verdict, recall
from probes.reason import Reason

_REASONS: Final[dict[str, Reason]] = {reason.value: reason for reason in Reason}


async def remember(
    session: AsyncSession,
    targets: Iterable[str],
    *,
    lately: datetime,
    samples: Mapping[str, Sequence[Sample]] | None = None,
) -> dict[str, Mind]:
    """A mind on each of these targets that the record knows; ``lately`` is how far back relapses count.

    ``samples`` are the last ones of each target, oldest first, as far as its runs have not been broken off by a pause.
    """
    wanted = set(targets)
    parts = await _parts(session)
    downs = await flips.downs_since(session, lately)
    return {
        name: _mind(standing, parts.get(name), downs.get(name, ()), (samples or {}).get(name, ()))
        for name, standing in (await flips.standings(session)).items()
        if name in wanted
    }


async def _parts(session: AsyncSession) -> dict[str, Member]:
    return {
        member.target: member
        for incident in await incidents.open_all(session)
        for member in await incidents.members(session, incident.id)
        if member.recovered_at is None
    }


def _mind(standing: Standing, part: Member | None, downs: tuple[datetime, ...], samples: Sequence[Sample]) -> Mind:
    mind = Mind(
        recall(standing.verdict, [one.outcome for one in samples]),
        standing.since,
        standing.first_failed_at,
        standing.last_good_at,
        good_since=standing.since,
        downs=downs,
    )
    for one in samples:
        mind.recollect(_told(standing.target, one), planned=one.planned)
    if part is not None:
        # A relapse that is only suspected must be confirmed once more, whatever was confirmed before it.
        sure = part.confirmed_at and standing.verdict is not Verdict.SUSPECT
        mind.part = Part.CALLED if sure else Part.QUIET
        mind.share.partly = part.reason == Reason.PARTIAL
        mind.part_is_slow = standing.verdict is Verdict.DEGRADED
    mind.planned = part is None  # Whoever is down and in no incident was so by plan.
    return mind


def _told(target: str, sample: Sample) -> Testimony:
    return Testimony(target, sample.outcome, _REASONS.get(sample.reason or ""), sample.at, sample.duration_s)
