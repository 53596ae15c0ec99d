"""Where an endpoint is turned into a target: its conditions, those that are spoken for, and its texts."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from monitor.importers.blueprint import Blueprint, Sketch
from monitor.importers.gatus.condition import Condition, parse
from monitor.importers.gatus.options import Endpoint
from monitor.importers.spans import span
from monitor.importers.web import Web
from monitor.importers.woven import Variable, Woven
from probes.request import names_a_secret

# As Go's os.ExpandEnv reads it, which Gatus runs over its file.
_REFERENCE: Final = re.compile(r"\$(?:\$|\{(\w+)\}|([A-Za-z_]\w*))")
_RESOLVER: Final = re.compile(r"(?:udp|tcp)://(?P<server>.+)")
_NEVER: Final = "0s"
_PLACEHOLDERS: Final = {"[ENDPOINT_NAME]": "name", "[ENDPOINT_GROUP]": "group", "[ENDPOINT_URL]": "url"}


@dataclass(slots=True)
class Bench:
    """One endpoint, the sketch that it becomes, and what of its conditions is left to tell."""

    endpoint: Endpoint
    sketch: Sketch
    blueprint: Blueprint
    base: Path
    conditions: list[Condition] = field(default_factory=list)

    def begin(self) -> None:
        """Read the conditions."""
        for text in self.endpoint.conditions:
            if condition := parse(text):
                self.conditions.append(condition)
            else:
                self.sketch.note(f"condition {text}")

    def spoken_for(self, condition: Condition) -> None:
        """It is carried over."""
        self.conditions.remove(condition)

    def finish(self) -> None:
        """Name the conditions that are not carried over."""
        for condition in self.conditions:
            self.sketch.note(f"condition {condition.text}")

    def text(self, text: str) -> str | Woven:
        """A text in which ``$NAME`` is a variable of the environment, as in Gatus."""
        parts: list[str | Variable] = []
        end = 0
        for match in _REFERENCE.finditer(text):
            parts.append(text[end : match.start()])
            name = match[1] or match[2]
            parts.append(self.blueprint.vault.known(name) if name else "$")
            end = match.end()
        rest = text[end:]
        return Woven((*(part for part in parts if part), *([rest] if rest else []))) if parts else text

    @property
    def web(self) -> Web:
        """What is asked of a web server."""
        stem = f"{self.endpoint.group} {self.endpoint.name}"
        return Web(self.sketch, self.blueprint.vault, stem, self.text)

    def body(self) -> str:
        """What is sent, with what Gatus puts in."""
        body = self.endpoint.body
        for placeholder, key in _PLACEHOLDERS.items():
            body = body.replace(placeholder, getattr(self.endpoint, key))
        if re.search(r"\[(?:RANDOM_STRING_\d+|LOCAL_ADDRESS)\]", body):
            self.sketch.unlike("body: what we send is the same each time")
        return body

    def line(self) -> str | Woven:
        """The body as a line of a dialogue; one that speaks of a secret goes by the option ``password``."""
        body = self.body()
        if not names_a_secret(body):
            return self.text(body)
        self.sketch.options["password"] = self.web.secret("line", body)
        return r"\g<password>"

    def tls(self) -> None:
        """Certificates: Gatus minds how long they are good only if a condition says so."""
        client = self.endpoint.client
        if client.insecure:
            self.sketch.tls("verify", value=False)
        else:
            self.sketch.options["cert_fail"] = _NEVER
        files = {"client_cert": client.tls.certificate_file, "client_key": client.tls.private_key_file}
        for key, path in files.items():
            if path and (found := self.sketch.file(f"tls.{key}", self.base / path)):
                self.sketch.tls(key, found)
        for condition in [it for it in self.conditions if it.what == "CERTIFICATE_EXPIRATION"]:
            if condition.sign in {">", ">="}:
                self._within(condition, "cert_fail")

    def client(self) -> None:
        """The ways and times that all kinds have."""
        client = self.endpoint.client
        self.sketch.options |= {"interval": span(max(self.endpoint.interval, 1.0)), "timeout": span(client.timeout)}
        if match := _RESOLVER.fullmatch(client.dns_resolver):
            self.sketch.options["resolver"] = match["server"]
        if client.network in {"ip4", "ip6"}:
            self.sketch.options["ip_family"] = client.network[-1]
        if client.tunnel:
            self.sketch.unlike(f"client.tunnel: {client.tunnel}: we look from where we are")
        for condition in [it for it in self.conditions if it.what == "RESPONSE_TIME" and it.sign in {"<", "<="}]:
            self._within(condition, "slow_after")

    def _within(self, condition: Condition, option: str) -> None:
        try:
            length_s = condition.length_s
        except ValueError:
            return
        self.sketch.options[option] = span(length_s)
        self.spoken_for(condition)
