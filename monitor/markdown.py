"""The one way from a notice's Markdown to HTML: hostile text stays text, and no picture or script can ride along."""

import re
from typing import Final

from markdown_it import MarkdownIt

# Controls, and the bidi and zero-width characters that make text lie on a screen (Unicode TR 36). Line ends and tabs
# may stay, and so may the joiners that Persian and Indic words need.
_HOSTILE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_LINK: Final = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


class _Markdown(MarkdownIt):
    """CommonMark without HTML, pictures and headings: a notice is a few paragraphs on a page that has its own title."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "linkify": False, "breaks": True})
        self.disable(["image", "html_block", "html_inline", "heading", "lheading"])

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name for this question
        """Let a link lead only where a reader expects one to lead."""
        return _LINK.match(url) is not None


_MARKDOWN: Final = _Markdown()


def visible(text: str) -> str:
    """Show every character that would hide or turn text as its escape (``\\u202e``); all else is left as it is."""
    return _HOSTILE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def html(text: str) -> str:
    """Render a notice's Markdown; HTML in it is shown as written, and a link may only lead to http, https or mailto."""
    return str(_MARKDOWN.render(visible(text)))
