# ruff: noqa: S608 - raw SQL is what these tests attack with
"""Promises 1, 2 and 5, attacked through raw SQL on a connection of a stranger: the database itself refuses."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from drafts.facts import UpdateKind
from monitor.config import Storage
from monitor.ledger import assents, deliveries, drafts, incidents
from monitor.ledger.store import Ledger
from monitor.models import ActKind, Role
from tests.monitor.ledger.cluster import Cluster
from tests.monitor.ledger.story import after, approve, draft, outage, person, suspicion

Attack = Callable[[str], None]
Refused = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)

APPROVED, WAITING, WITHDRAWN, REJECTED, SUSPECTED, OVER, AGREED = 1, 2, 3, 4, 5, 6, 7
SENT, UNSENT = 1, 2
ADA, VIC, EVE = 1, 2, 3


async def tell(storage: Storage, base: Path) -> None:
    """A record with one of everything, under the ids above."""
    async with Ledger.open(storage, base) as ledger, ledger.write() as s:
        ada = await person(s)
        await person(s, "Vic", Role.VIEWER)
        await person(s, "Eve")
        incident = await outage(s)
        first = await draft(s, incident)
        for _ in range(3):
            await draft(s, incident, UpdateKind.NO_NEWS)
        await approve(s, first)
        await deliveries.claim(s, SENT)
        await deliveries.delivered(s, SENT, "", after(2))
        await drafts.withdraw(s, WITHDRAWN, after(2))
        await drafts.reject(s, REJECTED, ada.id, "no", after(2))
        await draft(s, await suspicion(s, "component:web", "web"))
        over = await outage(s, "component:dns", "dns")
        await draft(s, over)
        await incidents.act(s, over.id, ada.id, ActKind.CHECKED, "the line", after(2))
        await incidents.close(s, over.id, after(3))
        agreed = await draft(s, await outage(s, "component:shop", "shop"))
        yes = {"update_id": agreed.id, "person_id": ada.id, "revision": 1, "text_sha256": agreed.text_sha256}
        await assents.give(s, **yes, now=after(3))


def sqlite_attack(tmp_path: Path) -> Attack:
    """A stranger with the SQLite file: not even foreign keys are on."""
    asyncio.run(tell(Storage(), tmp_path))

    def attack(statement: str) -> None:
        with closing(sqlite3.connect(tmp_path / ".ownup" / "record.db")) as connection:
            connection.execute(statement)
            connection.rollback()

    return attack


def postgresql_attack(cluster: Cluster, tmp_path: Path) -> Attack:
    """A stranger with the database's address, who owns its tables."""
    url = cluster.database()
    asyncio.run(tell(Storage(url=SecretStr(url)), tmp_path))

    async def attack(statement: str) -> None:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(statement)
        finally:
            await transaction.rollback()
            await connection.close()

    return lambda statement: asyncio.run(attack(statement))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def attack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Attack:
    """Runs one statement in a transaction that is never committed."""
    tmp_path = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        return sqlite_attack(tmp_path)
    return postgresql_attack(request.getfixturevalue("cluster"), tmp_path)


def insert(table: str, verb: str = "INSERT", **values: object) -> str:
    """An INSERT of these values."""
    literals = ", ".join(
        str(value) if isinstance(value, int) or str(value).startswith("(") else f"'{value}'"
        for value in values.values()
    )
    return f"{verb} INTO {table} ({', '.join(values)}) VALUES ({literals})"


def approval(update: int, *, who: int = ADA, revision: int = 1, text: str = "", **more: int) -> str:
    """An INSERT of an approval of an update, as it stands unless told otherwise."""
    seen = text or f"(SELECT text_sha256 FROM incident_update WHERE id = {update})"
    row = {"update_id": update, "person_id": who, "text_sha256": seen, "revision": revision, **more}
    return insert("approval", **row, at="2026-03-01 12:05:00")


def assent(update: int = WAITING, *, who: int = ADA, text: str = "") -> str:
    """An INSERT of somebody's agreement with an update."""
    return approval(update, who=who, text=text).replace("INTO approval", "INTO assent")


def delivery(verb: str = "INSERT", **values: object) -> str:
    """An INSERT of a delivery."""
    row = {"channel": "fax", "key": "k", "state": "pending", "attempts": 0, "epoch": 0}
    row["next_attempt_at"] = "2026-03-01 12:05:00"
    return insert("delivery", verb, receipt="", error="", **{"language": "de", **row, **values})


def incident(verb: str = "INSERT", **values: object) -> str:
    """An INSERT of an open incident of a cause that has one."""
    row = {"cause": "component:outgoing", "stage": "investigating", "opened_at": "2026-03-01 12:05:00"}
    return insert("incident", verb, **{**row, **values})


