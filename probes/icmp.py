"""The kind ``icmp``: ping a host. It proves that the way to it works, and nothing about what runs there."""

import asyncio
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from probes.address import Address
from probes.connect import told
from probes.finding import Failed
from probes.notebook import Notebook
from probes.ping import Ping, opened
from probes.reason import Reason
from probes.resolve import resolve
from probes.target import Host, Target
from probes.wire import stage

WAIT_S: Final = 1.0


class Icmp(Target):
    """A host that answers pings. Networks lose packets, so one answer to ``count`` of them is enough."""

    summary: ClassVar[str] = "a host that answers pings"

    kind: Literal["icmp"] = "icmp"
    host: Host
    count: Annotated[int, Field(ge=1, le=20)] = 3

    async def look(self, notes: Notebook) -> None:
        """Ping each address until one answers. Raises Finding."""
        async with stage(notes, "resolve", silence=Reason.DNS_TIMEOUT, limit_s=self.stage_timeout):
            addresses = await resolve(self.reached_at, 0, self.ip_family, self.resolver)
        failures: list[tuple[Address, OSError]] = []
        for address in addresses:
            try:
                if await self._answers(address, notes):
                    return
            except OSError as error:
                failures.append((address, error))
                notes.say("note", f"{address.sockaddr[0]} cannot be pinged: {error.strerror}")
        if len(failures) == len(addresses):
            raise told(failures)
        raise Failed(Reason.TIMEOUT, f"{self.host} answered none of {self.count} pings")

    async def _answers(self, address: Address, notes: Notebook) -> bool:
        with notes.phase("setup"):
            sock = opened(address)
        notes.numbers["ip_protocol"] = address.ip_protocol
        with sock, notes.phase("rtt"):
            ping = Ping(sock, address.family)
            rtt_s = await self._first_reply(ping)
        notes.numbers |= {"sent": float(ping.sent), "lost": float(ping.sent - (rtt_s is not None))}
        if rtt_s is None:
            notes.say("note", f"{address.sockaddr[0]} answered none of {ping.sent} pings")
            return False
        if ping.hop_limit is not None:
            notes.numbers["hop_limit"] = float(ping.hop_limit)
        notes.phases["rtt"] = rtt_s
        notes.address = address.sockaddr[0]
        notes.say("them", f"{address.sockaddr[0]} answered ping {ping.sent} in {rtt_s * 1000:.2f} ms")
        return True

    async def _first_reply(self, ping: Ping) -> float | None:
        wait_s = min(WAIT_S, 0.9 * self.timeout / self.count)
        for _ in range(self.count):
            ping.send()
            try:
                async with asyncio.timeout(wait_s):
                    return await ping.reply()
            except TimeoutError:
                continue
        return None
