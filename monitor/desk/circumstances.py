"""How a draft would go out now, and who stands behind it: what the rules on channels and people ask."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import UpdateKind
from drafts.honesty import Circumstances
from monitor.config import ChannelOptions, Config
from monitor.ledger import assents, incidents, story
from monitor.ledger.story import Hit
from monitor.models import Act, ActKind, Incident, IncidentUpdate

PAGE: Final = "page"  # what the channel of the public page is always called
BRIEF_WAIT_MAX: Final = timedelta(minutes=3)
ADDRESSES_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The incident of a draft, with what it hit and its acts; ``alone`` if nobody else has agreed with the words."""

    incident: Incident
    hit: Sequence[Hit]
    acts: Sequence[Act]
    alone: bool = field(kw_only=True)


async def circumstances(
    s: AsyncSession, config: Config[ChannelOptions], update: IncidentUpdate, person_id: int, now: datetime
) -> Circumstances:
    """The circumstances in which this person would approve a draft."""
    incident = await s.get_one(Incident, update.incident_id)
    acts = await incidents.acts(s, update.incident_id)
    hit = (await story.hit_by(s, [update.incident_id])).get(update.incident_id, ())
    alone = await assents.by_another(s, update, person_id) is None
    return weigh(config, update, Surroundings(incident, hit, acts, alone=alone), now)


def weigh(config: Config[ChannelOptions], update: IncidentUpdate, around: Surroundings, now: datetime) -> Circumstances:
    """The same of what was read already."""
    failing = {part.component_id for part in around.hit if part.failing}
    return Circumstances(
        dead=tuple(dict.fromkeys(dead(config, failing))),
        unbriefed=config.desk.brief_first and _unbriefed(update, around.incident, around.acts, now),
        alone=around.alone,
        amends_open=not any(act.kind in {ActKind.AMENDS, ActKind.NO_AMENDS} for act in around.acts),
    )


def dead(config: Config[ChannelOptions], failing: set[str]) -> Iterator[str]:
    """Addresses, hosts and numbers that reach nobody while these components fail."""
    for component in config.component:
        if component.id in failing:
            yield from component.addresses
    for channel in config.channel:
        if failing.intersection(channel.carried_by):
            yield from channel.addresses()
    spared = set() if _page_is_carried(config, failing) else _authorities(config.site.public_url)
    for target in config.target:
        if target.component in failing and (host := _host(target)) and host not in spared:
            yield host


def _page_is_carried(config: Config[ChannelOptions], failing: set[str]) -> bool:
    return any(channel.name == PAGE and failing.intersection(channel.carried_by) for channel in config.channel)


def _authorities(url: str) -> set[str]:
    """How the public page is named, which may live on a host whose other services fail."""
    parts = urlsplit(url)
    return {parts.netloc, parts.hostname or ""}


def _host(target: object) -> str | None:
    """The name that a target is reached by, with its port where its address has one."""
    url = getattr(target, "url", None)
    host = _netloc(url) if isinstance(url, str) else getattr(target, "host", None)
    return host if isinstance(host, str) else None


@lru_cache(ADDRESSES_MAX)
def _netloc(url: str) -> str:
    """The host of an address; kept, since a page asks for those of thousands of targets each time."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _unbriefed(update: IncidentUpdate, incident: Incident, acts: Iterable[Act], now: datetime) -> bool:
    """Whether a first notice still has to wait for those who answer the phone: three minutes at most."""
    if update.kind is not UpdateKind.FIRST or any(act.kind is ActKind.BRIEFED for act in acts):
        return False
    return incident.confirmed_at is None or now - incident.confirmed_at < BRIEF_WAIT_MAX
