"""What readers type, and whether it can be meant."""

import pytest

from monitor.ledger.subscribers import Choice
from monitor.page.wish import choice, form, hook, mailbox


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ann@a.test", "ann@a.test"),
        ("Ann.O'Hara+news@Mail.A.Test", "ann.o'hara+news@mail.a.test"),
        ("ann@münchen.test", "ann@xn--mnchen-3ya.test"),
        ("ann", None),
        ("ann@a", None),
        ("ann@a.test, bob@b.test", None),
        ("ann@a.test\r\nBcc: bob@b.test", None),
        ("<ann@a.test>", None),
        ("ann@@a.test", None),
        (".ann@a.test", None),
        ("ann@a..test", None),
        ("ann@-a.test", None),
        ("änn@a.test", None),
        ("a" * 65 + "@a.test", None),
        ("ann@" + "a." * 130 + "test", None),
        ("@a.test", None),
        ("", None),
    ],
)
def test_an_address_of_mail_is_one_and_is_written_one_way(typed: str, meant: str | None) -> None:
    """One address in small letters, its domain as DNS has it; nothing that could be two, or a header."""
    assert mailbox(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://a.test/in?key=1", "https://a.test/in?key=1"),
        ("HTTPS://A.Test", "https://a.test"),
        ("http://127.0.0.1:8000/in", "http://127.0.0.1:8000/in"),
        ("http://a.test/in", None),
        ("https://ann:secret@a.test/", None),
        ("ftp://a.test/", None),
        ("//a.test", None),
        ("https://", None),
        ("https://a.test:99999/", None),
        ("https://a.test/#part", None),
        ("https://[::1]x]<@", None),
        ("https://a.test\\@evil.test/", None),
        ("https://a.test/" + "a" * 2000, None),
        ("", None),
    ],
)
def test_a_webhook_is_encrypted_and_holds_no_password(typed: str, meant: str | None) -> None:
    """In clear only to this very machine, and even that only where the channel allows it."""
    assert hook(typed) == meant


def test_who_ticks_nothing_or_everything_hears_of_all() -> None:
    """Components that come later are then among them; what is none of ours counts for nothing."""
    ids, languages = ["send", "read"], ["en", "de"]
    assert choice(form(b""), languages, ids) == Choice("en")
    assert choice(form(b"component=send&component=read&language=de"), languages, ids) == Choice("de")
    assert choice(form(b"component=read&component=x&language=xx"), languages, ids) == Choice("en", ("read",))
    assert Choice("en", ("read",)).hears_of({"send", "read"})
    assert not Choice("en", ("read",)).hears_of({"send"})
    assert Choice("en").hears_of({"send"})


@pytest.mark.parametrize("body", [b"\xff=1", "ä=1".encode(), b"a=%ff", b"&".join([b"a=1"] * 501)])
def test_what_is_no_form_is_refused(body: bytes) -> None:
    """Other bytes, or more fields than anybody could tick."""
    with pytest.raises(ValueError, match=r"codec|fields"):
        form(body)
