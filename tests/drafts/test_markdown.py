"""The little Markdown: inserted words stay words, and whatever a human types is safe to show."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts.markdown import escape, html, one_line, plain


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


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**You cannot send mail.** Yet.", "<p><strong>You cannot send mail.</strong> Yet.</p>"),
        ("one\n\ntwo\nlines", "<p>one</p>\n<p>two<br>\nlines</p>"),
        (
            "<https://example.org/?a=1&b=2>",
            '<p><a href="https://example.org/?a=1&amp;b=2">https://example.org/?a=1&amp;b=2</a></p>',
        ),
        (r"\*no\* \<b\>", "<p>*no* &lt;b&gt;</p>"),
        ("a ** b", "<p>a ** b</p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("", ""),
    ],
)
def test_html(markdown: str, expected: str) -> None:
    """Paragraphs, strong words and addresses become elements; everything else is text."""
    assert html(markdown) == expected


@given(st.text("*<>\\\n &ahtps:/\"'"))
def test_html_is_safe(markdown: str) -> None:
    """Whatever is typed, only our own elements come out, each of them closed."""
    rest = re.sub(r'</?(?:p|strong)>|<br>|<a href="https?://[^"<>]+">|</a>', "", html(markdown))
    assert not re.search("[<>]", rest)
    assert html(markdown).count("<strong>") == html(markdown).count("</strong>")
