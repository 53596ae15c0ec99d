"""What an IMAP server answers (RFC 9051 section 7): tagged, untagged and continuations, with literals bounded."""

import re
from dataclasses import dataclass, replace
from typing import Final

from probes.dialogue import Dialogue
from probes.finding import Failed
from probes.reason import Reason

LITERALS_MAX: Final = 16
UNTAGGED: Final = "*"
CONTINUATION: Final = "+"

ANSWER: Final = re.compile(rb"[*+] |\S+ (?:OK|NO|BAD)\b", re.IGNORECASE)

_LITERAL = re.compile(rb"~?\{(\d{1,10})\+?\}$")
_RESPONSE = re.compile(r"(\S+)(?: (.*))?", re.DOTALL)
# The quantifiers of the brackets never give back (++), or a hostile line would take minutes to refuse.
_STATUS = re.compile(r"(OK|NO|BAD|BYE|PREAUTH)\b ?(?:\[([^\] ]++) ?([^\]]*+)\] ?)?(.*)", re.DOTALL | re.IGNORECASE)
_REASONS: Final = {  # the response codes of RFC 5530; any other leaves the verdict to what was asked
    "AUTHENTICATIONFAILED": Reason.AUTH,
    "AUTHORIZATIONFAILED": Reason.AUTH,
    "EXPIRED": Reason.AUTH_EXPIRED,
    "PRIVACYREQUIRED": Reason.AUTH_DISABLED,
    "UNAVAILABLE": Reason.UNAVAILABLE,
    "LIMIT": Reason.LIMIT,
}


@dataclass(frozen=True, slots=True)
class Response:
    """One response. ``rest`` is all that follows the tag; the others are filled if it begins with a status.

    ``code`` is a response code such as ``AUTHENTICATIONFAILED``, ``data`` what follows it inside the brackets.
    ``frame`` is the whole response without the ``literals`` in it, which are a stranger's text and prove nothing.
    """

    tag: str
    rest: str
    status: str = ""
    code: str = ""
    data: str = ""
    text: str = ""
    frame: str = ""
    literals: tuple[bytes, ...] = ()

    def said(self, talk: Dialogue) -> str:
        """How the response reads in a sentence: ``NO [AUTHENTICATIONFAILED] 'wrong password'``."""
        if not self.status:
            return talk.quoted(self.rest)
        code = f"[{self.code}]" if self.code else ""
        return " ".join(filter(None, (self.status, code, talk.quoted(self.text) if self.text else "")))

    def refusal(self, talk: Dialogue, asked: str, reason: Reason) -> Failed:
        """What it means that the server answered so: what its code says, or else ``reason``."""
        return Failed(_REASONS.get(self.code, reason), f"{talk.peer} answered {self.said(talk)} to {asked}")

    def farewell(self, talk: Dialogue) -> Failed:
        """What it means that the server took leave (BYE) while something else was awaited."""
        reason = _REASONS.get(self.code, talk.closed)
        return talk.lose(reason, f"said {self.said(talk)} instead of {talk.awaited}")


async def hear_response(talk: Dialogue) -> Response:
    """Hear one whole response, with the literals in it. Raises Failed, with ``protocol`` if it breaks the rules."""
    raw = line = frame = await talk.hear()
    literals: tuple[bytes, ...] = ()
    for _ in range(LITERALS_MAX):
        response = _parsed(talk, raw.decode("utf-8", "backslashreplace"))
        announced = _LITERAL.search(line)
        if announced is None or response.status:  # a status is followed by plain words, whatever they look like
            return replace(response, frame=frame.decode("utf-8", "backslashreplace"), literals=literals)
        literal = await talk.hear_exactly(int(announced[1]))
        line = await talk.hear()
        raw += b" " + literal + line
        frame += line
        literals += (literal,)
    raise talk.lose(Reason.PROTOCOL, f"sent a response with more than {LITERALS_MAX} literals")


def _parsed(talk: Dialogue, text: str) -> Response:
    match = _RESPONSE.fullmatch(text)
    if match is None:
        raise talk.lose(Reason.PROTOCOL, f"said {talk.quoted(text)}, which is no IMAP response")
    tag, rest = match[1], match[2] or ""
    status = _STATUS.fullmatch(rest)
    if status is None:
        return Response(tag, rest)
    word, code, data, words = status.groups(default="")
    return Response(tag, rest, word.upper(), code.upper(), data, words.strip())
