"""A real Prometheus, with the config that we ship and the ones that our documents show, scrapes us."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import trustme
import yaml
from aiohttp import web
from argon2 import PasswordHasher

from monitor.config import Metrics
from monitor.metrics.app import make
from monitor.metrics.gauges import Gauges
from monitor.metrics.health import Pulse
from monitor.metrics.series import Series
from monitor.verdict import Verdict
from probes.http import Http
from probes.imap import Imap
from probes.look import look
from probes.smtp import Smtp
from probes.target import Target
from tests.monitor.metrics.beside import Samples, assert_alike, modules
from tests.peers.blackbox import Blackbox
from tests.peers.dovecot import Dovecot
from tests.peers.nginx import Nginx
from tests.peers.ports import Block
from tests.peers.postfix import Postfix
from tests.peers.prometheus import Prometheus

ROOT: Final = Path(__file__).parents[2]
SHIPPED: Final = ROOT / "deploy" / "prometheus" / "prometheus.yaml"
METRICS_DOC: Final = ROOT / "docs" / "metrics.md"
PASSWORD: Final = "four words in a row"
WAIT_S: Final = 30


def website(nginx: Nginx) -> Http:
    """A target of the name that the config has which we ship."""
    return Http(name="website", component="web", url=f"http://127.0.0.1:{nginx.http}/")


@asynccontextmanager
async def listening(targets: Sequence[Target], rules: Metrics) -> AsyncIterator[int]:
    """The listener for machines, which can tell of one look at each of these; its port."""
    gauges, series, now = Gauges(version="0"), Series(), datetime.now(UTC)
    series.expect(targets)
    for target in targets:
        series.hear(target, await look(target), Verdict.UP)
    app = make(gauges, series, Pulse(0.0), rules=rules, clock=lambda: now, reload=lambda: True)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        await web.SockSite(runner, listener, ssl_context=rules.tls()).start()
        yield listener.getsockname()[1]
        await runner.cleanup()


async def ask(prometheus: Prometheus, path: str, **params: str) -> Any:
    """The data of an answer of Prometheus' API."""
    url = f"http://127.0.0.1:{prometheus.port}/api/v1/{path}"
    async with aiohttp.ClientSession() as session, session.get(url, params=params) as answer:
        return (await answer.json())["data"]


async def comes(prometheus: Prometheus, query: str) -> list[Mapping[str, Any]]:
    """What a query gives, as soon as it gives anything."""
    async with asyncio.timeout(WAIT_S):
        while True:
            with suppress(KeyError):
                if found := (await ask(prometheus, "query", query=query))["result"]:
                    return found
            await asyncio.sleep(0.1)


async def test_the_config_that_we_ship_scrapes_us_twice_over(nginx: Nginx, ports: Block) -> None:
    """Once all targets, in OpenMetrics with its units; and once each, as blackbox_exporter's dashboards want it."""
    async with listening([website(nginx)], Metrics()) as port:
        text = SHIPPED.read_text().replace("127.0.0.1:9481", f"127.0.0.1:{port}").replace("15s", "2s")
        with Prometheus(ports, yaml.safe_load(text), {"groups": []}) as prometheus:
            (whole,) = await comes(prometheus, 'probe_success{job="ownup"}')
            assert (whole["metric"]["target"], whole["value"][1]) == ("website", "1")
            (alone,) = await comes(prometheus, 'probe_http_status_code{job="blackbox"}')
            assert alone["metric"] == {"__name__": "probe_http_status_code", "job": "blackbox", "instance": "website"}
            assert alone["value"][1] == "200"
            # Prometheus learns of units by OpenMetrics alone.
            about = await ask(prometheus, "targets/metadata", metric="ownup_loop_lag_seconds")
            assert [(one["type"], one["unit"]) for one in about] == [("histogram", "seconds")]


@pytest.fixture
def guarded(tmp_path: Path, authority: trustme.CA) -> Metrics:
    """Rules that want https and a password."""
    both = tmp_path / "both.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(both))
    return Metrics(username="prometheus", password_hash=PasswordHasher().hash(PASSWORD), tls_cert=both)


