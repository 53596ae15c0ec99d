"""An endpoint that is a web address, as our kind ``http``."""

import json
from typing import Any, Final

from monitor.importers.blueprint import Option
from monitor.importers.gatus.bench import Bench
from monitor.importers.gatus.condition import Condition, ranges, those
from monitor.importers.web import has

STATUSES: Final = range(100, 600)
_TYPE: Final = "application/json"


def http(bench: Bench) -> None:
    """Fill the sketch."""
    endpoint = bench.endpoint
    bench.web.address(endpoint.url)
    bench.web.method(endpoint.method)
    _question(bench)
    _client(bench)
    _status(bench)
    _body(bench)
    if endpoint.url.startswith("https://") or not endpoint.client.ignore_redirect:
        bench.tls()


def _question(bench: Bench) -> None:
    headers, body = dict(bench.endpoint.headers), bench.body()
    if bench.endpoint.graphql:
        if not has(headers, "content-type"):
            headers["Content-Type"] = _TYPE
        body = json.dumps({"query": body}, ensure_ascii=False)
    bench.web.body(body)
    bench.web.headers(headers)


def _client(bench: Bench) -> None:
    client = bench.endpoint.client
    if client.ignore_redirect:
        bench.sketch.options["follow_redirects"] = False
    if client.proxy_url:
        bench.web.proxy(client.proxy_url)
    if client.oauth2 is not None or client.identity_aware_proxy is not None:
        bench.sketch.unlike("client.oauth2: our kind http takes a token, and does not ask for one")


def _status(bench: Bench) -> None:
    """The statuses of which all conditions hold; without a condition Gatus takes any."""
    conditions = those(bench.conditions, "STATUS")
    good = [status for status in STATUSES if all(one.holds(str(status)) for one in conditions)]
    if not good:
        bench.sketch.lose("no status fulfils all its conditions")
    elif good != list(range(200, 300)):
        bench.sketch.options["expect_status"] = [int(one) if one.isdigit() else one for one in ranges(good)]
    for condition in [*conditions, *_connected(bench)]:
        bench.spoken_for(condition)


def _connected(bench: Bench) -> tuple[Condition, ...]:
    return tuple(one for one in those(bench.conditions, "CONNECTED") if one.holds("true"))


def _body(bench: Bench) -> None:
    """Rules for the whole body, without the space around it, and for places in a JSON body."""
    must: list[Option] = []
    must_not: list[Option] = []
    for condition in those(bench.conditions, "BODY"):
        if condition.sign in {"==", "!="}:
            (must if condition.sign == "==" else must_not).append(condition.searched(r"\s*"))
            bench.spoken_for(condition)
    rules = [(one, rule) for one in bench.conditions if one.what == "BODY" and (rule := _json_rule(one))]
    for condition, _ in rules:
        bench.spoken_for(condition)
    found = {"body_must_match": must, "body_must_not_match": must_not, "json": [rule for _, rule in rules]}
    bench.sketch.options.update({key: value for key, value in found.items() if value})


def _json_rule(condition: Condition) -> dict[str, Any] | None:
    """A rule for a place in a JSON body. Gatus compares texts: to it the number 1 and the text "1" are the same."""
    if condition.sign != "==" or condition.function == "len" or not condition.path:
        return None
    if condition.function == "has":
        truths = {"true": True, "false": False}
        return {"path": condition.json_path, "exists": truths[condition.right]} if condition.right in truths else None
    if condition.plain:
        return {"path": condition.json_path, "equals": condition.right}
    return {"path": condition.json_path, "matches": condition.searched()}
