"""The audit log: whoever gets round the triggers and changes a line is found out."""

import hashlib
import json

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
            (
                "INSERT INTO audit_entry "
                "SELECT 6, at, actor, action, subject, '', sha256, 'x', NULL FROM audit_entry LIMIT 1"
            ),
            6,
        ),
        ("UPDATE audit_entry SET through = 'token 1: laptop' WHERE id = 3", 3),
    ],
)
async def test_a_change_is_found(ledger: Ledger, statement: str, bad: int) -> None:
    """A changed, removed or added line is named, at the end of the log too."""
    await five_lines(ledger)
    await tamper(ledger, statement)
    assert await verified(ledger) == bad


async def test_lines_of_a_session_name_the_token_that_it_was_opened_through(ledger: Ledger) -> None:
    """Who acted and by which token is in the chain; a session without one names none."""
    async with ledger.write() as s:
        audit.open_through(s, "token 1: laptop")
        await audit.note(s, actor="Ada", action="approved", subject="update:1", now=after(1))
    await five_lines(ledger)
    async with ledger.read() as s:
        assert [line.through for line in await audit.lines(s)] == ["token 1: laptop", *[None] * 5]
    assert await verified(ledger) is None
    await tamper(ledger, "UPDATE audit_entry SET through = 'token 2: other' WHERE id = 1")
    assert await verified(ledger) == 1


async def test_a_printed_line_lets_anybody_compute_the_chain(ledger: Ledger) -> None:
    """The hash of a line is that of its fields in order, as the page on storage says."""
    await five_lines(ledger)
    async with ledger.write() as s:
        audit.open_through(s, "token 1: Zoë's laptop")
        await audit.note(s, actor="Zoë", action="edited", subject="update:1", detail='{"a": 1}', now=after(9))
        lines = [json.loads(audit.as_json(line)) for line in await audit.lines(s)]
    previous = "0" * 64
    for line in lines:
        fields = [previous, *(line[name] for name in ("id", "at", "actor", "action", "subject", "detail"))]
        fields += [line["through"]] if line["through"] is not None else []
        previous = hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()
        assert line["sha256"] == previous
