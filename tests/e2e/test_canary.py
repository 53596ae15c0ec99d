"""A canary in every secret option, servers that send it back in every way, and a search of everything that we show."""

import asyncio
import base64
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp
import pytest

from tests.e2e.ownup import HOUSE, Ownup
from tests.monitor.channels.sinks import answer, hook_sink
from tests.peers.ports import Block
from tests.probes.lines import Visitor, serving

ROOT = Path(__file__).parents[2]
PAGES_MAX = 60

# The middle survives every way of quoting as it is, so that whoever finds none of it finds nothing of the whole.
CANARIES = {
    name: f'{name} "sings\\" {name}Canary4711 & <tweets> ~'
    for name in ("BASIC", "BEARER", "APIKEY", "PROXY", "SMTP", "IMAP", "POP", "TALK", "CLIENT", "LETTERS")
}
LOOKED_WITH = len(CANARIES)
CANARIES["BEARER"] = "BEARERCanary4711+sings/loud="
CANARIES["PROXY"] = "PROXYCanary4711-sings"
CANARIES["HOOK"] = "whsec_" + base64.b64encode(b"HOOKCanary4711 sings in the dark").decode()
CANARIES["PATH"] = "PATHCanary4711"
CANARIES |= {name: f"{name}Canary4711-sings-in-the-dark" for name in ("PAGER", "PHONE", "ALERTS")}

CONFIG = (
    HOUSE
    + """[site]
name = "Aviary"
public_url = "http://127.0.0.1:{page}"
[defaults]
interval = "1s"
timeout = "3s"
confirm = ["100ms"]
[[component]]
id = "birds"
name = "Birds"
[[target]]
name = "basic"
kind = "http"
component = "birds"
url = "http://127.0.0.1:{web}/"
username = "probe"
password = "${{BASIC}}"
body_must_match = ["never"]
expect_status = [200, 500]
[[target]]
name = "bearer"
kind = "http"
component = "birds"
url = "http://127.0.0.1:{web}/"
bearer_token = "${{BEARER}}"
[[target]]
name = "api-key"
kind = "http"
component = "birds"
url = "http://127.0.0.1:{web}/"
headers = {{ X-Api-Key = "${{APIKEY}}" }}
header_must_match = {{ X-Echo = "never" }}
expect_status = [200, 500]
[[target]]
name = "proxied"
kind = "http"
component = "birds"
url = "http://127.0.0.1:{web}/"
proxy = "http://probe:${{PROXY}}@127.0.0.1:{web}"
[[target]]
name = "smtp"
kind = "smtp"
component = "birds"
host = "127.0.0.1"
port = {smtp}
tls_mode = "none"
username = "probe"
password = "${{SMTP}}"
[[target]]
name = "imap"
kind = "imap"
component = "birds"
host = "127.0.0.1"
port = {imap}
tls_mode = "none"
username = "probe"
password = "${{IMAP}}"
[[target]]
name = "pop3"
kind = "pop3"
component = "birds"
host = "127.0.0.1"
port = {pop3}
tls_mode = "none"
username = "probe"
password = "${{POP}}"
[[target]]
name = "talk"
kind = "tcp"
component = "birds"
host = "127.0.0.1"
port = {tcp}
password = "${{TALK}}"
dialogue = [{{ send = 'AUTH \\g<password>' }}, {{ expect = "never" }}]
[[target]]
name = "token"
kind = "imap"
component = "birds"
host = "127.0.0.1"
port = {imap}
tls_mode = "none"
username = "probe"
oauth = {{ token_url = "http://127.0.0.1:{web}/token", client_id = "us", client_secret = "${{CLIENT}}" }}
[[channel]]
name = "page"
kind = "page"
[[channel]]
name = "partners"
kind = "webhook"
url = "http://127.0.0.1:{hook}/${{PATH}}"
secret = "${{HOOK}}"
[[channel]]
name = "letters"
kind = "email"
host = "127.0.0.1"
port = {smtp}
mail_from = "status@example.com"
to = ["customers@example.net"]
username = "probe"
password = "${{LETTERS}}"
[[route]]
name = "pager"
kind = "pagerduty"
url = "http://127.0.0.1:{web}/v2/enqueue"
routing_key = "${{PAGER}}"
[[route]]
name = "phone"
kind = "apprise"
url = "json://probe:${{PHONE}}@127.0.0.1:{web}/${{PHONE}}"
[[route]]
name = "relay"
kind = "webhook"
url = "http://127.0.0.1:{web}/${{PATH}}"
secret = "${{HOOK}}"
[[person]]
name = "Ada"
routes = ["pager", "phone", "relay"]
[alerts]
token = "${{ALERTS}}"
"""
)


