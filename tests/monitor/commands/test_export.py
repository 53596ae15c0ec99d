"""``ownup export`` prints what was seen, beside a daemon, for programs that know nothing of us."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.commands import main
from monitor.config import Storage
from monitor.ledger.rollup import Scope
from monitor.ledger.samples import Samples
from probes.look import Outcome, Reason
from tests.monitor.ledger.sampling import result

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
SCOPE = Scope({"smtp": 60_000_000, "web": 60_000_000}, {"smtp": "mail", "web": "site"})


async def _see(folder: Path) -> None:
    (folder / "data").mkdir()
    async with Samples.open(Storage(directory=Path("data")), folder, SCOPE) as samples:
        for minute in range(60):
            failed = minute in {30, 31}
            one = result(NOON + timedelta(minutes=minute), Outcome.FAILED if failed else Outcome.OK)
            samples.add(replace(one, reason=Reason.CONNECT_REFUSED if failed else None), planned=minute >= 50)
        samples.add(result(NOON + timedelta(minutes=60), target="web"))


@pytest.fixture
def config(tmp_path: Path, make_config: Callable[..., Path]) -> Path:
    """A config beside an hour of samples."""
    asyncio.run(_see(tmp_path))
    return make_config('[storage]\ndirectory = "data"')


def export(config: Path, noun: str, *words: str) -> int:
    """Run it on that day."""
    return main(
        ["export", noun, "--config", str(config), "--since", "2026-03-12", "--until", "2026-03-12T23:00Z", *words]
    )


def test_every_look_is_a_row(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As CSV with a header, exact to the microsecond."""
    assert export(config, "results") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 61
    assert rows[30] == {
        "target": "smtp",
        "time": "2026-03-12T12:30:00.000000Z",
        "outcome": "failed",
        "reason": "connect_refused",
        "duration_s": "0.0123",
        "planned": "false",
    }


def test_json_lines_are_the_same(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line, with null where there is nothing."""
    assert export(config, "results", "--format", "jsonl", "--only", "web") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "target": "web",
        "time": "2026-03-12T13:00:00.000000Z",
        "outcome": "ok",
        "reason": None,
        "duration_s": 0.0123,
        "planned": False,
    }


def test_a_day_tells_maintenance_and_unknown_apart(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two bad minutes of fifty; ten planned; the twelve hours before noon unknown."""
    assert export(config, "uptime", "--format", "jsonl", "--only", "mail") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "component": "mail",
        "date": "2026-03-12",
        "uptime": 0.96,
        "ok_s": 48 * 60,
        "degraded_s": 0,
        "partial_s": 0,
        "down_s": 120,
        "planned_s": 600,
        "unknown_s": 12 * 3600,
    }


def test_an_outage_has_its_very_ends(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the first failed look to the first good one."""
    assert export(config, "outages") == 0
    assert capsys.readouterr().out.splitlines() == [
        "component,state,since,until,duration_s",
        "mail,down,2026-03-12T12:30:00.000000Z,2026-03-12T12:32:00.000000Z,120.0",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--only", "fax"), 'nothing is known of "fax"; there is: smtp, web'),
        (("--until", "2026-03-11"), "--until is not after --since"),
        (("--until", "noon"), '"noon" is no time'),
    ],
)
def test_what_is_wrong_is_said(
    config: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    """In one line, with exit code 2."""
    try:
        code = export(config, "results", *words)
    except SystemExit as left:
        code = left.code
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_before_anything_was_seen(make_config: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The file that is missing is named."""
    assert export(make_config(), "results") == 2
    assert "samples.db is not there: nothing has been looked at yet" in capsys.readouterr().err
