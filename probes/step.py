"""One step of a scripted talk: expect a line, send a line, or turn to TLS."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from probes.dialogue import Dialogue
from probes.pattern import Pattern, groups, search
from probes.reason import Reason
from probes.target import Options

# In a config file the last two are written $${1} and $${name}, since ${…} is the environment there.
_REFERENCE = re.compile(r"\\(?:(\d)|g<(\w+)>)|\$\{(\w+)\}")

Captures = Mapping[str, str]
"""What the last match captured, by number and by name."""


class Expect(Options):
    """Wait for a line that matches. Lines before it are passed over: greetings and notices come in any number."""

    expect: Pattern

    def groups_after(self, _before: frozenset[str]) -> frozenset[str]:
        """What later steps may send back."""
        return frozenset(groups(self.expect))

    async def take(self, talk: Dialogue, _captures: Captures) -> Captures:
        """What the match captured. Raises Failed: ``body_mismatch`` if lines came, but none that matches."""
        with talk.stage("expect", f"a line that matches '{self.expect}'"):
            while True:
                line = await talk.hear(unended=True)
                if found := search(self.expect, line):
                    return {name: found[place] for name, place in groups(self.expect).items()}
                talk.heard_instead(Reason.BODY_MISMATCH, line)


class Send(Options):
    r"""Send a line, with ``\1``, ``\g<name>``, ``${1}`` or ``${name}`` replaced by what the last match captured."""

    send: Annotated[str, Field(max_length=4096)]

    def groups_after(self, before: frozenset[str]) -> frozenset[str]:
        """The groups stay. Raises ValueError if one is referred to that no expect captures."""
        for reference in _REFERENCE.finditer(self.send):
            if _group(reference) not in before:
                raise ValueError(f"send refers to {reference[0]}, which the expect before it does not capture")
        return before

    async def take(self, talk: Dialogue, captures: Captures) -> Captures:
        """Send it, with a line's end."""
        line = _REFERENCE.sub(lambda reference: captures[_group(reference)], self.send)
        with talk.stage("send", "room for our line"):
            await talk.say(line.rstrip("\r\n").encode("utf-8", "surrogateescape"))
        return captures


class StartTls(Options):
    """Turn to TLS, which the server has granted in the line expected before."""

    starttls: Literal[True]

    def groups_after(self, before: frozenset[str]) -> frozenset[str]:
        """The groups stay."""
        return before

    async def take(self, talk: Dialogue, captures: Captures) -> Captures:
        """Turn to TLS."""
        await talk.start_tls()
        return captures


def _group(reference: re.Match[str]) -> str:
    return reference[1] or reference[2] or reference[3]


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
