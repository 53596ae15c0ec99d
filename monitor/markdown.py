"""The one way from a notice's Markdown to HTML: hostile text stays text, and no picture or script can ride along."""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# Controls, and the bidi and zero-width characters that make text lie on a screen (Unicode TR 36). Line ends and tabs
# may stay, and so may the joiners that Persian and Indic words need.
_HOSTILE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_BLOCK_ENDS: Final = frozenset({"paragraph_close", "bullet_list_close", "ordered_list_close", "blockquote_close"})
_LINK: Final = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


def _name_links(state: StateCore) -> None:
    """A link without words would be a link that nobody sees: its address is what it is called."""
    for token in state.tokens:
        inside = token.children or []
        for at in range(len(inside) - 1, 0, -1):
            if (inside[at - 1].type, inside[at].type) == ("link_open", "link_close"):
                inside.insert(at, Token("text", "", 0, content=str(inside[at - 1].attrs["href"])))


class _Markdown(MarkdownIt):
    """CommonMark without HTML, pictures and headings: a notice is a few paragraphs on a page that has its own title."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "linkify": False, "breaks": True})
        self.disable(["image", "html_block", "html_inline", "heading", "lheading"])
        self.core.ruler.push("name_links", _name_links)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name for this question
        """Let a link lead only where a reader expects one to lead."""
        return _LINK.match(url) is not None


_MARKDOWN: Final = _Markdown()


def visible(text: str) -> str:
    r"""Show every character that would hide or turn text as its escape (``\u202e``); all else is left as it is."""
    return _HOSTILE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def honest(text: str) -> str:
    """Take out every character that would hide or turn text: for words that a human is about to put their name to."""
    return _HOSTILE.sub("", text)


def html(text: str) -> str:
    """Render a notice's Markdown; HTML in it is shown as written, and a link may only lead to http, https or mailto."""
    return str(_MARKDOWN.render(visible(text)))


def plain(text: str) -> str:
    """A notice's Markdown as plain text: marks gone, list items dashed, the address of a link after its words."""
    parts: list[str] = []
    for token in _MARKDOWN.parse(visible(text)):
        if token.type == "list_item_open":
            parts.append(f"{token.info}{token.markup} " if token.info else "- ")
        elif token.type == "inline":
            parts.append(_plain_inline(token.children or []) + "\n")
        elif token.type in {"fence", "code_block"}:
            parts.append(token.content)
        elif token.type in _BLOCK_ENDS and not token.hidden:
            parts.append("\n")
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()


def _plain_inline(tokens: list[Token]) -> str:
    parts: list[str] = []
    address, began = "", 0
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif token.type == "link_open":
            address, began = str(token.attrs["href"]), len(parts)
        elif token.type == "link_close":
            words = "".join(parts[began:])
            parts.append("" if words == address.removeprefix("mailto:") else f" ({address})")
        else:
            parts.append(token.content)
    return "".join(parts)
