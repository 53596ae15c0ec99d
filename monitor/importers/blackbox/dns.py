"""The prober ``dns`` as our kind ``dns``."""

from typing import Final

from monitor.importers.blackbox.bench import Bench
from monitor.importers.blackbox.options import Dns, Records

_SECTIONS: Final = ("answer", "authority", "additional")
_ANY: Final = "ANY"


def dns(bench: Bench, options: Dns) -> None:
    """Fill the sketch."""
    told = bench.sketch.options
    told |= {"server": bench.probe.target, "query": options.query_name, "record": _record(bench, options)}
    if options.valid_rcodes:
        told["expect_rcodes"] = list(dict.fromkeys(options.valid_rcodes))
    for section in _SECTIONS:
        _rules(bench, section, getattr(options, f"validate_{section}_rrs"))
    if options.dns_over_tls:
        bench.sketch.lose("dns_over_tls: we ask by UDP and TCP")
    if options.transport_protocol != "udp":
        bench.sketch.note("transport_protocol: we ask by UDP, and by TCP where the answer is too long for it")
    if options.query_class != "IN":
        bench.sketch.lose(f"query_class: {options.query_class}: we ask for the class IN")
    if not options.recursion_desired:
        bench.sketch.note("recursion_desired: our questions ask for it")
    bench.address(options)


def _record(bench: Bench, options: Dns) -> str:
    """The type to ask for. ``ANY`` may be answered by anything (RFC 8482), so it can only prove the response code."""
    if options.query_type.upper() != _ANY:
        return options.query_type.upper()
    if any(_patterns(getattr(options, f"validate_{section}_rrs")) for section in _SECTIONS):
        bench.sketch.unlike("query_type: ANY: we ask for one type of records at a time, here A")
    else:
        bench.sketch.note(
            "query_type: ANY: we ask for one type of records at a time, here A; the response code is alike"
        )
    return "A"


def _patterns(rules: Records) -> list[str]:
    return [
        *rules.fail_if_matches_regexp,
        *rules.fail_if_none_matches_regexp,
        *rules.fail_if_not_matches_regexp,
        *rules.fail_if_all_match_regexp,
    ]


def _rules(bench: Bench, section: str, rules: Records) -> None:
    """Theirs see tabs between the fields of a record, and ours spaces."""
    must = [_spaced(pattern) for pattern in rules.fail_if_not_matches_regexp]
    if rules.fail_if_none_matches_regexp:  # one record has to match one of them
        must.append("|".join(f"(?:{_spaced(pattern)})" for pattern in rules.fail_if_none_matches_regexp))
    if must:
        bench.sketch.options[f"{section}_must_match"] = must
    if rules.fail_if_matches_regexp:
        patterns = [_spaced(pattern) for pattern in rules.fail_if_matches_regexp]
        bench.sketch.options[f"{section}_must_not_match"] = patterns
    where = f"validate_{section}_rrs"
    if rules.fail_if_not_matches_regexp:
        bench.sketch.note(f"{where}.fail_if_not_matches_regexp: every record had to match, with us one has to")
    if rules.fail_if_all_match_regexp:
        bench.sketch.note(f"{where}.fail_if_all_match_regexp: we have no rule for all records at once")
    bench.unknown(f"{where}.{key}" for key in rules.unknown)


def _spaced(pattern: str) -> str:
    pieces = pattern.split("\\\\")  # an escaped backslash begins no \t
    return "\\\\".join(piece.replace("\\t", "\\s").replace("\t", "\\s") for piece in pieces)
