"""The transcript of one look: who said what and when, bounded, with secrets masked and hostile bytes made harmless."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from probes.disguise import disguises

TEXT_BYTES_MAX: Final = 512
LINES_MAX: Final = 200
MASK: Final = "<secret>"
HEAD_CHARS: Final = 8

_CUT: Final = "…"

Speaker = Literal["us", "them", "note"]

# C0 and C1 controls; the bidi and zero-width characters that make text lie on a screen (Unicode TR 36); and surrogates,
# which no sink can encode.
_HOSTILE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: seconds since the look began, by whom (``us``, ``them``, or our own ``note``), and the text."""

    at_s: float
    who: Speaker
    text: str


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def harmless(raw: bytes | str) -> str:
    """Make a stranger's text printable: bad UTF-8 and control characters escaped, cut to 512 bytes of UTF-8."""
    head = raw[: TEXT_BYTES_MAX + 1]
    text = head.decode("utf-8", "backslashreplace") if isinstance(head, bytes) else head
    encoded = _HOSTILE.sub(_escape, text.strip("\r\n")).encode()
    if len(encoded) <= TEXT_BYTES_MAX:
        return encoded.decode()
    return encoded[: TEXT_BYTES_MAX - len(_CUT.encode())].decode(errors="ignore") + _CUT


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(one), len(other)))


class Transcript:
    """Collects what was said, at most 200 lines; every secret it was told of is replaced wherever it appears."""

    __slots__ = ("_forms", "_lines", "dropped", "muted")

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Begin empty, knowing which secrets must never be written down."""
        self._lines: list[Line] = []
        self._forms: list[str] = []
        self.dropped = 0
        self.muted = False  # while a long watch says the same again and again, so that its end finds room
        for secret in secrets:
            self.hide(secret)

    def hide(self, secret: str) -> None:
        """Mask one more secret from now on, in every form in which it may come back."""
        if secret:
            self._forms = sorted({*self._forms, *disguises(secret)}, key=len, reverse=True)

    def mask(self, text: str) -> str:
        """Replace every known secret in a text, and what is left of one where the text was cut."""
        for form in self._forms:
            text = text.replace(form, MASK)
        for head in {form[:HEAD_CHARS] for form in self._forms if len(form) > HEAD_CHARS}:
            text = self._without(head, text)
        return text

    def _without(self, head: str, text: str) -> str:
        """Replace what begins like a secret as far as it goes on so: a stranger's text may be cut inside one."""
        first, *others = text.split(head)
        tails = [form[HEAD_CHARS:] for form in self._forms if form.startswith(head)] if others else []
        return first + "".join(MASK + rest[max(_common(tail, rest) for tail in tails) :] for rest in others)

    def add(self, at_s: float, who: Speaker, raw: bytes | str) -> None:
        """Write one line down, masked before it is cut, so that no half of a secret survives the cut."""
        if self.muted:
            return
        if len(self._lines) >= LINES_MAX:
            self.dropped += 1
            return
        text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
        self._lines.append(Line(round(at_s, 6), who, harmless(self.mask(text))))

    def lines(self) -> tuple[Line, ...]:
        """Everything written so far, with a last line that counts what did not fit."""
        if not self.dropped:
            return tuple(self._lines)
        last = self._lines[-1].at_s
        return (*self._lines, Line(last, "note", f"{self.dropped} more lines were left out"))
