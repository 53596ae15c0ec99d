"""Where a module is turned into a target: what every prober of blackbox_exporter needs to do so."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from monitor.config import UnreadableError, read_text
from monitor.importers.blackbox.jobs import Probe
from monitor.importers.blackbox.options import Addressed, Tls
from monitor.importers.blueprint import Blueprint, Sketch
from monitor.importers.web import Web

HEADER_BYTES_MAX: Final = 8192

_FAMILIES: Final = {"ip4": "4", "ip6": "6"}
_VERSIONS: Final = {"TLS10": "1.0", "TLS11": "1.1", "TLS12": "1.2", "TLS13": "1.3"}
_NEVER: Final = "0s"


@dataclass(frozen=True, slots=True)
class Bench:
    """One module, one target, the sketch that they become, and where relative paths of the module begin."""

    probe: Probe
    sketch: Sketch
    blueprint: Blueprint
    base: Path

    @property
    def web(self) -> Web:
        """What is asked of a web server; secrets are the module's."""
        return Web(self.sketch, self.blueprint.vault, self.probe.module)

    def file(self, key: str, path: str) -> str | None:
        """A file that the module names."""
        return self.sketch.file(key, self.base / path)

    def read(self, path: str) -> str:
        """A header's value from its file, whose last newline does not count."""
        try:
            return read_text(Path(path), HEADER_BYTES_MAX).strip("\r\n")
        except UnreadableError as error:
            self.sketch.unlike(f"{path}: {error}")
            return ""

    def address(self, options: Addressed) -> None:
        """The address family, as far as the module insists on one."""
        if not options.ip_protocol_fallback and options.preferred_ip_protocol in _FAMILIES:
            self.sketch.options["ip_family"] = _FAMILIES[options.preferred_ip_protocol]
        if options.source_ip_address:
            self.sketch.note(
                f"source_ip_address: {options.source_ip_address}: we leave by the address that the way has"
            )
        self.unknown(options.unknown)

    def unknown(self, keys: Iterable[str]) -> None:
        """Name options that we know nothing of."""
        for key in keys:
            self.sketch.unlike(f"{key}: an option that we do not know")

    def tls(self, options: Tls) -> None:
        """How TLS is spoken; blackbox_exporter fails a certificate that has expired, and not before."""
        files = {"ca_file": options.ca_file, "client_cert": options.cert_file, "client_key": options.key_file}
        if options.insecure_skip_verify:
            del files["ca_file"]  # nothing is held against it
        for key, path in files.items():
            if path and (found := self.file(f"tls.{key}", path)):
                self.sketch.tls(key, found)
        if options.insecure_skip_verify:
            self.sketch.tls("verify", value=False)
        else:
            self.sketch.options["cert_fail"] = _NEVER
        if options.server_name:
            self.sketch.tls("server_name", options.server_name)
        if options.min_version:
            self.sketch.tls("min_version", _VERSIONS.get(options.min_version, options.min_version))
        if options.max_version:
            self.sketch.unlike(f"max_version: {options.max_version}: we take the newest TLS that the server has")
        self.unknown(f"tls_config.{key}" for key in options.unknown)
