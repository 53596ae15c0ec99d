"""The prober ``http`` as our kind ``http``."""

import re
from typing import Final

from monitor.importers.blackbox.bench import Bench
from monitor.importers.blackbox.options import HeaderRule, Http
from monitor.importers.blackbox.sign_in import sign_in
from monitor.importers.blueprint import Option
from monitor.importers.web import has

_VERSIONS: Final = {"HTTP/1.0": "1.0", "HTTP/1.1": "1.1", "HTTP/2": "2", "HTTP/2.0": "2", "HTTP/3.0": "3"}
_SIZE: Final = re.compile(r"(\d+)(B|kB|KB|MB|KiB|MiB)?")


def http(bench: Bench, options: Http) -> None:
    """Fill the sketch."""
    target = bench.probe.target
    sign_in(bench, options)
    bench.web.address(target if re.match("(?i)https?://", target) else f"http://{target}")
    _question(bench, options)
    _route(bench, options)
    _answer(bench, options)
    _body(bench, options)
    _headers(bench, options)
    _security(bench, options)
    bench.address(options)


def _question(bench: Bench, options: Http) -> None:
    bench.web.method(options.method)
    if options.body_file and (path := bench.file("body_file", options.body_file)):
        bench.sketch.options["body_file"] = path
    bench.web.body(options.body)
    headers = dict(options.headers)
    for name, given in options.http_headers.items():
        _injected(bench, name, [*given.values, *given.secrets], given.files, headers)
    if options.compression and not has(headers, "accept-encoding"):
        headers["Accept-Encoding"] = options.compression
    bench.web.headers(headers)


def _injected(bench: Bench, name: str, given: list[str], files: list[str], headers: dict[str, str]) -> None:
    """The last of a header's values, as blackbox_exporter has it."""
    paths = (bench.file(f"headers.{name}", file) for file in files)
    texts = [*given, *(bench.read(path) for path in paths if path)]
    if texts:
        headers[name] = texts[-1]


def _route(bench: Bench, options: Http) -> None:
    if not options.follow_redirects:
        bench.sketch.options["follow_redirects"] = False
    if options.proxy_url:
        bench.web.proxy(options.proxy_url)
    if options.no_proxy:
        bench.sketch.unlike(f"no_proxy: {options.no_proxy}: a target goes through its proxy or does not")
    if options.proxy_from_environment:
        bench.sketch.unlike("proxy_from_environment: name the proxy in the option proxy")
    if options.proxy_connect_header:
        bench.sketch.unlike("proxy_connect_header: a proxy is told a user and a password only, in its address")


def _answer(bench: Bench, options: Http) -> None:
    told = bench.sketch.options
    if options.valid_status_codes:
        told["expect_status"] = list(dict.fromkeys(options.valid_status_codes))
    versions = [_VERSIONS.get(version, version) for version in options.valid_http_versions]
    if options.enable_http3 or (versions and "1.1" not in versions):
        bench.sketch.unlike(f"valid_http_versions: {', '.join(versions) or '3'}: we ask in HTTP/1.1")
    elif versions:
        told["expect_http_versions"] = list(dict.fromkeys(versions))
    if size := _SIZE.fullmatch(options.body_size_limit):
        told["max_body"] = f"{size[1]}{(size[2] or 'B').replace('KB', 'kB')}"
    elif options.body_size_limit:
        bench.sketch.note(f"body_size_limit: {options.body_size_limit}: the largest that we take is 1 MiB")


def _body(bench: Bench, options: Http) -> None:
    if options.fail_if_body_not_matches_regexp:
        bench.sketch.options["body_must_match"] = options.fail_if_body_not_matches_regexp
    if options.fail_if_body_matches_regexp:
        bench.sketch.options["body_must_not_match"] = options.fail_if_body_matches_regexp
    for key in ("fail_if_body_json_matches_cel", "fail_if_body_json_not_matches_cel"):
        if expression := getattr(options, key):
            bench.sketch.note(f"{key}: {expression}: see the option json, which has JSONPath")


def _headers(bench: Bench, options: Http) -> None:
    wanted, unwanted = options.fail_if_header_not_matches, options.fail_if_header_matches
    must = _by_name(wanted)
    for rule in unwanted:
        if not rule.allow_missing:
            must.setdefault(rule.header, []).append("")  # what must be there matches nothing, too
    if options.compression:
        must.setdefault("Content-Encoding", []).append(f"^{options.compression}$")
    missing = {rule.header for rule in wanted if rule.allow_missing} - {r.header for r in wanted if not r.allow_missing}
    missing -= {rule.header for rule in unwanted if not rule.allow_missing}
    found: dict[str, Option] = {
        "header_must_match": must,
        "header_must_not_match": _by_name(unwanted),
        "headers_may_be_missing": sorted(missing),
    }
    bench.sketch.options.update({key: value for key, value in found.items() if value})


def _by_name(rules: list[HeaderRule]) -> dict[str, list[str]]:
    names = dict.fromkeys(rule.header for rule in rules)
    return {name: [rule.regexp for rule in rules if rule.header == name] for name in names}


def _security(bench: Bench, options: Http) -> None:
    if options.fail_if_not_ssl:
        bench.sketch.options["require_tls"] = True
    if options.fail_if_ssl:
        bench.sketch.note("fail_if_ssl: no option of ours forbids TLS")
    if bench.probe.target.lower().startswith("https://") or options.follow_redirects:
        bench.tls(options.tls_config)
