"""A small company with Ownup and Prometheus beside it: real servers, real looks, and an incident told to customers."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import trustme
import yaml

from deploy.grafana.asking import Asker, Series
from monitor.commands.remote import RefusedThere, Remote
from tests.deploy.daemon import Daemon
from tests.peers.dovecot import PASSWORD, USERNAME, Dovecot
from tests.peers.nginx import Nginx
from tests.peers.ports import Block
from tests.peers.postfix import Postfix
from tests.peers.prometheus import Prometheus

ROOT: Final = Path(__file__).parents[2]
RULES: Final = ROOT / "deploy" / "prometheus" / "records.yaml"
WHO: Final = "Ada Lovelace"
PAUSE_S: Final = 0.2

CONFIG: Final = """[site]
name = "Example Mail"
[desk]
listen = "127.0.0.1:{desk}"
[page]
listen = "127.0.0.1:{page}"
[metrics]
listen = "127.0.0.1:{metrics}"
[storage]
directory = "record"

[defaults]
interval = "{interval}"
timeout = "{timeout}"
confirm = ["500ms", "1s"]
tls.ca_file = "{authority}"

[[component]]
id = "website"
name = "Website"
when_down = "you cannot open our website"
[[component]]
id = "sending"
name = "Sending email"
when_down = "you cannot send mail"
[[component]]
id = "reading"
name = "Reading email"
when_down = "you cannot read your mail"
[[component]]
id = "delivery"
name = "Mail delivery"
when_down = "mail to you does not arrive"

[[target]]
name = "website"
kind = "http"
component = "website"
url = "http://localhost:{nginx_http}/"
connect_to = "127.0.0.1"
[[target]]
name = "shop"
kind = "http"
component = "website"
url = "https://localhost:{nginx_https}/health.json"
connect_to = "127.0.0.1"
[[target]]
name = "submission"
kind = "smtp"
component = "sending"
host = "localhost"
connect_to = "127.0.0.1"
port = {smtp}
username = "{username}"
password = "${{PASSWORD}}"
[[target]]
name = "mailbox"
kind = "imap"
component = "reading"
host = "localhost"
connect_to = "127.0.0.1"
port = {imaps}
username = "{username}"
password = "${{PASSWORD}}"
{trips}
[[channel]]
name = "page"
kind = "page"
[[channel]]
name = "customers"
kind = "email"
host = "localhost"
port = {smtp}
tls.ca_file = "{authority}"
mail_from = "status@example.test"
to = ["sample@example.test"]

[[route]]
name = "on-call-mail"
kind = "email"
host = "localhost"
port = {smtp}
tls.ca_file = "{authority}"
mail_from = "ownup@example.test"
to = "sample@example.test"
[[person]]
name = "Ada Lovelace"
routes = ["on-call-mail"]
"""

TRIP: Final = """[[target]]
name = "{name}"
kind = "roundtrip"
component = "delivery"
smtp = {{ {host}, port = {smtp}, username = "{username}", password = "${{PASSWORD}}" }}
imap = {{ {host}, port = {imaps}, username = "{username}", password = "${{PASSWORD}}" }}
mail_from = "sample@example.test"
mail_to = "{to}@example.test"
deliver_warn = "10s"
deliver_fail = "20s"
"""

# Postfix knows one of them.
TRIPS: Final = {"round-trip": "sample", "to-nobody": "nobody"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often Ownup looks, and how often Prometheus asks it."""

    interval: str = "1s"
    timeout: str = "1s"
    scrape_s: float = 1.0


