"""Monitors that ask a web server, as our kind ``http``."""

import json
import re
from typing import Any, Final
from urllib.parse import quote

from monitor.importers.blueprint import Option
from monitor.importers.uptime_kuma.bench import Bench
from monitor.importers.web import has
from probes.pattern import literal

_TYPES: Final = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "xml": "text/xml; charset=utf-8",
}
_DEFAULT: Final = ["200-299"]
_REDIRECTS: Final = 10
_SIMPLE: Final = re.compile(r"(?:\$\.?)?((?:[A-Za-z_]\w*|\[\d+\])(?:\.[A-Za-z_]\w*|\[\d+\])*)?", re.ASCII)


def http(bench: Bench) -> None:
    """Fill the sketch."""
    told, monitor = bench.sketch.options, bench.monitor
    bench.web.address(monitor.url)
    bench.web.method(monitor.method)
    _sign_in(bench)
    _question(bench)
    if monitor.accepted != _DEFAULT:
        told["expect_status"] = [int(code) if code.isdecimal() else code for code in dict.fromkeys(monitor.accepted)]
    if monitor.maxredirects == 0:
        told["follow_redirects"] = False
    elif monitor.maxredirects != _REDIRECTS:
        told["max_redirects"] = monitor.maxredirects
    _proxy(bench)
    bench.tls()


def keyword(bench: Bench) -> None:
    """The body must hold a word, or must not."""
    http(bench)
    option = "body_must_not_match" if bench.monitor.invert_keyword else "body_must_match"
    bench.sketch.options[option] = [_keyword(bench.monitor.keyword)]


def json_query(bench: Bench) -> None:
    """A place in a JSON body must be what is expected."""
    http(bench)
    rule = _rule(bench)
    if rule is None:
        monitor = bench.monitor
        bench.sketch.note(f"{monitor.json_path} {monitor.json_operator} {monitor.expected}: see the option json")
    else:
        bench.sketch.options["json"] = [rule]


def browser(bench: Bench) -> None:
    """A page that a browser opened."""
    http(bench)
    bench.sketch.note("real-browser: we ask for the page itself, without its pictures and scripts")


def _question(bench: Bench) -> None:
    monitor = bench.monitor
    headers = dict(monitor.headers)
    if monitor.body.strip():
        if not has(headers, "content-type"):
            headers["Content-Type"] = _TYPES.get(monitor.encoding, _TYPES["json"])
        bench.web.body(monitor.body)
    bench.web.headers(headers)


def _sign_in(bench: Bench) -> None:
    monitor, told = bench.monitor, bench.sketch.options
    method = monitor.auth_method
    if method in {"", "null", "mtls"}:
        return
    if method == "basic":
        told["username"] = monitor.username
        if monitor.password:
            told["password"] = bench.web.secret("password", monitor.password)
    elif method == "bearer":
        told["bearer_token"] = bench.web.secret("token", monitor.bearer_token)
    else:
        bench.sketch.unlike(f"authMethod: {method}: we know basic authentication and bearer tokens")


def _proxy(bench: Bench) -> None:
    if bench.monitor.proxy is None:
        return
    proxy = bench.proxies.get(bench.monitor.proxy)
    if proxy is None or proxy.protocol != "http":
        what = f"of {proxy.protocol}" if proxy else "that the file does not tell"
        bench.sketch.unlike(f"proxyId: {bench.monitor.proxy}: a proxy {what}")
        return
    signs_in = f"{quote(proxy.username, safe='')}:{quote(proxy.password, safe='')}@" if proxy.username else ""
    bench.web.proxy(f"http://{signs_in}{proxy.host}:{proxy.port}")


def _keyword(word: str) -> str:
    """The word; in one that is a piece of JSON, space does not count, since Kuma looks at JSON written without any."""
    pattern = literal(word)
    return re.sub(r'"\s*([:,])\s*', r'"\\s*\1\\s*', pattern) if '"' in word else pattern


def _rule(bench: Bench) -> dict[str, Any] | None:
    """JSONata and JSONPath agree on names and numbers."""
    monitor = bench.monitor
    match = _SIMPLE.fullmatch(monitor.json_path.strip())
    if match is None:
        return None
    steps = match[1] or ""
    path = f"${steps if steps.startswith('[') else f'.{steps}' if steps else ''}"
    wanted: dict[str, Option] = {
        "==": {"path": path, "matches": f"^{literal(monitor.expected)}$"},
        "contains": {"path": path, "matches": literal(monitor.expected)},
    }
    if monitor.json_operator == "==" and _is_word(monitor.expected):
        return {"path": path, "equals": monitor.expected}
    rule = wanted.get(monitor.json_operator)
    return rule if isinstance(rule, dict) else None


def _is_word(text: str) -> bool:
    """Whether only a text reads so, and no number or truth."""
    try:
        json.loads(text)
    except ValueError:
        return True
    return False
