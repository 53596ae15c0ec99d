"""The probers ``tcp`` and ``websocket`` as our kinds: what is asked and expected becomes a dialogue."""

import re
from collections.abc import Iterator
from typing import Final

from monitor.importers.address import host_and_port
from monitor.importers.blackbox.bench import Bench
from monitor.importers.blackbox.options import Step, Tcp, Websocket
from monitor.importers.blackbox.relabel import TEMPLATE
from monitor.importers.blueprint import Option
from probes.pattern import groups

# What our own lines take for something to put in.
_OURS: Final = re.compile(r"\\(?:\d|g<\w+>)|\$\{\w+\}")

_SIGNS_IN: Final = re.compile(r"(?i)\b(?:auth|authenticate|login)\b")
_SECRET: Final = re.compile(r"(?i)\b(?:login|auth|authenticate)\s+\S+\s+\S|\bpass(?:word)?\b\s*\S")
_BLOB: Final = re.compile(r"(?=.*[a-z0-9])[A-Za-z0-9+/]{8,}={0,2}")

_TURN: Final = {"starttls": True}


def tcp(bench: Bench, options: Tcp) -> None:
    """Fill the sketch of a ``tcp`` target."""
    found = host_and_port(bench.probe.target)
    if found is None or found[1] is None:
        bench.sketch.lose("a target of the prober tcp is a host and a port")
        return
    told = bench.sketch.options
    told |= {"host": found[0], "port": found[1]}
    if options.tls:
        told["tls_mode"] = "implicit"
    _dialogue(bench, options.query_response)
    if options.tls or _turns(told.get("dialogue")):
        bench.tls(options.tls_config)
    bench.address(options)


def _turns(dialogue: Option) -> bool:
    return isinstance(dialogue, list) and _TURN in dialogue


def websocket(bench: Bench, options: Websocket) -> None:
    """Fill the sketch of a ``websocket`` target."""
    bench.web.stream(bench.probe.target)
    _dialogue(bench, options.query_response)
    if bench.probe.target.lower().startswith("wss://"):
        bench.tls(options.http_config.tls_config)
    if options.headers or options.http_config.basic_auth or options.http_config.authorization:
        bench.sketch.unlike("headers and http_config: our kind websocket sends none of its own")
    bench.address(options)


def _dialogue(bench: Bench, steps: list[Step]) -> None:
    """Each step, up to the first that we cannot take: what comes after it would be out of tune."""
    told: list[Option] = []
    for number, step in enumerate(steps):
        try:
            told += tuple(_step(bench, step, signing_in=any(_SIGNS_IN.search(str(it.send)) for it in steps[:number])))
        except ValueError as error:
            bench.sketch.note(f"the last {len(steps) - number} of {len(steps)} steps of query_response: {error}")
            break
        bench.unknown(f"query_response.{key}" for key in step.unknown)
        if step.labels:
            bench.sketch.note("query_response.labels: no metric of ours has labels from a server's words")
    if told:
        bench.sketch.options["dialogue"] = told


def _step(bench: Bench, step: Step, *, signing_in: bool) -> Iterator[Option]:
    """What one step of theirs is in ours: it expects, sends, and turns to TLS, in this order. Raises ValueError."""
    if step.expect_bytes or isinstance(step.send, bytes):
        raise ValueError("expect_bytes, or a binary send: our dialogues are made of lines")
    if step.expect:
        yield {"expect": step.expect}
    if step.send:
        line = step.send.rstrip("\r\n")
        secret = _SECRET.search(line) or (signing_in and _BLOB.fullmatch(line))
        yield {"send": _hidden(bench, line) if secret else _line(line, step.expect)}
    if step.starttls:
        yield _TURN


def _hidden(bench: Bench, line: str) -> str:
    """A line that signs in goes by the option ``password``, which is masked in all evidence. Raises ValueError."""
    if "password" in bench.sketch.options:
        raise ValueError("a second line that signs in, and a dialogue of ours has one password; see the mail kinds")
    bench.sketch.options["password"] = bench.web.secret("line", line)
    return r"\g<password>"


def _line(line: str, expect: str) -> str:
    if expect:
        return TEMPLATE.sub(lambda it: _reference(it, expect), _plain(TEMPLATE, line))
    return _plain(None, line)


def _plain(references: re.Pattern[str] | None, line: str) -> str:
    """The line, if none of its literal parts means something to us that it did not mean to them."""
    literal = references.sub("\0", line) if references else line
    if _OURS.search(literal):
        raise ValueError(f'send: "{line}" would be read as something to put in')
    return line


def _reference(match: re.Match[str], pattern: str) -> str:
    """Go's ``$1`` and ``${name}`` as ours; a group that the pattern has not is nothing, as in Go."""
    name = match[1] or match[2] or ""
    if not name:
        return "$" if match[0] == "$$" else ""
    return f"${{{name}}}" if name in groups(pattern) else ""
