"""The audit log: whoever gets round the triggers and changes a line is found out."""

import pytest
from sqlalchemy import text

from monitor.ledger import audit
from monitor.ledger.store import Ledger
from tests.monitor.ledger.story import after


async def five_lines(ledger: Ledger) -> None:
    """A log of five lines."""
    async with ledger.write() as s:
        for number in range(1, 6):
            await audit.note(s, actor="Ada", action="signed in", subject="desk", detail=str(number), now=after(number))


async def tamper(ledger: Ledger, statement: str) -> None:
    """Change the log as somebody who knows how to remove the triggers."""
    async with ledger.write() as s:
        for event in ("deleted", "changed", "replaced"):
            on = "" if (await s.connection()).dialect.name == "sqlite" else " ON audit_entry"
            await s.execute(text(f"DROP TRIGGER audit_entry_is_not_{event}{on}"))
        await s.execute(text(statement))


async def verified(ledger: Ledger) -> int | None:
    """The id of the first bad line."""
    async with ledger.read() as s:
        return await audit.verify(s)


async def test_an_empty_log_is_whole(ledger: Ledger) -> None:
    """Before the first line there is nothing to find."""
    assert await verified(ledger) is None


async def test_an_honest_log_is_whole(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines as they were written make a chain, however it is read in batches."""
    await five_lines(ledger)
    monkeypatch.setattr(audit, "BATCH", 2)
    assert await verified(ledger) is None
    async with ledger.read() as s:
        assert [line.detail for line in await audit.lines(s, after_id=3)] == ["4", "5"]


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE audit_entry SET actor = 'Vic' WHERE id = 2", 2),
        ("UPDATE audit_entry SET at = '2026-03-01 11:00:00' WHERE id = 5", 5),
        ("UPDATE audit_entry SET detail = '' WHERE id = 1", 1),
        ("UPDATE audit_entry SET sha256 = 'x' WHERE id = 5", 5),
        ("DELETE FROM audit_entry WHERE id = 1", 1),
        ("DELETE FROM audit_entry WHERE id = 3", 3),
        ("DELETE FROM audit_entry WHERE id = 5", 5),
        ("DELETE FROM audit_entry", 1),
        ("UPDATE audit_entry SET id = 9 WHERE id = 5", 5),
        (
            "INSERT INTO audit_entry SELECT 6, at, actor, action, subject, '', sha256, 'x' FROM audit_entry LIMIT 1",
            6,
        ),
    ],
)
async def test_a_change_is_found(ledger: Ledger, statement: str, bad: int) -> None:
    """A changed, removed or added line is named, at the end of the log too."""
    await five_lines(ledger)
    await tamper(ledger, statement)
    assert await verified(ledger) == bad
