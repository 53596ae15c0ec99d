"""Every finding comes with a sentence that notices and tickets can quote."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import probes
from probes.look import Reason
from tests.probes.lines import answering, look_imap, look_pop3, look_smtp, serving

SOURCES = sorted(Path(probes.__file__).parent.glob("*.py"))


def findings(source: Path) -> Iterator[ast.Call]:
    """Each place where a finding is made."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Failed", "Degraded", "Unknown"}:
            yield node


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_no_finding_is_without_a_sentence(source: Path) -> None:
    """A reason alone tells a machine enough, and a human nothing."""
    silent = [f"{source.name}:{call.lineno}" for call in findings(source) if len(call.args) < 2]
    assert silent == []


@pytest.mark.parametrize(
    ("look", "greeting", "answers", "reason", "sentence"),
    [
        (
            look_smtp,
            "421 4.3.2 shutting down",
            {},
            Reason.UNAVAILABLE,
            "the mail server greeted us with 421 4.3.2 'shutting down' where 220 was expected",
        ),
        (
            look_smtp,
            "220 x",
            {"EHLO": "421 4.3.2 shutting down"},
            Reason.UNAVAILABLE,
            "the mail server answered 421 4.3.2 'shutting down' to EHLO",
        ),
        (
            look_imap,
            "* BYE too many",
            {},
            Reason.GREETING,
            "the IMAP server said BYE 'too many' instead of its greeting",
        ),
        (
            look_imap,
            "* BYE [UNAVAILABLE] later",
            {},
            Reason.UNAVAILABLE,
            "the IMAP server said BYE [UNAVAILABLE] 'later' instead of its greeting",
        ),
        (
            look_pop3,
            "-ERR [SYS/TEMP] later",
            {},
            Reason.UNAVAILABLE,
            "the POP3 server greeted us with -ERR [SYS/TEMP] 'later'",
        ),
    ],
)
async def test_the_sentence_says_who_said_what_to_what(
    look: object, greeting: str, answers: dict[str, str], reason: Reason, sentence: str
) -> None:
    """The server's code and words, and what they answered."""
    async with serving(answering(greeting, answers)) as server:
        result = await look(server)  # type: ignore[operator] # one of ours
    assert (result.reason, result.detail) == (reason, sentence)
