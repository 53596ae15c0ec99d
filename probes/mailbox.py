"""A mailbox's name as IMAP spells it: modified UTF-7 (RFC 3501 section 5.1.3), which every server still takes."""

import base64
import re

_RUN = re.compile(r"[ -~]+|[^ -~]+")


def spelled(name: str) -> bytes:
    """Spell a name, such as ``Courrier indésirable`` as ``Courrier ind&AOk-sirable``."""
    return b"".join(_spelled_run(run) for run in _RUN.findall(name))


def _spelled_run(run: str) -> bytes:
    if run.isascii() and run.isprintable():
        return run.replace("&", "&-").encode()
    return b"&" + base64.b64encode(run.encode("utf-16-be"), b"+,").rstrip(b"=") + b"-"