@dataclass(frozen=True, slots=True)
class World:
    """Everything that runs. ``desk`` is asked in the name of an approver."""

    nginx: Nginx
    ownup: Daemon
    prometheus: Prometheus
    desk: Remote

    @property
    def url(self) -> str:
        """Where Prometheus is."""
        return f"http://127.0.0.1:{self.prometheus.port}"

    def ask(self, expr: str) -> list[Series]:
        """What Prometheus says of an expression now."""
        return Asker(url=self.url, until=0, range_s=0).now(expr)

    def until(self, expr: str, *, within_s: float = 60.0) -> None:
        """Wait until an expression gives something."""
        until(lambda: self.ask(expr), within_s=within_s, why=lambda: f"{expr}: {self.ownup.log.read_text()[-3000:]}")

    def publish(self, component: str, *, within_s: float = 40.0) -> None:
        """Take the component's incident up, and approve its draft as soon as its words stand."""
        seen: list[str] = []
        until(lambda: self._published(component, seen), within_s=within_s, why=lambda: "\n".join(seen[-5:]))

    def _published(self, component: str, seen: list[str]) -> bool:
        for told in self.desk.ask("GET", "/drafts").told["items"]:
            draft = self.desk.ask("GET", f"/drafts/{told['id']}")
            seen.append(f"{draft.told}")
            if component not in draft.told["title"]:
                continue
            given = {"text_sha256": draft.told["text_sha256"], "override": "there is nothing more to say yet"}
            try:
                self.desk.ask("POST", f"/incidents/{draft.told['incident']}/acknowledge", {})
                self.desk.ask("POST", f"/drafts/{told['id']}/approve", given, version=draft.etag)
            except RefusedThere as why:
                seen.append(str(why))
            else:
                return True
        return False


def until(true: Callable[[], object], *, within_s: float, why: Callable[[], str]) -> None:
    """Wait for it, and say what was in the way."""
    give_up = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < give_up, why()
        time.sleep(PAUSE_S)


@contextmanager
def company(ports: Block, authority: trustme.CA, pace: Pace) -> Iterator[World]:
    """Everything, started."""
    expiry = datetime.now(UTC) + timedelta(days=40)
    certificate = authority.issue_cert("localhost", "127.0.0.1", "mail.example.test", not_after=expiry)
    listen = {name: ports.port() for name in ("desk", "page", "metrics")}
    with ExitStack() as stack:
        nginx = stack.enter_context(Nginx(ports, certificate))
        dovecot = stack.enter_context(Dovecot(ports, certificate))
        maildirs = dovecot.directory / "mail"
        postfix = stack.enter_context(Postfix(ports, certificate, auth=dovecot.auth, maildirs=maildirs))
        ownup = stack.enter_context(_daemon(listen, authority, pace, (nginx, postfix, dovecot)))
        scraper = stack.enter_context(prometheus(ports, pace, ownup.port))
        ownup.say("user", "add", WHO, "--role", "approver")
        token = ownup.say("token", "add", WHO, "--label", "a test", "--role", "approver").split()[-1]
        yield World(nginx, ownup, scraper, Remote(f"http://127.0.0.1:{listen['desk']}", token))


def _daemon(
    listen: Mapping[str, int],
    authority: trustme.CA,
    pace: Pace,
    peers: tuple[Nginx, Postfix, Dovecot],
) -> Daemon:
    nginx, postfix, dovecot = peers
    host = 'host = "localhost", connect_to = "127.0.0.1"'
    where = {"host": host, "smtp": postfix.smtp, "imaps": dovecot.imaps, "username": USERNAME}
    authority_file = nginx.directory / "authority.pem"
    authority.cert_pem.write_to_path(str(authority_file))
    config = CONFIG.format(
        **where,
        **listen,
        interval=pace.interval,
        timeout=pace.timeout,
        authority=authority_file,
        nginx_http=nginx.http,
        nginx_https=nginx.https,
        trips="".join(TRIP.format(name=name, to=to, **where) for name, to in TRIPS.items()),
    )
    return Daemon(config, listen["metrics"], {"PASSWORD": PASSWORD})


def prometheus(ports: Block, pace: Pace, metrics: int) -> Prometheus:
    """A Prometheus that scrapes Ownup at a port, and works out its records as often, where ours are made for days."""
    every = f"{pace.scrape_s * 1000:.0f}ms"
    rules = yaml.safe_load(RULES.read_text())
    for group in rules["groups"]:
        group["interval"] = every
    scraped = {"job_name": "ownup", "static_configs": [{"targets": [f"127.0.0.1:{metrics}"]}]}
    times = {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every}
    return Prometheus(ports, {"global": times, "scrape_configs": [scraped]}, rules)
