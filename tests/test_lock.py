"""The lock files hold everything that pyproject.toml asks for, so that nobody's machine has it by accident."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME: Final = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["postgres"]
GROUPS: Final = PROJECT["dependency-groups"]


def name(requirement: str) -> str:
    """The project's name as the registry normalises it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


def locked(file: str) -> dict[str, str]:
    """Each pinned name with its version."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / ".lock" / file).read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("runtime.txt", RUNTIME),
        ("build.txt", GROUPS["build"]),
        ("dev.txt", [*PROJECT["project"]["dependencies"], *GROUPS["build"], *GROUPS["dev"]]),
    ],
)
def test_everything_asked_for_is_pinned(file: str, wanted: list[Any]) -> None:
    """Run ``make lock`` when this fails: somebody added a dependency."""
    assert not {name(one) for one in wanted if isinstance(one, str)} - set(locked(file))


def test_the_tests_run_what_is_released() -> None:
    """Every version of the runtime is also the one under test."""
    tested = locked("dev.txt")
    assert {name: tested.get(name) for name in locked("runtime.txt")} == locked("runtime.txt")


def test_every_pin_has_its_hashes() -> None:
    """A file that somebody swapped on the way does not install."""
    for file in (ROOT / ".lock").iterdir():
        for block in re.split(r"^(?=\S)", file.read_text(), flags=re.MULTILINE):
            assert "==" not in block.split("\n")[0] or "--hash=sha256:" in block, f"{file.name}: {block}"