NO_WORD_WITHOUT_A_HUMAN = {
    "a delivery without an approval": delivery(approval_id=99),
    "a delivery of a draft's id": delivery(approval_id=WAITING),
    "a delivery born delivered": delivery(approval_id=1, state="delivered", delivered_at="2026-03-01 12:05:00"),
    "a delivery in a language that nobody approved": delivery(approval_id=1, language="fr"),
    "an agreement with other words": assent(text="0" * 64),
    "an agreement with a withdrawn draft": assent(WITHDRAWN),
    "an agreement by a viewer": assent(who=VIC),
    "agreeing twice": assent(AGREED),
    "an approval by two who are one": approval(AGREED, assent_id=1),
    "another who agreed": f"UPDATE assent SET person_id = {VIC}",
    "no longer agreeing": "DELETE FROM assent",
    "an approval of other words": approval(WAITING, text="0" * 64),
    "an approval of an older revision": approval(WAITING, revision=0),
    "an approval of nothing": approval(99, text="0" * 64),
    "an approval of a withdrawn draft": approval(WITHDRAWN),
    "an approval of a rejected draft": approval(REJECTED),
    "a second approval": approval(APPROVED),
    "a first notice of a mere suspicion": approval(SUSPECTED),
    "an approval after the end": approval(OVER),
    "an approval by nobody": approval(WAITING, who=99),
    "an approval by a viewer": approval(WAITING, who=VIC),
    "other words for an approved update": f"UPDATE incident_update SET body = 'all is well' WHERE id = {APPROVED}",
    "another translation of what went out": f"UPDATE incident_update SET translations = '{{}}' WHERE id = {APPROVED}",
    "other facts for an approved update": f"UPDATE incident_update SET facts = '{{}}' WHERE id = {APPROVED}",
    "withdrawing an approved update": f"UPDATE incident_update SET withdrawn_at = changed_at WHERE id = {APPROVED}",
    "unapproving": f"DELETE FROM approval WHERE update_id = {APPROVED}",
    "approving something else": f"UPDATE approval SET update_id = {WAITING}",
    "approving by somebody else": f"UPDATE approval SET person_id = {VIC}",
    "approving other words": "UPDATE approval SET text_sha256 = 'x'",
    "ending what was published": "UPDATE incident SET stage = 'resolved', resolved_at = opened_at WHERE id = 1",
}

ONLY_WHAT_WAS_MEASURED = {
    "changing a flip": "UPDATE flip SET result = '{}'",
    "deleting flips": "DELETE FROM flip",
    "changing an act": "UPDATE act SET words = 'it was the moon'",
    "deleting acts": "DELETE FROM act",
    "changing a revision": "UPDATE revision SET body = 'all is well'",
    "deleting revisions": "DELETE FROM revision",
    "new words in an old revision": f"UPDATE incident_update SET body = 'all is well' WHERE id = {WAITING}",
    "new translations in an old revision": f"UPDATE incident_update SET translations = '{{}}' WHERE id = {WAITING}",
    "new facts in an old revision": f"UPDATE incident_update SET facts = '{{}}' WHERE id = {WAITING}",
    "going back a revision": f"UPDATE incident_update SET revision = 0 WHERE id = {WAITING}",
    "skipping a revision": f"UPDATE incident_update SET revision = 3 WHERE id = {WAITING}",
    "a draft of something else": f"UPDATE incident_update SET incident_id = 2 WHERE id = {WAITING}",
    "a draft of another kind": f"UPDATE incident_update SET kind = 'scope' WHERE id = {WAITING}",
    "a resolved stage for no resolved kind": f"UPDATE incident_update SET stage = 'resolved' WHERE id = {WAITING}",
    "deleting an approved update": f"DELETE FROM incident_update WHERE id = {APPROVED}",
    "deleting a draft": f"DELETE FROM incident_update WHERE id = {WAITING}",
    "a verdict that is none": "UPDATE standing SET verdict = 'fine'",
}

