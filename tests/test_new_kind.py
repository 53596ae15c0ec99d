"""A new kind is one file and one word: everything else follows from the union."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]

COIN: Final = '''"""The kind ``coin``: it has two sides."""

from typing import ClassVar, Literal

from probes.finding import Failed
from probes.notebook import Notebook
from probes.reason import Reason
from probes.target import Target


class Coin(Target):
    """A coin that was thrown."""

    summary: ClassVar[str] = "a coin"

    kind: Literal["coin"] = "coin"
    side: Literal["heads", "tails"] = "heads"

    async def look(self, notes: Notebook) -> None:
        """See which side is up."""
        notes.say("them", self.side)
        if self.side == "tails":
            raise Failed(Reason.BODY_MISMATCH, "it shows tails")
'''
CONFIG: Final = """
[[component]]
id = "luck"
name = "Luck"

[[target]]
name = "penny"
kind = "coin"
component = "luck"
side = "{side}"
"""
DOCS: Final = """
### `kind = "coin"`

| key | default | meaning |
|---|---|---|
| `side` | `"heads"` | the side that is up of a `coin` |
"""
PYTEST: Final = ("pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", ".")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The whole house, copied, with one more file in it and one more word in its list."""
    for package in ("probes", "monitor", "drafts", "docs"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "test_docs.py", tmp_path / "tests")
    (tmp_path / "probes" / "coin.py").write_text(COIN)
    kinds = tmp_path / "probes" / "kinds.py"
    text = kinds.read_text().replace("\nKind =", "from probes.coin import Coin\n\nKind =", 1)
    kinds.write_text(re.sub(r"(Kind = Annotated\[\s*)", r"\1Coin | ", text))
    return tmp_path


def run(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module in that house."""
    return subprocess.run([sys.executable, "-m", *words], cwd=house, capture_output=True, text=True, check=False)


def configured(house: Path, text: str) -> str:
    """Write its config."""
    path = house / "config.toml"
    path.write_text(text)
    return str(path)


def test_a_new_kind_is_parsed_and_looked_at(house: Path) -> None:
    """Its options are read, and its findings told as those of any other."""
    for side, status in (("heads", 0), ("tails", 2)):
        done = run(house, "monitor", "look", "--json", "--config", configured(house, CONFIG.format(side=side)))
        assert done.returncode == status, done.stderr
        told = json.loads(done.stdout)
        assert (told["kind"], told["evidence"][0]["text"]) == ("coin", side)


def test_a_new_kind_is_checked_and_listed(house: Path) -> None:
    """A wrong option is told with its line, and a wrong kind with the list of all."""
    done = run(house, "monitor", "check", configured(house, CONFIG.format(side="edge")))
    assert done.returncode == 2
    assert 'target "penny": side' in done.stderr
    done = run(house, "monitor", "check", configured(house, CONFIG.format(side="heads").replace('"coin"', '"cion"')))
    assert 'did you mean "coin"?' in done.stderr
    assert "valid kinds: coin, " in done.stderr


def test_a_new_kind_must_be_documented(house: Path) -> None:
    """The documents' test misses it until its page is there."""
    page = house / "docs" / "config.md"
    assert "1 failed" in run(house, *PYTEST, "tests/test_docs.py", "-k", "Coin").stdout
    page.write_text(page.read_text() + DOCS)
    assert "1 passed" in run(house, *PYTEST, "tests/test_docs.py", "-k", "Coin").stdout
