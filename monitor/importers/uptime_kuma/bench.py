"""Where a monitor is turned into a target."""

from dataclasses import dataclass
from typing import Final

from monitor.importers.blueprint import Blueprint, Sketch
from monitor.importers.spans import span
from monitor.importers.uptime_kuma.options import Monitor, Proxy
from monitor.importers.web import Web

# What Kuma takes of the interval where a monitor has no time limit of its own.
_SHARE: Final = 0.8
_NEVER: Final = "0s"
_FAMILIES: Final = {"ipv4": "4", "ipv6": "6"}


@dataclass(frozen=True, slots=True)
class Bench:
    """One monitor, the sketch that it becomes, and the proxies that it may name."""

    monitor: Monitor
    sketch: Sketch
    blueprint: Blueprint
    proxies: dict[int, Proxy]

    @property
    def web(self) -> Web:
        """What is asked of a web server."""
        return Web(self.sketch, self.blueprint.vault, self.monitor.name)

    def times(self) -> None:
        """How often, and for how long."""
        interval_s = max(self.monitor.interval, 1.0)
        timeout_s = self.monitor.timeout or interval_s * _SHARE
        self.sketch.options |= {"interval": span(interval_s), "timeout": span(timeout_s)}
        if self.monitor.ip_family in _FAMILIES:
            self.sketch.options["ip_family"] = _FAMILIES[self.monitor.ip_family]

    def tls(self) -> None:
        """Kuma tells people that a certificate will expire, and fails it when it has."""
        if self.monitor.ignore_tls:
            self.sketch.tls("verify", value=False)
        else:
            self.sketch.options["cert_fail"] = _NEVER
        if self.monitor.auth_method == "mtls":
            self.sketch.unlike("tlsCert, tlsKey and tlsCa: put them into files: tls.client_cert, tls.client_key")
