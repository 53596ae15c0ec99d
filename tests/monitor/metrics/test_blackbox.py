"""What ``/probe`` gives: blackbox_exporter's names and values, measured beside a real one, and nothing secret."""

import asyncio
import re
import socket
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from monitor.config import Metrics
from monitor.metrics import blackbox
from monitor.metrics.app import make
from monitor.metrics.gauges import Gauges
from monitor.metrics.health import Pulse
from monitor.metrics.series import Series
from monitor.verdict import Verdict
from probes.dns import Dns
from probes.grpc import Grpc
from probes.http import Http
from probes.icmp import Icmp
from probes.imap import Imap
from probes.look import look
from probes.smtp import Smtp
from probes.target import Target
from probes.tcp import Tcp
from tests.monitor.metrics.beside import LATER_LEFT_OUT, LATER_OURS, LEFT_OUT, OURS, Samples, assert_alike, modules
from tests.peers.blackbox import Blackbox
from tests.peers.dovecot import Dovecot
from tests.peers.nginx import Nginx
from tests.peers.ports import Block
from tests.peers.postfix import Postfix
from tests.probes.health import NOT_SERVING, SERVING, answering
from tests.probes.lines import serving
from tests.probes.names import name_server, records
from tests.probes.pinging import may_ping
from tests.probes.web import Asked, web

NAME = re.compile(r"`((?:probe|ownup)_\w+)`")
METRICS_DOC = Path(__file__).parents[3] / "docs" / "metrics.md"
PAUSE_S = 0.4

SOA = "example.test. 300 IN SOA ns.example.test. admin.example.test. 2026112201 7200 3600 1209600 300"


def samples(text: str) -> Samples:
    """A text of samples as a table."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def ours(target: Target) -> Samples:
    """What we tell of a target after one look."""
    return samples(blackbox.text(target, await look(target)))


@pytest.fixture
def exporter(ports: Block, authority_file: Path) -> Iterator[Blackbox]:
    """A running blackbox_exporter with modules for what is compared here."""
    with Blackbox(ports, modules(authority_file)) as peer:
        yield peer


async def theirs(exporter: Blackbox, module: str, target: str) -> Samples:
    """What blackbox_exporter tells of a target."""
    async with aiohttp.ClientSession() as web:
        where = f"http://127.0.0.1:{exporter.port}/probe"
        async with web.get(where, params={"module": module, "target": target}) as answer:
            return samples(await answer.text())


@pytest.mark.parametrize("path", ["/", "/moved", "/forbidden", "/broken", "/health.json"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_web_server_as_blackbox_exporter_sees_it(
    exporter: Blackbox, nginx: Nginx, authority_file: Path, scheme: str, path: str
) -> None:
    """Good and bad answers, redirects and TLS of a real nginx, beside a real exporter."""
    url = f"{scheme}://localhost:{getattr(nginx, scheme)}{path}"
    shop = Http(name="shop", component="web", url=url, ip_family="4", tls={"ca_file": str(authority_file)})
    assert_alike(await ours(shop), await theirs(exporter, "http", url))


async def test_a_text_that_does_not_match_as_blackbox_exporter_sees_it(exporter: Blackbox, nginx: Nginx) -> None:
    """Both say that the pattern was the reason."""
    url = f"http://127.0.0.1:{nginx.http}/"
    told = await ours(Http(name="shop", component="web", url=url, body_must_match=["closed"]))
    assert_alike(told, await theirs(exporter, "regex", url))
    assert told["probe_failed_due_to_regex", ()] == 1


async def test_a_mail_server_as_blackbox_exporter_sees_it(
    exporter: Blackbox, dovecot: Dovecot, authority_file: Path
) -> None:
    """A real Dovecot greets over TLS: as ``imap`` and as ``tcp`` it gives what the exporter's tcp module gives."""
    of_exporter = await theirs(exporter, "imaps", f"localhost:{dovecot.imaps}")
    where = {"name": "mail", "component": "mail", "host": "localhost", "port": dovecot.imaps, "ip_family": "4"}
    trust = {"tls_mode": "implicit", "tls": {"ca_file": str(authority_file)}}
    assert_alike(await ours(Imap(**where, **trust)), of_exporter)
    assert_alike(await ours(Tcp(**where, **trust, dialogue=[{"expect": "OK"}])), of_exporter)


