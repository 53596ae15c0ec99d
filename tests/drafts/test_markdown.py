"""The little Markdown: inserted words stay words."""

from html import escape as html_escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from drafts.markdown import escape, one_line, plain


@given(st.text())
def test_escaped_words_read_the_same(words: str) -> None:
    """What was inserted is what a reader sees, but for breaks and characters that cannot be seen."""
    assert plain(escape(words)) == one_line(words)


@pytest.mark.parametrize(
    ("words", "escaped"),
    [
        ("Sending email", "Sending email"),
        ("snake_case and _this_", r"snake_case and \_this\_"),
        ("1. Mail", r"1\. Mail"),
        ("# Mail", r"\# Mail"),
        ("AT&T &amp; <b>", r"AT\&T \&amp; \<b\>"),
        ("a\n\nb\u202ec", "a bc"),
        ("https://status.example.org/a_b", "<https://status.example.org/a_b>"),
    ],
)
def test_escape(words: str, escaped: str) -> None:
    """Exactly what Markdown would act on is escaped; an address becomes a link."""
    assert escape(words) == escaped


@given(st.text("*_`[]()<>\\#-1. &ab~"))
def test_escaped_words_render_as_words(words: str) -> None:
    """A real Markdown renderer makes of inserted words exactly one paragraph with nothing but text in it."""
    told = one_line(words)
    rendered = MarkdownIt("commonmark").render(f"a {escape(words)}\n\n{escape(words)} a")
    assert rendered == f"<p>{html_escape(f'a {told}'.rstrip())}</p>\n<p>{html_escape(f'{told} a'.lstrip())}</p>\n"
