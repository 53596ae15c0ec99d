"""A mailbox's name as IMAP spells it: modified UTF-7 (RFC 3501 section 5.1.3), which every server still takes."""

import base64
import binascii
import re

_RUN = re.compile(r"[ -~]+|[^ -~]+")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


def spelled(name: str) -> bytes:
    """Spell a name, such as ``Courrier indésirable`` as ``Courrier ind&AOk-sirable``."""
    return b"".join(_spelled_run(run) for run in _RUN.findall(name))


def _spelled_run(run: str) -> bytes:
    if run.isascii() and run.isprintable():
        return run.replace("&", "&-").encode()
    return b"&" + base64.b64encode(run.encode("utf-16-be"), b"+,").rstrip(b"=") + b"-"


def read(name: str) -> str:
    """Read a name as a server spells it; one that is misspelled stays as it is."""
    return _SHIFTED.sub(_read_run, name)


def _read_run(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    padded = match[1] + "=" * (-len(match[1]) % 4)
    try:
        return base64.b64decode(padded, b"+,").decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match[0]
