"""``${VARIABLE}`` and ``$$`` in the strings of a document.

Variables are put in after parsing, so that no value of the environment can change the shape of the document.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from monitor.config.problem import Complaint, Key

_REFERENCE: Final = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>[^}]*)\})")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def refers(text: object) -> bool:
    """Whether a value as written takes something from the environment."""
    return isinstance(text, str) and any(match["name"] for match in _REFERENCE.finditer(text))


def expand(value: Any, environ: Mapping[str, str], complaints: list[Complaint], key: Key = ()) -> Any:  # noqa: ANN401 - a TOML value
    """The value with every variable put in; a variable that is not set is complained of."""
    if isinstance(value, dict):
        return {name: expand(inner, environ, complaints, (*key, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [expand(inner, environ, complaints, (*key, index)) for index, inner in enumerate(value)]
    if not isinstance(value, str):
        return value

    reasons: list[str] = []
    meant = _REFERENCE.sub(lambda match: _put_in(match, environ, reasons), value)
    if reasons:
        complaints.append(Complaint(key, "; ".join(dict.fromkeys(reasons))))
    return meant


def _put_in(match: re.Match[str], environ: Mapping[str, str], reasons: list[str]) -> str:
    name = match["name"]
    if match["dollar"]:
        return "$"
    if not _NAME.fullmatch(name):
        reasons.append(f'"{match[0]}" is no variable (a literal "${{" is written "$${{")')
    elif name not in environ:
        reasons.append(f"the environment variable {name} is not set")
    return environ.get(name, "")
