"""Every case has its test: the index in ``cases.toml`` against the tests that there are."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent
INDEX: Final = tomllib.loads((TESTS / "cases.toml").read_text())

ROWS: Final = {
    "http": "H1-4 H6-12 H15-16 H18-28 H30-32 H34-37 H40-42 H44 H46 H48-49 H51 H54-56 H58",
    "tls": "T1-3 T5 T7 T9-12 T14-15",
    "dialogues": "P1-3 P5-6 P8 P10-15",
    "smtp": "S1 S5-7 S9-10 S13-14 S16-18 S21 S24-27 S30-36 S38-40 S43",
    "imap": "I1 I4-8 I10 I12 I14 I16-18 I20 I23-24",
    "roundtrip": "R1 R3-4 R7 R10 R12 R14 R16-19 R21-23",
    "detection": "X1-2 X4-5 X9-14 X16-17 X19",
    "config": "C1-4 C6 C8 C10-11 C13-14",
}


def rows(ranges: str) -> list[str]:
    """``H1-3`` written out."""
    found = []
    for one in ranges.split():
        letter, first, last = re.fullmatch(r"([A-Z])(\d+)(?:-(\d+))?", one).groups()  # type: ignore[union-attr]
        found += [f"{letter}{number}" for number in range(int(first), int(last or first) + 1)]
    return found


@pytest.mark.parametrize("section", ROWS)
def test_no_case_is_without_a_test(section: str) -> None:
    """Row by row, and in order."""
    assert list(INDEX[section]) == rows(ROWS[section])
    assert all(INDEX[section].values())


def test_each_test_of_the_index_exists() -> None:
    """By its file and its name, so that a test that is renamed or lost is missed."""
    named = {test for section in INDEX.values() for tests in section.values() for test in tests}
    assert sorted(test for test in named if not _exists(*test.split("::"))) == []


def _exists(file: str, name: str = "") -> bool:
    tree = ast.parse((TESTS / file).read_text())
    return name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
