"""Regular expressions from the config, on text from strangers."""

from time import perf_counter

import pytest
from pydantic import TypeAdapter, ValidationError

from probes.pattern import PATTERN_CHARS_MAX, Pattern, search


def test_the_match_and_its_groups_are_given() -> None:
    """A group that took no part is empty; no match at all is None."""
    assert search(r"SSH-2\.0-(\S+)( x)?", b"\xffSSH-2.0-OpenSSH_9.2\r\n") == ("SSH-2.0-OpenSSH_9.2", "OpenSSH_9.2", "")
    assert search("^b", "ab") is None


def test_text_and_bytes_are_the_same() -> None:
    """Both are UTF-8 to a pattern."""
    assert search("ü.$", "grüß") == search("ü.$", "grüß".encode()) == ("üß",)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(?:.*a){20}b", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_no_text_makes_a_pattern_slow(pattern: str) -> None:
    """These take a backtracking engine longer than the world has stood."""
    began = perf_counter()
    search(pattern, b"a" * 1_000_000 + b"!")
    assert perf_counter() - began < 1


@pytest.mark.parametrize("pattern", ["(", "[a", r"\1", "(?=a)", "a{9999}", "x" * (PATTERN_CHARS_MAX + 1)])
def test_a_pattern_that_cannot_be_is_named_when_it_is_read(pattern: str) -> None:
    """So that a configuration error can show it."""
    with pytest.raises(ValidationError, match=r"regular expression|at most"):
        TypeAdapter(Pattern).validate_python(pattern)