def echo(heard: bytes) -> bytes:
    """What was heard, and what its base64 holds, on one line."""
    blobs = re.findall(rb"(?:[A-Za-z0-9+/]{4}){3,}(?:[A-Za-z0-9+/]{2,3}={1,2})?", heard)
    words = [heard.strip(), *(base64.b64decode(blob) for blob in blobs)]
    return b" / ".join(words).translate(None, b"\r\n\0")


async def web_parrot(visitor: Visitor) -> None:
    """Answer 500 with the whole request in a header and in the body."""
    head = await visitor.reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    said = echo(head + (await visitor.reader.readexactly(int(length[1])) if length else b""))
    visitor.writer.write(
        b"HTTP/1.1 500 " + said[:300] + b"\r\nX-Echo: " + said + b"\r\nConnection: close\r\n\r\n" + said
    )
    await visitor.writer.drain()


async def smtp_parrot(visitor: Visitor) -> None:
    """Refuse every sign-in in the words that it came in."""
    await visitor.say("220 parrot", "")
    while (line := await visitor.hear()) != b"QUIT":
        await visitor.say(b"250 AUTH PLAIN LOGIN" if line.startswith(b"EHLO") else b"535 5.7.8 " + echo(line))


async def imap_parrot(visitor: Visitor) -> None:
    """Likewise."""
    await visitor.say("* OK parrot")
    while True:
        tag, _, command = (await visitor.hear()).partition(b" ")
        await visitor.say(tag + (b" OK" if command == b"CAPABILITY" else b" NO " + echo(command)))


async def pop3_parrot(visitor: Visitor) -> None:
    """Likewise."""
    await visitor.say("+OK parrot")
    while True:
        line = await visitor.hear()
        await visitor.say(b"+OK" if line.startswith(b"USER") else b"-ERR " + echo(line))


async def parrot(visitor: Visitor) -> None:
    """Say everything again, and leave."""
    await visitor.say(echo(await visitor.hear()))


@pytest.fixture
async def ownup(tmp_path: Path, ports: Block) -> AsyncIterator[Ownup]:
    """A daemon with a canary in every secret, all of whose servers are parrots."""
    async with AsyncExitStack() as stack:
        parrots = {"web": web_parrot, "smtp": smtp_parrot, "imap": imap_parrot, "pop3": pop3_parrot, "tcp": parrot}
        servers = {name: (await stack.enter_async_context(serving(talk))).port for name, talk in parrots.items()}
        hooks = await stack.enter_async_context(hook_sink())
        said = " / ".join([CANARIES["HOOK"], f"/{CANARIES['PATH']}"])
        hooks.answers += [answer(503, said), answer(200, said)]
        text = CONFIG.format(desk=ports.port(), page=ports.port(), metrics=ports.port(), hook=hooks.port, **servers)
        ownup = Ownup(tmp_path, text, {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **CANARIES})
        await ownup.start()
        yield ownup
        await ownup.stop()


async def crawl(session: aiohttp.ClientSession, start: str) -> dict[str, str]:
    """Every page that can be reached from this one."""
    pages: dict[str, str] = {}
    waiting = [start]
    while waiting and len(pages) < PAGES_MAX:
        url = waiting.pop()
        async with session.get(url) as got:
            pages[url] = f"{got.headers} {await got.text()}"
        links = (urljoin(url, link) for link in re.findall(r'(?:href|src)="([^"#]+)"', pages[url]))
        waiting += [link for link in links if urlsplit(link).netloc == urlsplit(start).netloc and link not in pages]
    return pages


