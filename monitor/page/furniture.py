"""Furniture: the style, the mark and a company's own theme, under paths that change with their bytes."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

from monitor.page.answer import Answer
from monitor.page.theme import LOGOS, Theme

KEPT: Final = "public, max-age=31536000, immutable"
_OURS: Final = {"page.css": "text/css", "mark.svg": "image/svg+xml"}


@cache
def furniture(theme: Theme) -> dict[str, Answer]:
    """Every file that a page needs, by its path: it may be kept for ever, since other bytes have another path."""
    return {path: Answer.of(body, of, cache_control=KEPT) for path, body, of in _pieces(theme).values()}


@cache
def addresses(theme: Theme) -> dict[str, str]:
    """Where each file is served, by its name; ``logo`` and ``own.css`` only if there is one."""
    return {name: path for name, (path, _, _) in _pieces(theme).items()}


@cache
def _pieces(theme: Theme) -> dict[str, tuple[str, bytes, str]]:
    folder = files("monitor.page") / "static"
    pieces = {name: _piece(name, (folder / name).read_bytes(), content_type) for name, content_type in _OURS.items()}
    if theme.style:
        pieces["own.css"] = _piece("own.css", theme.style, "text/css")
    if theme.logo:
        pieces["logo"] = _piece(f"logo{theme.logo_ending}", theme.logo, LOGOS[theme.logo_ending])
    return pieces


def _piece(name: str, body: bytes, content_type: str) -> tuple[str, bytes, str]:
    stem, _, ending = name.partition(".")
    return f"/static/{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}", body, content_type
