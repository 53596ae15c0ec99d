"""``ownup replay``: what it prints, and its exit codes."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.commands import main
from monitor.config import Storage
from monitor.ledger.samples import Samples
from probes.look import Outcome, Reason
from tests.monitor.ledger.sampling import result

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


LETTERS = {"S": Outcome.OK, "F": Outcome.FAILED, "U": Outcome.UNKNOWN}
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
OURS = """[storage]
directory = "data"
[defaults]
confirm = {confirm}
[[target]]
name = "db"
kind = "tcp"
component = "mail"
host = "db.example"
port = 1
[[target]]
name = "web"
kind = "tcp"
component = "mail"
host = "web.test"
port = 1
"""


async def _look(folder: Path) -> None:
    """An hour of our own looks: a blip, a real outage of two, one by plan, and one that we only could not see."""
    common = "FFFF" + "SSSSSS"
    seen = {"db": f"SSFSSSSS{common}" + "S" * 20, "web": f"SSSSSSSS{common}FFFFSSUUUU" + "S" * 10}
    (folder / "data").mkdir()
    async with Samples.open(Storage(directory=Path("data")), folder) as samples:
        for target, looks in seen.items():
            for number, letter in enumerate(looks):
                one = result(NOON + timedelta(seconds=30 * number), LETTERS[letter], target)
                reason = {"F": Reason.STATUS, "U": Reason.ISOLATED}.get(letter)
                samples.add(replace(one, reason=reason), planned=18 <= number < 22)


@pytest.fixture
def lived(tmp_path: Path, make_config: MakeConfig) -> Callable[[str], Path]:
    """A config beside our own looks, with other rules each time."""
    asyncio.run(_look(tmp_path))
    return lambda confirm: make_config(OURS.format(confirm=confirm))


def test_our_own_looks_are_played_without_a_file(
    lived: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """One incident for both that failed together, with the blip before it; planned work and blindness are none."""
    assert main(["replay", "--config", str(lived('["2s", "5s"]'))]) == 0
    outage, last = capsys.readouterr().out.splitlines()
    assert outage == "2026-03-12 12:04:00  called after 1 min, over after 2 min  status  db web"
    assert last == "would have opened 1 draft instead of 4, and called a human 1 time"


def test_changed_rules_are_tried_on_our_own_looks(
    lived: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """More patience calls nobody, none calls for the blip; and a part of the time can be chosen."""
    assert main(["replay", "--config", str(lived('["2s", "5s", "8s", "12s"]'))]) == 0
    assert capsys.readouterr().out.endswith("called a human 0 times\n")
    hasty = ["replay", "--json", "--config", str(lived("[]"))]
    assert main(hasty) == 0
    assert all(json.loads(line)["called_at"] for line in capsys.readouterr().out.splitlines())
    assert main([*hasty, "--since", "2026-03-12T12:03", "--until", "2026-03-12T12:20"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_without_any_looks_nothing_can_be_played(make_config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says what is missing."""
    assert main(["replay", "--config", str(make_config(OURS.format(confirm="[]")))]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