async def test_what_the_documents_show_gets_past_the_guard(
    nginx: Nginx, ports: Block, guarded: Metrics, authority_file: Path, tmp_path: Path
) -> None:
    """The job of docs/metrics.md scrapes by https with its password; the same job without the password gets nothing."""
    (shown,) = re.findall(
        r"```yaml\n(  - job_name: ownup\n    scheme: https\n.*?)```", METRICS_DOC.read_text(), re.DOTALL
    )
    (tmp_path / "password").write_text(PASSWORD)
    async with listening([website(nginx)], guarded) as port:
        for there, here in (
            ("/etc/prometheus/ownup.password", tmp_path / "password"),
            ("/etc/prometheus/ca.pem", authority_file),
            ("ownup.example.com:9481", f"localhost:{port}"),
        ):
            assert there in shown
            shown = shown.replace(there, str(here))
        (job,) = yaml.safe_load(shown)
        stranger = {name: value for name, value in job.items() if name != "basic_auth"} | {"job_name": "stranger"}
        config = {"global": {"scrape_interval": "2s"}, "scrape_configs": [job, stranger]}
        with Prometheus(ports, config, {"groups": []}) as prometheus:
            await comes(prometheus, 'up{job="ownup"} == 1')
            await comes(prometheus, 'up{job="stranger"} == 0')
            targets = (await ask(prometheus, "targets"))["activeTargets"]
            assert {one["lastError"] for one in targets} == {"", "server returned HTTP status 401 Unauthorized"}


async def test_blackbox_exporter_and_we_tell_the_same_of_the_same_servers(
    nginx: Nginx, postfix: Postfix, dovecot: Dovecot, ports: Block, authority_file: Path
) -> None:
    """One Prometheus scrapes both, of three real servers: every name that both have has one value, within noise."""
    trust = {"tls": {"ca_file": str(authority_file)}, "ip_family": "4", "component": "mail"}
    web = Http(name="web", url=f"https://localhost:{nginx.https}/", **trust)
    smtp = Smtp(name="smtp", host="localhost", port=postfix.smtp, tls_mode="starttls", **trust)
    imap = Imap(name="imap", host="localhost", port=dovecot.imap, tls_mode="starttls", **trust)
    there = {
        "web": ("http", web.url),
        "smtp": ("smtp", f"localhost:{smtp.port}"),
        "imap": ("imap", f"localhost:{imap.port}"),
    }
    with Blackbox(ports, modules(authority_file)) as exporter:
        async with listening([web, smtp, imap], Metrics()) as port:
            jobs = [beside("ours", name, port, target=name) for name in there]
            jobs += [beside("theirs", name, exporter.port, module=it, target=at) for name, (it, at) in there.items()]
            config = {"global": {"scrape_interval": "2s"}, "scrape_configs": jobs}
            with Prometheus(ports, config, {"groups": []}) as prometheus:
                for name in there:
                    ours, theirs = [await kept(prometheus, f"{who} {name}") for who in ("ours", "theirs")]
                    assert theirs["probe_success", ()] == 1, name
                    assert_alike(ours, theirs)


def beside(who: str, name: str, port: int, **params: str) -> dict[str, Any]:
    """A job that asks one of both about one server."""
    return {
        "job_name": f"{who} {name}",
        "metrics_path": "/probe",
        "params": {key: [value] for key, value in params.items()},
        "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
    }


async def kept(prometheus: Prometheus, job: str) -> Samples:
    """What Prometheus has kept of a job, as soon as it has scraped it."""
    await comes(prometheus, f'up{{job="{job}"}} == 1')
    found = await comes(prometheus, f'{{__name__=~"(probe|ownup)_.*", job="{job}"}}')
    return {(one["metric"]["__name__"], told_apart_by(one["metric"])): float(one["value"][1]) for one in found}


def told_apart_by(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The labels that we, or they, have given; without those of Prometheus."""
    return tuple(sorted((name, value) for name, value in labels.items() if name not in {"__name__", "job", "instance"}))
