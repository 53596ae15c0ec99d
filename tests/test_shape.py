"""The shape of the house: sizes, names and the few things that may stand in one place only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("probes", "drafts", "monitor")
FILES: Final = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

FILE_LINES_MAX: Final = 300
FUNCTION_LINES_MAX: Final = 40
KIND_LINES_MAX: Final = 150
MEDIAN_FUNCTION_LINES_MAX: Final = 8

# An exception to a size stands here with its reason, or not at all.
LARGER: Final[dict[str, tuple[int, str]]] = {
    "monitor/ledger/migrations/versions/r0001_tables.py": (300, "a migration is a list of tables, and never changes"),
}

HOMELESS: Final = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "base"}


def named(path: Path) -> str:
    """A file as the reader knows it."""
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def size(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its lines, from ``def`` to the last."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def places(pattern: str, suffix: str = ".py") -> list[str]:
    """Where a pattern stands, as ``file:line``."""
    wanted = re.compile(pattern)
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob(f"*{suffix}"))]
    return [
        f"{named(path)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if wanted.search(line)
    ]


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_says_one_thing(path: Path) -> None:
    """At most 300 lines, and a first sentence that says what it promises."""
    text = path.read_text()
    limit, _ = LARGER.get(named(path), (FILE_LINES_MAX, ""))
    assert text.count("\n") <= limit, f"{named(path)}:1"
    assert ast.get_docstring(ast.parse(text)), f"{named(path)}:1 has no docstring"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_function_fits_a_screen(path: Path) -> None:
    """At most 40 lines."""
    long = [f"{named(path)}:{f.lineno} {f.name}: {size(f)}" for f in functions(path) if size(f) > FUNCTION_LINES_MAX]
    assert not [one for one in long if one.partition(":")[0] not in LARGER]


def test_the_median_function_is_a_few_lines() -> None:
    """Calm code: half of all functions have eight lines or fewer."""
    sizes = sorted(size(function) for path in FILES for function in functions(path))
    assert sizes[len(sizes) // 2] <= MEDIAN_FUNCTION_LINES_MAX


def test_no_file_is_a_drawer() -> None:
    """A thing has a home with a name; there is no place for whatever is left."""
    assert not [named(path) for path in FILES if path.stem in HOMELESS]


def test_a_kind_fits_on_two_pages() -> None:
    """A probe kind is one file of at most 150 lines, and so is a channel kind."""
    declares = re.compile(r"^    kind: Literal\[", re.MULTILINE)
    kinds = [path for path in FILES if declares.search(path.read_text())]
    assert kinds
    assert not [named(path) for path in kinds if path.read_text().count("\n") > KIND_LINES_MAX]


def test_nothing_asks_for_a_kind() -> None:
    """A kind is one place: no other code, and no template, decides by its name."""
    asks = r"\bkind\s*(==|!=|\bin\b\s*[({\[])\s*[\"'(]"
    assert places(asks) + places(asks, ".j2") + places(asks, ".html") == []


def nets(path: Path) -> Iterator[int]:
    """The lines of the handlers that catch everything and do not raise it again."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler):
            caught = set(re.findall(r"\w+", ast.unparse(node.type))) if node.type else {"Exception"}
            raised = any(isinstance(one, ast.Raise) and one.exc is None for one in ast.walk(node))
            if "Exception" in caught or ("BaseException" in caught and not raised):
                yield node.lineno


def test_the_net_stands_in_one_place() -> None:
    """Our own bugs are caught in ``probes.look`` and nowhere else."""
    assert [named(path) for path in FILES for _ in nets(path)] == ["probes/look.py"]


def test_no_task_is_loose() -> None:
    """Every task belongs to a group; nothing calls asyncio.create_task or ensure_future."""
    assert places(r"asyncio\.(create_task|ensure_future)|loop\.create_task") == []


def test_nothing_is_left_undone() -> None:
    """No stub, no promise to do it later."""
    assert places(r"TO" + r"DO|FIX" + r"ME|NotImplemented" + r"Error") == []


def test_only_commands_print() -> None:
    """Everything else tells the log."""
    assert [place for place in places(r"^\s*print\(") if not place.startswith("monitor/commands/")] == []
