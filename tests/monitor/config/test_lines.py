"""The lines of keys, as tomllib itself tells them."""

import tomllib

import pytest

from monitor.config.lines import line_of, lines
from monitor.config.problem import Key

TEXT = '''\
top = 1

# a comment
[site]
name = "Example"     # and another
"public url" = { host = "a", ports = [1, 2] }

[[target]]
name = """
several
[lines]
"""
tls.verify = true
steps = [
  { expect = "a" },
  [ "b" ],
]
[target.headers]
x = '\\'

[[target]]
name = \'\'\'one\'\'\'
  [target.tls]
  [[target.json]]
  path = "a"
  [[target.json]]
  path = "b"
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("top",), 1),
        (("site",), 4),
        (("site", "name"), 5),
        (("site", "public url"), 6),
        (("site", "public url", "ports", 1), 6),
        (("target", 0), 8),
        (("target", 0, "name"), 9),
        (("target", 0, "tls"), 13),
        (("target", 0, "tls", "verify"), 13),
        (("target", 0, "steps", 0, "expect"), 14),
        (("target", 0, "steps", 1, 0), 14),
        (("target", 0, "headers", "x"), 19),
        (("target", 1), 21),
        (("target", 1, "tls"), 23),
        (("target", 1, "json", 0, "path"), 25),
        (("target", 1, "json", 1, "path"), 27),
    ],
)
def test_each_key_is_found_on_the_line_where_its_statement_begins(key: Key, line: int) -> None:
    """Headers, dotted keys, inline tables, and strings and arrays of several lines all tell their line."""
    assert lines(TEXT)[key] == line


@pytest.mark.parametrize(("key", "line"), [(("target", 1, "url"), 21), (("desk", "listen"), 0), ((), 0)])
def test_a_key_that_is_not_there_gets_the_line_of_the_table_around_it(key: Key, line: int) -> None:
    """What is missing is shown where it should stand; line 0 is the whole file."""
    assert line_of(key, lines(TEXT)) == line


def test_every_key_of_a_document_has_a_line() -> None:
    """Nothing that tomllib reads is overlooked."""
    found = lines(TEXT)

    def check(key: Key, value: object) -> None:
        assert key in found, key
        for name, inner in value.items() if isinstance(value, dict) else ():
            check((*key, name), inner)
        for index, inner in enumerate(value) if isinstance(value, list) else ():
            check((*key, index), inner)

    check((), tomllib.loads(TEXT))


def test_lines_that_end_with_a_carriage_return_are_counted_the_same() -> None:
    """A file from Windows has the same lines."""
    assert lines(TEXT.replace("\n", "\r\n")) == lines(TEXT)