RECORD_FIRST = {
    "making what is open part of another": "UPDATE incident SET merged_into = 1 WHERE id = 2",
    "taking back a withdrawal": f"UPDATE incident_update SET withdrawn_at = NULL WHERE id = {WITHDRAWN}",
    "taking back a rejection": f"UPDATE incident_update SET rejected_at = NULL WHERE id = {REJECTED}",
    "another approval for a delivery": f"UPDATE delivery SET approval_id = 2 WHERE id = {UNSENT}",
    "another channel for a delivery": f"UPDATE delivery SET channel = 'fax' WHERE id = {UNSENT}",
    "another language for a delivery": f"UPDATE delivery SET language = 'de' WHERE id = {UNSENT}",
    "another key for a delivery": f"UPDATE delivery SET key = 'k' WHERE id = {UNSENT}",
    "deleting a delivery": f"DELETE FROM delivery WHERE id = {UNSENT}",
    "sending again what was delivered": f"UPDATE delivery SET state = 'pending', delivered_at = NULL WHERE id = {SENT}",
    "giving up what was delivered": f"UPDATE delivery SET state = 'failed', delivered_at = NULL WHERE id = {SENT}",
    "delivered without a time": f"UPDATE delivery SET state = 'delivered' WHERE id = {UNSENT}",
    "a second delivery on one channel": delivery(approval_id=1, channel="mail"),
    "a second delivery under one key": delivery(approval_id=1, key="(SELECT key FROM delivery WHERE id = 2)"),
    "two open incidents of one cause": incident(),
    "another cause": "UPDATE incident SET cause = 'the moon' WHERE id = 1",
    "another beginning": "UPDATE incident SET opened_at = confirmed_at WHERE id = 1",
    "opening a resolved incident again": "UPDATE incident SET stage = 'investigating', resolved_at = NULL WHERE id = 3",
    "resolved at another time": "UPDATE incident SET resolved_at = opened_at WHERE id = 3",
    "resolved without a time": "UPDATE incident SET stage = 'resolved' WHERE id = 1",
    "deleting an incident": "DELETE FROM incident WHERE id = 1",
    "deleting a member": "DELETE FROM member",
    "changing the audit": "UPDATE audit_entry SET actor = 'Vic'",
    "deleting from the audit": "DELETE FROM audit_entry WHERE id = 1",
    "setting the head of the audit back": "UPDATE audit_head SET entry_id = 0",
    "deleting the head of the audit": "DELETE FROM audit_head",
}

ATTACKS = {**NO_WORD_WITHOUT_A_HUMAN, **ONLY_WHAT_WAS_MEASURED, **RECORD_FIRST}

# SQLite's REPLACE deletes without firing DELETE triggers, unless the connection asks for it: a stranger's does not.
REPLACES = {
    "an approval": approval(APPROVED).replace("INSERT", "REPLACE"),
    "an incident": incident("REPLACE"),
    "an incident by its id": incident("REPLACE", id=1),
    "a delivery by its key": delivery("REPLACE", approval_id=1, key="(SELECT key FROM delivery WHERE id = 1)"),
    "a delivery by its channel": delivery("REPLACE", approval_id=1, channel="page"),
    "a line of the audit": "REPLACE INTO audit_entry SELECT * FROM audit_entry",
    "the head of the audit": "REPLACE INTO audit_head VALUES (1, 0, '')",
    "an approved update": "REPLACE INTO incident_update SELECT * FROM incident_update",
    "a revision": "REPLACE INTO revision SELECT * FROM revision",
    "a flip": "REPLACE INTO flip SELECT * FROM flip",
    "an act": "REPLACE INTO act SELECT * FROM act",
    "an agreement": "REPLACE INTO assent SELECT * FROM assent",
    "a member": "REPLACE INTO member SELECT * FROM member",
}

KEPT = ("flip", "act", "revision", "assent", "approval", "delivery", "audit_entry", "audit_head", "incident", "member")


@pytest.mark.parametrize("statement", [pytest.param(sql, id=what) for what, sql in ATTACKS.items()])
def test_the_database_refuses(attack: Attack, statement: str) -> None:
    """No raw SQL breaks a promise, in either database."""
    with pytest.raises(Refused):
        attack(statement)


@pytest.fixture(scope="module")
def replace(tmp_path_factory: pytest.TempPathFactory) -> Attack:
    """Runs one statement in SQLite."""
    return sqlite_attack(tmp_path_factory.mktemp("replace"))


@pytest.mark.parametrize("statement", [pytest.param(sql, id=what) for what, sql in REPLACES.items()])
def test_nothing_is_replaced(replace: Attack, statement: str) -> None:
    """SQLite's REPLACE is no way round either."""
    with pytest.raises(sqlite3.IntegrityError):
        replace(statement)


@pytest.fixture(scope="module")
def truncate(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Attack:
    """Runs one statement in PostgreSQL."""
    return postgresql_attack(cluster, tmp_path_factory.mktemp("truncate"))


@pytest.mark.parametrize("table", [*KEPT, "incident_update"])
def test_nothing_is_truncated(truncate: Attack, table: str) -> None:
    """PostgreSQL's TRUNCATE, which fires no row triggers, is no way round either."""
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        truncate(f"TRUNCATE {table} CASCADE")


def test_what_is_allowed_works(attack: Attack) -> None:
    """The attacks fail because of what they try: the like of them that is allowed goes through."""
    for statement in (
        approval(WAITING),
        delivery(approval_id=1),
        delivery(approval_id=1, language="en"),
        assent(),
        approval(AGREED, who=EVE, assent_id=1),
        incident(cause="component:new"),
        f"UPDATE delivery SET state = 'failed' WHERE id = {UNSENT}",
        f"UPDATE incident_update SET withdrawn_at = changed_at WHERE id = {WAITING}",
        f"UPDATE incident_update SET body = 'new words', revision = 2 WHERE id = {WAITING}",
        "UPDATE incident SET recovered_at = opened_at WHERE id = 1",
    ):
        attack(statement)
