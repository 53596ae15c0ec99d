"""A notice's Markdown becomes HTML that can harm nobody."""

import pytest

from monitor.markdown import honest, html, plain, visible


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("**down** since\n14:02", "<p><strong>down</strong> since<br />\n14:02</p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>\n"),
        ("{{7*7}}", "<p>{{7*7}}</p>\n"),
        ("# loud", "<p># loud</p>\n"),
        ("[page](https://e.example)", '<p><a href="https://e.example">page</a></p>\n'),
        ("[mail](mailto:help@e.example)", '<p><a href="mailto:help@e.example">mail</a></p>\n'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](JaVaScRiPt:alert(1))", "<p>[x](JaVaScRiPt:alert(1))</p>\n"),
        ("[x](data:text/html,hi)", "<p>[x](data:text/html,hi)</p>\n"),
        ("[x](//elsewhere.example)", "<p>[x](//elsewhere.example)</p>\n"),
        ("www.e.example", "<p>www.e.example</p>\n"),
        ("pay \u202eeht", "<p>pay \\u202eeht</p>\n"),
        ("a\x00b\x1b[31m", "<p>a\\x00b\\x1b[31m</p>\n"),
    ],
)
def test_markdown_is_rendered_and_nothing_else_is(text: str, rendered: str) -> None:
    """Bold, breaks and honest links come through; HTML, scripts and turning characters are shown as written."""
    assert html(text) == rendered


def test_a_picture_cannot_call_home() -> None:
    """An image of the text is a link at most, so that opening a page tells no stranger."""
    assert "<img" not in html("![x](https://tracker.example/p.gif)")


def test_a_link_without_words_is_called_by_its_address() -> None:
    """Else it would be there for nobody's eyes, and for every thumb."""
    address = "https://tracker.example/p.gif"
    assert html(f"![]({address})") == f'<p>!<a href="{address}">{address}</a></p>\n'
    assert plain(f"[]({address})") == address


def test_hidden_characters_are_shown_or_taken_out() -> None:
    """What turns or hides text is visible to a reader, and gone from what a human signs; other writing stays whole."""
    assert visible("a\u200bb \u2067c") == "a\\u200bb \\u2067c"
    assert honest("a\u200bb \u2067c") == "ab c"
    assert visible("\u0645\u06cc\u200c\u062e ü 名\n") == "\u0645\u06cc\u200c\u062e ü 名\n"
