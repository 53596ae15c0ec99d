"""How a draft would go out now, and who stands behind it: what the rules on channels and people ask."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from drafts.facts import UpdateKind
from drafts.honesty import Circumstances
from monitor.config import ChannelOptions, Config
from monitor.ledger import assents, incidents
from monitor.models import Act, ActKind, Incident, IncidentUpdate

PAGE: Final = "page"  # what the channel of the public page is always called
BRIEF_WAIT_MAX: Final = timedelta(minutes=3)


async def circumstances(
    s: AsyncSession, config: Config[ChannelOptions], update: IncidentUpdate, person_id: int, now: datetime
) -> Circumstances:
    """The circumstances in which this person would approve a draft."""
    incident = await s.get_one(Incident, update.incident_id)
    acts = await incidents.acts(s, update.incident_id)
    members = await incidents.members(s, update.incident_id)
    failing = {member.component_id for member in members if member.recovered_at is None}
    return Circumstances(
        dead=tuple(dict.fromkeys(dead(config, failing))),
        unbriefed=config.desk.brief_first and _unbriefed(update, incident, acts, now),
        alone=await assents.by_another(s, update, person_id) is None,
        amends_open=not any(act.kind in {ActKind.AMENDS, ActKind.NO_AMENDS} for act in acts),
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
    host = urlsplit(url).netloc.rpartition("@")[2] if isinstance(url, str) else getattr(target, "host", None)
    return host if isinstance(host, str) else None


def _unbriefed(update: IncidentUpdate, incident: Incident, acts: Iterable[Act], now: datetime) -> bool:
    """Whether a first notice still has to wait for those who answer the phone: three minutes at most."""
    if update.kind is not UpdateKind.FIRST or any(act.kind is ActKind.BRIEFED for act in acts):
        return False
    return incident.confirmed_at is None or now - incident.confirmed_at < BRIEF_WAIT_MAX
