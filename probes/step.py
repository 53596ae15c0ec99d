"""One step of a scripted talk: expect a line, send a line, or turn to TLS."""

import re
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from probes.dialogue import Dialogue
from probes.finding import Failed
from probes.reason import Reason
from probes.target import Options

# In a config file the last two are written $${1} and $${name}, since ${…} is the environment there.
_CAPTURE = re.compile(r"\\(?P<digit>\d)|\\g<(?P<group>\w+)>|\$\{(?P<brace>\w+)\}")

Captures = re.Match[str] | None


class Expect(Options):
    r"""Wait for a line that matches. Lines before it are passed over: greetings and notices come in any number."""

    expect: re.Pattern[str]

    def groups_after(self, _before: frozenset[str]) -> frozenset[str]:
        """What later steps may send back: the groups of this pattern, by number and by name."""
        return frozenset(map(str, range(self.expect.groups + 1))) | frozenset(self.expect.groupindex)

    async def take(self, talk: Dialogue, _captures: Captures) -> Captures:
        """The match. Raises Failed: ``body_mismatch`` if there were lines, but none that matches."""
        last: str | None = None
        with talk.stage("expect", f"a line that matches '{self.expect.pattern}'"):
            while True:
                last = await self._line_after(talk, last)
                if match := self.expect.search(last):
                    return match
                talk.notes.silence = Reason.BODY_MISMATCH

    async def _line_after(self, talk: Dialogue, last: str | None) -> str:
        try:
            return (await talk.hear(unended=True)).decode("utf-8", "surrogateescape")
        except Failed as found:
            if last is None or found.reason is Reason.PROTOCOL:
                raise
            detail = f"{found.detail}; the last line it sent was {talk.quoted(last)}"
            raise Failed(Reason.BODY_MISMATCH, detail) from found


class Send(Options):
    r"""Send a line, with ``\1``, ``\g<name>``, ``${1}`` or ``${name}`` replaced by what the last match captured."""

    send: Annotated[str, Field(max_length=4096)]

    def groups_after(self, before: frozenset[str]) -> frozenset[str]:
        """The groups stay. Raises ValueError if a group is sent that no expect captures."""
        for reference in _CAPTURE.finditer(self.send):
            if _group(reference) not in before:
                raise ValueError(f"send refers to {reference[0]}, which no expect before it captures")
        return before

    async def take(self, talk: Dialogue, captures: Captures) -> Captures:
        """Send it, with a line's end."""
        line = self.send if captures is None else _CAPTURE.sub(lambda found: captures[_key(found)] or "", self.send)
        with talk.stage("send", "room for our line"):
            await talk.say(line.rstrip("\r\n").encode("utf-8", "surrogateescape"))
        return captures


class StartTls(Options):
    """Turn to TLS, after the server has granted it in the line expected before."""

    starttls: Literal[True]

    def groups_after(self, before: frozenset[str]) -> frozenset[str]:
        """The groups stay."""
        return before

    async def take(self, talk: Dialogue, captures: Captures) -> Captures:
        """Turn to TLS."""
        await talk.start_tls()
        return captures


def _group(reference: re.Match[str]) -> str:
    return reference["digit"] or reference["group"] or reference["brace"]


def _key(reference: re.Match[str]) -> str | int:
    group = _group(reference)
    return int(group) if group.isdecimal() else group


def _verb(step: Any) -> str | None:  # noqa: ANN401 - whatever stands in the config
    keys = step if isinstance(step, dict) else getattr(type(step), "model_fields", ())
    return next((verb for verb in ("expect", "send", "starttls") if verb in keys), None)


Step = Annotated[
    Annotated[Expect, Tag("expect")] | Annotated[Send, Tag("send")] | Annotated[StartTls, Tag("starttls")],
    Discriminator(
        _verb,
        custom_error_type="step",
        custom_error_message='a step is {expect = "regex"}, {send = "text"} or {starttls = true}',
    ),
]
