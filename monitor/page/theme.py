"""How the page looks beyond our own style: a company's logo, its colour for links, and rules of its own."""

from dataclasses import dataclass
from typing import Final, Self

from monitor.config import Page

LOGOS: Final = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Theme:
    """The bytes of a theme, read once; ``style`` comes after our own, and so has the last word."""

    logo: bytes = b""
    logo_ending: str = ""
    style: bytes = b""

    @classmethod
    def of(cls, page: Page) -> Self:
        """Read the files that a config names; that they can be read was checked with it."""
        colours = _colours(page.accent, page.accent_dark)
        own = page.style.read_bytes() if page.style else b""
        if page.logo is None:
            return cls(style=colours + own)
        return cls(page.logo.read_bytes(), page.logo.suffix, colours + own)


def _colours(accent: str | None, accent_dark: str | None) -> bytes:
    rules = [f":root {{ --link: {accent}; }}"] if accent else []
    if accent_dark or accent:
        # A colour for day must not stand on the dark page, where nobody checked it.
        night = accent_dark or NIGHT
        rules.append(f"@media (prefers-color-scheme: dark) {{ :root {{ --link: {night}; }} }}")
    return "".join(f"{rule}\n" for rule in rules).encode()


NIGHT: Final = "#8fc3ec"
"""Our own link colour on the dark page."""