async def test_starttls_as_blackbox_exporter_sees_it(
    exporter: Blackbox, postfix: Postfix, dovecot: Dovecot, authority_file: Path
) -> None:
    """A real Postfix and a real Dovecot turn to TLS in mid-talk: its version, its chain and its expiry."""
    trust = {"tls_mode": "starttls", "tls": {"ca_file": str(authority_file)}, "ip_family": "4", "component": "mail"}
    for kind, module, port in ((Smtp, "smtp", postfix.smtp), (Imap, "imap", dovecot.imap)):
        told = await ours(kind(name="mail", host="localhost", port=port, **trust))
        assert_alike(told, await theirs(exporter, module, f"localhost:{port}"))
        assert told["probe_tls_version_info", (("version", "TLS 1.3"),)] == 1


async def test_a_ping_as_blackbox_exporter_sees_it(exporter: Blackbox) -> None:
    """The time on the way, and the hop limit of the reply."""
    if not may_ping(socket.AF_INET, socket.IPPROTO_ICMP):
        pytest.skip("this machine lets nobody ping")
    router = Icmp(name="router", component="net", host="127.0.0.1")
    assert_alike(await ours(router), await theirs(exporter, "ping", "127.0.0.1"))


async def test_a_grpc_server_as_blackbox_exporter_sees_it(exporter: Blackbox) -> None:
    """The state that it tells, well or not, and how long asking took."""
    for state in (SERVING, NOT_SERVING):
        async with serving(answering(state)) as server:
            orders = Grpc(name="orders", component="shop", host="127.0.0.1", port=server.port)
            of_exporter = await theirs(exporter, "grpc", f"127.0.0.1:{server.port}")
            assert of_exporter.pop(("probe_ssl_earliest_cert_expiry", ())) == 0  # though there is no TLS
            assert_alike(await ours(orders), of_exporter)


async def test_a_dead_server_as_blackbox_exporter_sees_it(exporter: Blackbox, ports: Block) -> None:
    """The same names stand; what is unknown without a connection is left out here."""
    where = f"127.0.0.1:{ports.port()}"
    told = await ours(Http(name="shop", component="web", url=f"http://{where}/"))
    of_exporter = await theirs(exporter, "http", f"http://{where}/")
    unknown = {"probe_ip_protocol", "probe_ip_addr_hash"}
    known = {key: value for key, value in of_exporter.items() if key[0] not in unknown}
    assert_alike(told, known, but_for=frozenset({"probe_http_content_length"}))
    assert unknown < {name for name, _ in of_exporter}


async def test_a_phase_means_what_it_means_to_blackbox_exporter(exporter: Blackbox) -> None:
    """A server that thinks before it answers, and pauses within the body: both put each pause into the same phase."""

    async def slowly(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * PAUSE_S)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nha")
        await writer.drain()
        await asyncio.sleep(PAUSE_S)
        writer.write(b"lf")

    async with web({"/": slowly}) as site:
        told = await ours(Http(name="shop", component="web", url=site.url()))
        of_exporter = await theirs(exporter, "http", site.url())
    for phase, pause_s in (
        ("processing", 2 * PAUSE_S),
        ("transfer", PAUSE_S),
        ("connect", 0),
        ("resolve", 0),
        ("tls", 0),
    ):
        key = ("probe_http_duration_seconds", (("phase", phase),))
        assert (
            told[key] == pytest.approx(of_exporter[key], abs=PAUSE_S * 0.8) == pytest.approx(pause_s, abs=PAUSE_S * 0.8)
        )


async def test_a_wrong_banner_as_blackbox_exporter_sees_it(exporter: Blackbox, dovecot: Dovecot) -> None:
    """A line that is not the expected one fails both; only theirs forgets why when the server then falls silent."""
    host = {"name": "shell", "component": "mail", "host": "127.0.0.1", "port": dovecot.imap}
    told = await ours(Tcp(**host, timeout=1.0, dialogue=[{"expect": "SSH"}]))
    of_exporter = await theirs(exporter, "banner", f"127.0.0.1:{dovecot.imap}")
    assert told["probe_success", ()] == of_exporter["probe_success", ()] == 0
    assert told["probe_failed_due_to_regex", ()] == 1
    assert of_exporter["probe_failed_due_to_regex", ()] == 0
    assert {name for name, _ in of_exporter} - LEFT_OUT == {name for name, _ in told} - OURS


async def test_a_name_server_as_blackbox_exporter_sees_it(exporter: Blackbox) -> None:
    """Sections are counted, and the serial of the zone is told."""
    async with name_server(records(SOA)) as server:
        zone = Dns(name="zone", component="dns", server=server.address, query="example.test", record="SOA")
        told, of_exporter = await ours(zone), await theirs(exporter, "dns", server.address)
    assert_alike(told, of_exporter)


