"""``ownup replay``: what it prints, and its exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.commands import main

MakeConfig = Callable[..., Path]

SHOP = """time,status,code,response_ms
2026-03-12T10:00:00Z,up,200,80
2026-03-12T14:00:00Z,down,503,90
2026-03-12T14:20:00Z,up,200,85
2026-03-12T18:00:00Z,down,403,60
2026-03-12T18:30:00Z,up,200,85
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A list of changes of one target."""
    path = tmp_path / "shop.csv"
    path.write_text(SHOP)
    return path


def test_json_is_one_object_an_incident_with_exactly_the_promised_keys(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scripts depend on these names."""
    assert main(["replay", "--json", str(shop)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert list(first) == ["opened_at", "called_at", "recovered_at", "reason", "members"]
    assert first["opened_at"] == "2026-03-12T14:00:00.000Z"
    assert first["recovered_at"] == "2026-03-12T14:20:00.000Z"
    assert (first["reason"], first["members"]) == ("status", ["shop"])
    assert second["reason"] == "refused"


def test_the_last_line_tells_what_it_comes_to(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two sites that fail together: two drafts instead of four."""
    other = shop.with_name("blog.csv")
    other.write_text(SHOP)
    assert main(["replay", str(shop), str(other)]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert last == "would have opened 2 drafts instead of 4, and called a human 2 times"
    assert lines[0].startswith("2026-03-12 14:00:00  called after ")
    assert lines[0].endswith("over after 20 min  status  shop blog")


def test_other_rules_come_from_a_config(
    shop: Path, make_config: MakeConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """``[defaults]`` of the file, so that a change can be tried on history before it is lived by."""
    config = make_config('[defaults]\nconfirm = ["30s", "60s", "25m"]')
    assert main(["replay", "--json", "--config", str(config), str(shop)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["called_at"] is None
    assert second["called_at"] == "2026-03-12T18:25:00.000Z"


def test_what_cannot_be_read_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, with the file and the line."""
    bad = tmp_path / "bad.csv"
    bad.write_text("time,status,code,response_ms\nnever,up,,\n")
    assert main(["replay", str(bad)]) == 2
    assert capsys.readouterr().err.startswith(f"{bad}:2: not a row of time,status,code,response_ms")
    assert main(["replay", str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err
