"""A secret is recognised in whatever dress it comes back."""

import base64
import html
import json
import re
from collections.abc import Callable
from time import process_time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from probes.transcript import Transcript

DRESSES: tuple[Callable[[str], str], ...] = (
    str,
    lambda secret: base64.b64encode(secret.encode()).decode(),
    lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    quote,
    lambda secret: quote(secret, safe=""),
    lambda secret: re.sub("%..", lambda escape: escape[0].lower(), quote(secret, safe="")),
    quote_plus,
    lambda secret: json.dumps(secret)[1:-1],
    html.escape,
    lambda secret: repr(secret)[1:-1],
    lambda secret: secret.replace("\\", r"\\").replace('"', r"\""),
)

secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=80).filter(
    lambda secret: len(set(secret)) > 4 and secret == secret.strip()
)


@given(secret=secrets)
@example(secret='pass word "quoted" & <kept>')
@example(secret="back\\slash\\ žņ€ 🔑~")
@example(secret="a+b/c=d?e&f%20g")
def test_every_dress_of_a_secret_is_masked(secret: str) -> None:
    """As it is, quoted, escaped or encoded."""
    transcript = Transcript([secret])
    for dress in DRESSES:
        assert dress(secret) not in transcript.mask(f"you said: {dress(secret)}!")


@pytest.mark.parametrize("before", [b"", b"\0", b"\0p", b"\0probe\0", b"user:"])
@pytest.mark.parametrize("after", [b"", b"!", b"\r\n", b"\1\1"])
def test_a_secret_inside_a_longer_blob_is_masked(before: bytes, after: bytes) -> None:
    """Base64 writes it in three ways, by where it begins; at most the letters at its edges are left over."""
    blob = base64.b64encode(before + b"correct horse battery" + after).decode()
    masked = Transcript(["correct horse battery"]).mask(f"error={blob}")
    assert "<secret>" in masked
    assert len(masked) < len("error=<secret>") + 16


def test_an_innocent_text_stays_as_it_is() -> None:
    """A short secret does not eat words that only look like the middle of its base64."""
    assert Transcript(["abc"]).mask("the mail server answered YW to us") == "the mail server answered YW to us"


@pytest.mark.parametrize("cut", range(8, 21))
def test_a_secret_that_was_cut_is_masked_as_far_as_it_stands(cut: int) -> None:
    """An excerpt may end inside it."""
    secret = "correct horse battery"
    assert Transcript([secret]).mask(f"'you said {secret[:cut]}'") == "'you said <secret>'"


def test_a_secret_with_spaces_leaves_no_tail() -> None:
    """The beginning that its forms share is not taken for a cut one."""
    assert (
        Transcript(["sesame12 open/door"]).mask("a sesame12 open/door b sesame12+open b") == "a <secret> b <secret> b"
    )


def test_a_text_full_of_beginnings_takes_no_time() -> None:
    """A server knows the password that it was told, and may try to keep us busy with it."""
    transcript = Transcript(["correct horse battery", "<secret>s are mine"])
    began = process_time()
    assert "correct" not in transcript.mask("correct h" * 7000 + "<secret>" * 100)
    assert process_time() - began < 1
