"""The little Markdown that our notices are written in: **strong** words, <addresses> and backslash escapes."""

import re
from typing import Final

# Controls, and the bidi and zero-width characters that make text lie on a screen (Unicode TR 36).
_HOSTILE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPECIAL: Final = re.compile(r"[\\`*\[\]<>~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w)")
_LINE_START: Final = re.compile(r"^([#+=-]|\d+(?=[.)]))")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`\\]+")
_TOKEN: Final = re.compile(r"\\([!-/:-@\[-`{-~])|(\*\*)|<(https?://[^\s<>\"'`\\]+)>")


def one_line(words: str) -> str:
    """Somebody's words on one line, without characters that cannot be seen."""
    return " ".join(_HOSTILE.sub("", words).split())


def escape(words: str) -> str:
    """Make somebody's words safe to insert: on one line, with nothing in them that Markdown or HTML would act on."""
    line = one_line(words)
    if _ADDRESS.fullmatch(line):
        return f"<{line}>"
    return _LINE_START.sub(_escape_start, _SPECIAL.sub(r"\\\g<0>", line))


def _escape_start(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def plain(markdown: str) -> str:
    """The text as people read it where there is no markup, as in plain mail: marks taken away, escapes undone."""
    return _TOKEN.sub(lambda match: match[1] or match[3] or "", markdown)
