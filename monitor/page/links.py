"""Links: where a page leads, by address on a server, or by file in a copy that may lie anywhere, even on a disk."""

import posixpath
from dataclasses import dataclass, replace
from typing import Final, Self

INDEX: Final = "index.html"


@dataclass(frozen=True, slots=True)
class Links:
    """``prefix`` is the language's (``/de``); ``place`` is the page's own file where it is part of a copy."""

    prefix: str = ""
    place: str | None = None

    def page(self, path: str) -> str:
        """To a page of this language, by its path there."""
        whole = self.prefix + path
        if self.place is None:
            return whole.removesuffix("/") or "/"
        return self.file("/" + file_of(whole))

    def live(self, path: str, public_url: str) -> str:
        """To a page that answers people, and has no place in a copy."""
        return self.page(path) if self.place is None else f"{public_url}{self.prefix}{path}"

    def file(self, path: str) -> str:
        """To what is no page: a style, a feed, an answer for programs."""
        if self.place is None:
            return path
        return posixpath.relpath(path.lstrip("/"), posixpath.dirname(self.place) or ".")

    def feed(self, name: str) -> str:
        """To a feed of this language."""
        return self.file(f"{self.prefix}/{name}")

    def told_in(self, prefix: str) -> Self:
        """The same for another language."""
        return replace(self, prefix=prefix)


def file_of(path: str) -> str:
    """The file that a copy of the page at this path has: ``/history`` is ``history/index.html``."""
    return posixpath.join(path.strip("/"), INDEX)