async def press(session: aiohttp.ClientSession, url: str, page: str, action: str, **fields: str) -> str:
    """Send the form that goes there, with what it holds already; the page that comes back."""
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if action in form)
    held = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    held |= dict(re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', form))
    where = re.search(r'action="([^"]+)"', form)
    async with session.post(urljoin(url, where[1]) if where else url, data=held | fields) as got:
        return await got.text()


async def publish(session: aiohttp.ClientSession, ownup: Ownup) -> None:
    """Sign in by the one-time link, take the incident up, approve, and wait until the webhook has it."""
    words = "four plain words here"
    page = await (await session.get(ownup.link)).text()
    page = await press(session, ownup.link, page, "password", name="Ada", password=words, again=words)
    deadline = asyncio.timeout(60)
    async with deadline:
        while not (found := re.search(r'href="(/updates/\d+)"', page)):
            page = await (await session.get(ownup.desk)).text()
        update = urljoin(ownup.desk, found[1])
        while "/approve" not in page:
            page = await (await session.get(update)).text()
            if "/acknowledge" in page and "/approve" not in page:
                page = await press(session, update, page, "/acknowledge")
        while "/approve" in page:
            page = await press(session, update, page, "/approve", override="the canaries must fly")
        while "delivered" not in page.partition("partners")[2]:
            page = await (await session.get(update)).text()


async def command(ownup: Ownup, *words: str) -> str:
    """What a command says, in both streams."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=ownup.environ,
        cwd=ownup.directory,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return said.decode()


async def called(ownup: Ownup) -> None:
    """Wait until each route has been tried: since none gets through, the next one follows at once."""
    async with asyncio.timeout(60):
        while not all(f'"route": "{name}", "outcome"' in ownup.log() for name in ("pager", "phone", "relay")):
            await asyncio.sleep(0.1)


def traces(name: str) -> Iterator[bytes]:
    """What would give a canary away: its middle as it is, in hex, and in base64 wherever it begins."""
    middle = f"{name}Canary4711".encode()
    yield middle
    yield middle.hex().encode()
    for before in range(3):
        core = base64.b64encode(b"\0" * before + middle)
        yield core[-(-before * 8 // 6) : (before + len(middle)) * 8 // 6]


async def test_no_secret_ever_leaves(ownup: Ownup) -> None:
    """Log, record, looks as text and JSON, metrics, desk, public page, feed and interface: none holds a trace."""
    shown: dict[str, bytes] = {}
    await called(ownup)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        await publish(session, ownup)
        for start in (ownup.desk, ownup.page, ownup.metrics):
            shown |= {url: page.encode() for url, page in (await crawl(session, start)).items()}
        base = urljoin(ownup.page, "/")
        shown |= {
            url: page.encode()
            for path in ("api/v2/summary.json", "api/v2/incidents.json", "feed.atom", "history")
            for url, page in (await crawl(session, base + path)).items()
        }
    config = ["--config", "config.toml"]
    for words in (["look", *config], ["look", "--json", *config], ["explain", *config], ["check", "config.toml"]):
        shown[" ".join(words)] = (await command(ownup, *words)).encode()
    await ownup.stop()
    shown |= {str(path): path.read_bytes() for path in ownup.directory.rglob("*") if path.is_file()}
    assert shown["look --config config.toml"].count(b"<secret>") > LOOKED_WITH, "the parrots were heard"
    assert any(b"Birds" in page for url, page in shown.items() if url.startswith(ownup.page))
    found = [(name, place) for place, text in shown.items() for name in CANARIES for t in traces(name) if t in text]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'url = "http://probe:${BASIC}@127.0.0.1/"',
        'url = "ftp://${BASIC}/"',
        'url = "http://127.0.0.1/"\nheaders = { "X Api" = "${BASIC}" }',
        'url = "http://127.0.0.1/"\nbearer_token = ["${BASIC}"]',
        'url = "http://127.0.0.1/"\nproxy = "socks://probe:${BASIC}@127.0.0.1"',
    ],
)
async def test_a_refused_config_does_not_quote_its_secrets(line: str, tmp_path: Path) -> None:
    """A secret in the wrong place is an error that names the place alone."""
    start = '[[component]]\nid = "a"\nname = "A"\n[[target]]\nname = "t"\nkind = "http"\ncomponent = "a"\n'
    (tmp_path / "config.toml").write_text(f"{start}{line}\n")
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "BASIC": "BASICCanary4711"}
    said = await command(Ownup(tmp_path, "", environ), "check", "config.toml")
    assert "config.toml:" in said
    assert not any(trace.decode() in said for trace in traces("BASIC"))
