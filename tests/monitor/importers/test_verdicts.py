"""An imported config judges as the other monitor did: beside a real blackbox_exporter, and by Gatus' and Kuma's word.

Gatus and Uptime Kuma are not packaged for Debian, so what they would say stands here as their documentation has it.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import trustme
import yaml

from monitor.importers import blackbox, gatus, uptime_kuma
from probes.look import Outcome, look
from tests.monitor.importers.conftest import Made
from tests.peers.blackbox import Blackbox
from tests.peers.cyrus import Cyrus
from tests.peers.dovecot import Dovecot
from tests.peers.nginx import Nginx
from tests.peers.ports import Block
from tests.peers.postfix import Postfix
from tests.probes.names import name_server, records

WELL: Final = {Outcome.OK, Outcome.DEGRADED}
Make = Callable[..., Made]


async def verdicts(made: Made) -> list[bool]:
    """Whether each target is well, by one look."""
    return [result.outcome in WELL for result in await asyncio.gather(*map(look, made.config.target))]


async def theirs(exporter: Blackbox, module: str, target: str) -> bool:
    """What blackbox_exporter says of a target."""
    async with aiohttp.ClientSession() as web:
        where = f"http://127.0.0.1:{exporter.port}/probe"
        async with web.get(where, params={"module": module, "target": target}) as answer:
            return "\nprobe_success 1\n" in await answer.text()


def line(*steps: str) -> dict[str, Any]:
    """A module that talks: ``<`` is expected, ``>`` is sent, ``tls`` turns to TLS."""
    words = {"<": "expect", ">": "send"}
    told = [{words[step[0]]: step[1:]} if step[0] in words else {"starttls": True} for step in steps]
    return {"query_response": told}


@pytest.fixture
def modules(authority_file: Path, tmp_path: Path) -> dict[str, Any]:
    """Modules of every prober that has a server here."""
    tls = {"tls_config": {"ca_file": str(authority_file)}}
    ip4 = {"preferred_ip_protocol": "ip4"}
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    http = {
        "plain": {},
        "codes": {"valid_status_codes": [403, 503]},
        "stay": {"follow_redirects": False},
        "moved": {"follow_redirects": False, "valid_status_codes": [301]},
        "open": {"fail_if_body_not_matches_regexp": ["shops are (open|closed)"]},
        "closed": {"fail_if_body_matches_regexp": ["shops\\sare"]},
        "header": {"fail_if_header_not_matches": [{"header": "Content-Type", "regexp": "^text/html"}]},
        "no_header": {"fail_if_header_matches": [{"header": "X-Debug", "regexp": ".", "allow_missing": True}]},
        "must_header": {"fail_if_header_matches": [{"header": "X-Debug", "regexp": "."}]},
        "tls": {"fail_if_not_ssl": True},
        "unverified": {"tls_config": {"insecure_skip_verify": True}},
        "stranger": {"tls_config": {"ca_file": str(stranger)}},
        "named": {"tls_config": {"ca_file": str(authority_file), "server_name": "shop.example.com"}},
        "one_one": {"valid_http_versions": ["HTTP/1.1"]},
        "post": {"method": "POST", "body": "hello", "valid_status_codes": [405]},
        "head": {"method": "HEAD", "headers": {"Host": "www.example.test"}},
    }
    smtp = ("<^220 ([^ ]+) ESMTP", ">EHLO prober\r", "<^250-STARTTLS", ">STARTTLS\r", "<^220", "tls", ">EHLO prober\r")
    tcp = {
        "connect": {},
        "smtp": line(*smtp, "<^250-PIPELINING", ">QUIT\r"),
        "smtp_wrong": line(*smtp, "<^250-UNHEARD-OF", ">QUIT\r"),
        "imap": line("<OK.*STARTTLS", ">. STARTTLS", "<OK", "tls", ">. CAPABILITY", "<CAPABILITY IMAP4rev1"),
        "pop3": line("<^\\+OK", ">STLS\r", "<^\\+OK", "tls", ">CAPA\r", "<^SASL"),
        "imaps": {"tls": True, **line("<OK")},
        "echo": {"query_response": [{"expect": "^220 ([^ ]+)", "send": "EHLO $1\r"}, {"expect": "^250-mail"}]},
    }
    dns = {
        "a": {},
        "gone": {"valid_rcodes": ["NXDOMAIN"]},
        "there": {"validate_answer_rrs": {"fail_if_none_matches_regexp": ["IN\\tA\\t192\\.0\\.2\\.1$", "never"]}},
        "not_there": {"validate_answer_rrs": {"fail_if_none_matches_regexp": ["192.0.2.9"]}},
        "listed": {"validate_answer_rrs": {"fail_if_matches_regexp": ["\t192.0.2.1"]}},
    }
    return {
        **{name: {"prober": "http", "timeout": "3s", "http": {**ip4, **tls, **one}} for name, one in http.items()},
        **{name: {"prober": "tcp", "timeout": "1s", "tcp": {**ip4, **tls, **one}} for name, one in tcp.items()},
        **{
            name: {
                "prober": "dns",
                "timeout": "1s",
                "dns": {"query_name": "www.example.test", "query_type": "A", **one},
            }
            for name, one in dns.items()
        },
        "ping": {"prober": "icmp", "timeout": "1s", "icmp": ip4},
        "grpc": {"prober": "grpc", "timeout": "1s", "grpc": ip4},
    }


@pytest.fixture
def exporter(ports: Block, modules: Mapping[str, Any]) -> Iterator[Blackbox]:
    """A running blackbox_exporter of these modules."""
    with Blackbox(ports, modules) as peer:
        yield peer


@pytest.fixture
def compare(exporter: Blackbox, modules: Mapping[str, Any], make: Make, tmp_path: Path) -> Callable[..., Any]:
    """Ask both of targets, and give what each said: theirs, ours."""

    async def compare(*asked: tuple[str, str]) -> tuple[dict[str, bool], dict[str, bool]]:
        jobs = [
            {"job_name": f"{number}", "metrics_path": "/probe", "params": {"module": [module], "target": [target]}}
            | {"static_configs": [{"targets": ["exporter:9115"]}]}
            for number, (module, target) in enumerate(asked)
        ]
        files = {"file": tmp_path / "modules.yml", "scrape": tmp_path / "prometheus.yml"}
        files["file"].write_text(json.dumps({"modules": modules}))
        files["scrape"].write_text(json.dumps({"scrape_configs": jobs}))
        made = make(blackbox, **files)
        assert all(target.enabled for target in made.config.target)
        names = [f"{module} {target}" for module, target in asked]
        of_exporter = await asyncio.gather(*(theirs(exporter, module, target) for module, target in asked))
        return dict(zip(names, of_exporter, strict=True)), dict(zip(names, await verdicts(made), strict=True))

    return compare


async def test_web_servers_as_blackbox_exporter_judges_them(nginx: Nginx, compare: Callable[..., Any]) -> None:
    """A real nginx, healthy, broken and gone, by options of every sort."""
    http, https = f"http://localhost:{nginx.http}", f"https://localhost:{nginx.https}"
    nginx.site.joinpath("404.html").write_text("x")
    of_exporter, ours = await compare(
        *(("plain", f"{http}{path}") for path in ("/", "/moved", "/forbidden", "/broken", "/nowhere")),
        *(("codes", f"{http}{path}") for path in ("/", "/forbidden", "/broken")),
        *((module, f"{http}/moved") for module in ("stay", "moved")),
        *((module, f"{http}/") for module in ("open", "closed", "header", "no_header", "must_header", "tls", "head")),
        *((module, f"{http}/") for module in ("one_one", "post")),
        *((module, f"{https}/") for module in ("plain", "tls", "unverified", "stranger", "named")),
        ("header", f"{http}/health.json"),
        ("plain", f"localhost:{nginx.http}"),
        ("plain", f"https://localhost:{nginx.http}/"),
        ("plain", "http://127.0.0.1:1/"),
        ("plain", "http://nowhere.invalid/"),
    )
    assert ours == of_exporter
    assert 8 < sum(of_exporter.values()) < len(of_exporter) - 8


async def test_mail_servers_as_blackbox_exporter_judges_them(
    postfix: Postfix, dovecot: Dovecot, cyrus: Cyrus, nginx: Nginx, compare: Callable[..., Any]
) -> None:
    """Real ones, by the dialogues with STARTTLS that people write for them, and servers that are none."""
    smtp, imap, pop3 = (f"localhost:{port}" for port in (postfix.smtp, dovecot.imap, cyrus.pop3))
    of_exporter, ours = await compare(
        *((module, smtp) for module in ("connect", "smtp", "smtp_wrong", "imap", "echo", "imaps")),
        *((module, imap) for module in ("connect", "imap", "smtp", "pop3")),
        *(("pop3", where) for where in (pop3, smtp)),
        *(("imaps", where) for where in (f"localhost:{dovecot.imaps}", imap)),
        *((module, f"localhost:{nginx.http}") for module in ("smtp", "grpc")),
        *((module, "127.0.0.1:1") for module in ("connect", "smtp", "grpc")),
        ("ping", "127.0.0.1"),
    )
    assert ours == of_exporter
    assert 5 < sum(of_exporter.values()) < len(of_exporter) - 5


async def test_name_servers_as_blackbox_exporter_judges_them(compare: Callable[..., Any]) -> None:
    """Records that are there, that are not, and a name that is gone."""
    modules = ("a", "gone", "there", "not_there", "listed")
    async with (
        name_server(records("www.example.test. 60 IN A 192.0.2.1")) as well,
        name_server(records(rcode="NXDOMAIN")) as gone,
    ):
        of_exporter, ours = await compare(*((module, one.address) for module in modules for one in (well, gone)))
    assert ours == of_exporter
    assert 2 < sum(of_exporter.values()) < len(of_exporter) - 2


async def test_gatus_as_its_documentation_has_it(nginx: Nginx, postfix: Postfix, make: Make, tmp_path: Path) -> None:
    """Each row of its table of conditions: what passes there is well here, and what fails there is not."""
    nginx.site.joinpath("data.json").write_text(
        '{"user": {"name": "john.doe"}, "data": [{"id": 1}], "age": 2, "up": true, "errors": []}'
    )
    nginx.site.joinpath("one").write_text("1\n")
    web = f"http://127.0.0.1:{nginx.http}"
    rows = {
        (f"{web}/", "[STATUS] == 200"): True,
        (f"{web}/nowhere", "[STATUS] == 200"): False,
        (f"{web}/nowhere", "[STATUS] < 300"): False,
        (f"{web}/", "[STATUS] <= 299"): True,
        (f"{web}/forbidden", "[STATUS] > 400"): True,
        (f"{web}/forbidden", "[STATUS] == any(200, 403)"): True,
        (f"{web}/broken", "[STATUS] == any(200, 403)"): False,
        (f"{web}/broken", "[STATUS] != 503"): False,
        (f"{web}/broken", "[STATUS] == pat(5*)"): True,
        (f"{web}/broken", "[CONNECTED] == true"): True,
        ("http://127.0.0.1:1/", "[CONNECTED] == true"): False,
        (f"{web}/one", "[BODY] == 1"): True,
        (f"{web}/data.json", "[BODY] == 1"): False,
        (f"{web}/data.json", "[BODY].user.name == john.doe"): True,
        (f"{web}/data.json", "[BODY].user.name == john"): False,
        (f"{web}/data.json", "[BODY].user.name == pat(john*)"): True,
        (f"{web}/data.json", "[BODY].user.name == pat(*smith)"): False,
        (f"{web}/data.json", "[BODY].data[0].id == 1"): True,
        (f"{web}/data.json", "[BODY].data[0].id == 2"): False,
        (f"{web}/data.json", "[BODY].age == any(1, 2)"): True,
        (f"{web}/data.json", "[BODY].age == any(3, 4)"): False,
        (f"{web}/data.json", "[BODY].up == true"): True,
        (f"{web}/data.json", "has([BODY].errors) == false"): False,
        (f"{web}/data.json", "has([BODY].user) == true"): True,
        (f"{web}/", "[BODY] == pat(*shops are open*)"): True,
        (f"{web}/", "[BODY] != pat(*shops are open*)"): False,
        (f"tcp://127.0.0.1:{nginx.http}", "[CONNECTED] == true"): True,
        ("tcp://127.0.0.1:1", "[CONNECTED] == true"): False,
        ("icmp://127.0.0.1", "[CONNECTED] == true"): True,
        (f"ssh://127.0.0.1:{postfix.smtp}", "[CONNECTED] == true"): False,
    }
    endpoints = [
        {"name": f"{number}", "url": url, "conditions": [condition], "client": {"timeout": "2s"}}
        for number, (url, condition) in enumerate(rows)
    ]
    path = tmp_path / "gatus.yaml"
    path.write_text(yaml.safe_dump({"endpoints": endpoints}))
    made = make(gatus, file=path)
    assert "Not carried over" not in made.text
    assert dict(zip(rows, await verdicts(made), strict=True)) == rows


async def test_gatus_on_names_and_mail_as_its_documentation_has_it(
    postfix: Postfix, make: Make, tmp_path: Path
) -> None:
    """A name server's body is the record's value; a mail server turns to TLS, whoever signed its certificate."""
    async with name_server(records("www.example.test. 60 IN A 192.0.2.1")) as names:
        question = {"url": names.address, "dns": {"query-name": "www.example.test", "query-type": "A"}}
        mail = {"url": f"starttls://127.0.0.1:{postfix.smtp}", "client": {"insecure": True}}
        strict = {"url": f"starttls://127.0.0.1:{postfix.smtp}"}
        tls = {"url": f"tls://127.0.0.1:{postfix.smtps}", "client": {"insecure": True}}
        rows: list[tuple[dict[str, Any], list[str], bool]] = [
            (question, ["[BODY] == 192.0.2.1", "[DNS_RCODE] == NOERROR"], True),
            (question, ["[BODY] == pat(*.*.*.*)"], True),
            (question, ["[BODY] == 192.0.2.9"], False),
            (question, ["[DNS_RCODE] == NXDOMAIN"], False),
            (question, ["[DNS_RCODE] == any(NOERROR, NXDOMAIN)"], True),
            (mail, ["[CONNECTED] == true"], True),
            (strict, ["[CONNECTED] == true"], False),
            (mail, ["[CONNECTED] == true", "[CERTIFICATE_EXPIRATION] > 48h"], True),
            (tls, ["[CONNECTED] == true"], True),
        ]
        told = [{"name": f"{n}", **one, "conditions": conditions} for n, (one, conditions, _) in enumerate(rows)]
        path = tmp_path / "gatus.yaml"
        path.write_text(yaml.safe_dump({"endpoints": told}))
        assert await verdicts(make(gatus, file=path)) == [well for *_, well in rows]


async def test_uptime_kuma_as_its_documentation_has_it(
    nginx: Nginx, postfix: Postfix, make: Make, tmp_path: Path
) -> None:
    """A keyword that is there or is not, accepted codes, redirects, ports, mail, names."""
    web, tls = f"http://127.0.0.1:{nginx.http}", f"https://127.0.0.1:{nginx.https}"
    async with name_server(records("www.example.test. 60 IN A 192.0.2.1")) as names:
        host = {"hostname": "127.0.0.1"}
        server = {"hostname": "www.example.test", "dns_resolve_server": "127.0.0.1", "port": names.port}
        rows: list[tuple[dict[str, Any], bool]] = [
            ({"type": "http", "url": f"{web}/"}, True),
            ({"type": "http", "url": f"{web}/broken"}, False),
            ({"type": "http", "url": f"{web}/broken", "accepted_statuscodes": ["200-299", "503"]}, True),
            ({"type": "http", "url": f"{web}/moved"}, True),
            ({"type": "http", "url": f"{web}/moved", "maxredirects": 0}, False),
            ({"type": "http", "url": f"{tls}/"}, False),
            ({"type": "http", "url": f"{tls}/", "ignoreTls": True}, True),
            ({"type": "keyword", "url": f"{web}/", "keyword": "shops are open"}, True),
            ({"type": "keyword", "url": f"{web}/", "keyword": "shops are closed"}, False),
            ({"type": "keyword", "url": f"{web}/", "keyword": "shops are open", "invertKeyword": True}, False),
            ({"type": "keyword", "url": f"{web}/health.json", "keyword": '"status":"ok"'}, True),
            ({"type": "json-query", "url": f"{web}/health.json", "jsonPath": "status", "expectedValue": "ok"}, True),
            ({"type": "json-query", "url": f"{web}/health.json", "jsonPath": "queue", "expectedValue": "3"}, True),
            ({"type": "json-query", "url": f"{web}/health.json", "jsonPath": "$.queue", "expectedValue": "4"}, False),
            ({"type": "port", **host, "port": postfix.smtp}, True),
            ({"type": "port", **host, "port": 1}, False),
            ({"type": "ping", **host}, True),
            ({"type": "smtp", **host, "port": postfix.smtp, "smtpSecurity": "nostarttls"}, True),
            ({"type": "smtp", **host, "port": nginx.http, "smtpSecurity": "nostarttls"}, False),
            ({"type": "dns", **server, "dns_resolve_type": "A"}, True),
            ({"type": "dns", **server, "dns_resolve_type": "AAAA"}, False),
        ]
        monitors = [{"id": n, "name": f"{n}", "timeout": 2, **one} for n, (one, _) in enumerate(rows)]
        path = tmp_path / "backup.json"
        path.write_text(json.dumps({"version": "1.23.13", "notificationList": [], "monitorList": monitors}))
        made = make(uptime_kuma, file=path)
        assert "Not carried over" not in made.text
        assert await verdicts(made) == [well for _, well in rows]