async def test_a_failed_look_has_the_same_series(nginx: Nginx) -> None:
    """Nothing but what is unknown without a connection goes when the server does."""
    shop = Http(name="shop", component="web", url=f"http://127.0.0.1:{nginx.http}/")
    up = await ours(shop)
    nginx.kill()
    down = await ours(shop)
    assert up["probe_success", ()] == 1
    assert down["probe_success", ()] == 0
    assert up.keys() - down.keys() == {("probe_ip_protocol", ()), ("probe_ip_addr_hash", ())}


def test_the_table_of_differences_is_complete() -> None:
    """It says of every name that only one of both has which one; what it says is left out is not in /probe at all."""
    table = (
        METRICS_DOC.read_text().partition("## One target, for blackbox_exporter's dashboards")[2].partition("\n## ")[0]
    )
    rows = [row.split("|")[2:4] for row in table.splitlines() if row.startswith("|")]
    left_out = {name for theirs, ours in rows if "left out" in ours for name in NAME.findall(theirs)}
    assert left_out == (LEFT_OUT | LATER_LEFT_OUT)
    assert not left_out & set(blackbox._HEADS)
    assert set(NAME.findall(table)) >= OURS | LATER_OURS


@pytest.fixture
def shop(nginx: Nginx) -> Http:
    """A target whose request bears a secret."""
    url = f"http://127.0.0.1:{nginx.http}/"
    return Http(name="shop", component="web", url=url, username="robot", password="hunter2-hunter2")


@pytest.fixture
def series() -> Series:
    """A Series that was told to expect a ping, and has not heard of it."""
    series = Series()
    series.expect([Icmp(name="router", component="net", host="127.0.0.1")])
    return series


def client_of(series: Series) -> TestClient:
    """A client of the listener for machines."""
    now = datetime.now(UTC)
    app = make(Gauges(version="0"), series, Pulse(0.0), rules=Metrics(), clock=lambda: now, reload=lambda: True)
    return TestClient(TestServer(app))


async def test_a_scrape_of_one_target(series: Series, shop: Http) -> None:
    """``/probe?target=NAME`` gives the last result, whatever module is asked for; promtool has nothing to say."""
    series.hear(shop, await look(shop), Verdict.UP)
    async with client_of(series) as client:
        answer = await client.get("/probe", params={"target": "shop", "module": "http_2xx"})
        text = await answer.text()
    assert (answer.status, answer.content_type) == (200, "text/plain")
    assert samples(text)["probe_http_status_code", ()] == 200
    assert "target=" not in text
    tool = await create_subprocess_exec("promtool", "check", "metrics", stdin=PIPE, stdout=PIPE, stderr=STDOUT)
    said, _ = await tool.communicate(text.encode())
    assert (tool.returncode, said) == (0, b"")


async def test_the_transcript_shows_no_secret(series: Series, shop: Http) -> None:
    """``debug=true`` tells what was said, masked, before the metrics."""
    series.hear(shop, await look(shop), Verdict.UP)
    async with client_of(series) as client:
        answer = await client.get("/probe", params={"target": "shop", "debug": "true"})
        text = await answer.text()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "us   GET / HTTP/1.1" in text
    assert "them HTTP/1.1 200 OK" in text
    assert "\nprobe_success 1.0\n" in text
    assert "hunter2" not in text


@pytest.mark.parametrize(("query", "status"), [({}, 404), ({"target": "nobody"}, 404), ({"target": "router"}, 503)])
async def test_who_cannot_be_told_about(series: Series, query: dict[str, str], status: int) -> None:
    """An unknown target is a 404, and one that was not looked at yet a 503: one sentence each."""
    async with client_of(series) as client:
        answer = await client.get("/probe", params=query)
        assert (answer.status, (await answer.text()).count("\n")) == (status, 1)


async def test_a_removed_target_is_unknown(series: Series, shop: Http) -> None:
    """What a reload takes away is a 404 from then on."""
    series.hear(shop, await look(shop), Verdict.UP)
    series.expect([])
    async with client_of(series) as client:
        assert (await client.get("/probe", params={"target": "shop"})).status == 404


async def test_a_grpc_server_that_is_gone_has_its_names_nevertheless() -> None:
    """A look that got no answer tells no code, and no TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    told = await ours(Grpc(name="orders", component="shop", host="127.0.0.1", port=port))
    assert told["probe_success", ()] == told["probe_grpc_status_code", ()] == told["probe_grpc_ssl", ()] == 0
