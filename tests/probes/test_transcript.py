"""What strangers say is written down short, harmless and without our secrets."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.transcript import MASK, TEXT_BYTES_MAX, Transcript, harmless


@given(st.binary(max_size=3000) | st.text(max_size=3000) | st.characters(categories=["Cs", "So"]))
def test_any_text_becomes_printable_and_fits(raw: bytes | str) -> None:
    """Whatever it is: at most 512 bytes in UTF-8, one line, and nothing that moves a cursor or cannot be encoded."""
    text = harmless(raw)
    assert len(text.encode()) <= TEXT_BYTES_MAX
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", text)


@pytest.mark.parametrize("letter", ["x", "ž", "密", "🔑", "\x00"])
def test_a_long_text_is_cut_between_characters(letter: str) -> None:
    """The limit counts bytes, since that is what is stored; the cut is shown, and breaks no character."""
    text = harmless(letter * 10_000)
    assert text.endswith("…")
    assert TEXT_BYTES_MAX - 4 <= len(text.encode()) <= TEXT_BYTES_MAX
    assert set(text) <= {*letter, *r"\x00", "…"}


def test_a_secret_is_masked_before_the_cut() -> None:
    """No half of a secret survives where the text ends."""
    transcript = Transcript(["correct horse"])
    transcript.add(0.0, "them", "x" * (TEXT_BYTES_MAX - 5) + "correct horse")
    (line,) = transcript.lines()
    assert MASK[0] in line.text
    assert "corr" not in line.text
