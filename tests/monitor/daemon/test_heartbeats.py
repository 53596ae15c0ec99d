"""Signs of life reach the record through the desk's listener, and looks hear of them, after a restart too."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from monitor.daemon.heartbeats import Heartbeats
from monitor.desk.app import make
from probes.finding import Outcome
from probes.heartbeat import Heartbeat
from probes.look import look
from tests.monitor.desk.house import START, TARGETS, House

KEY = "0123456789abcdef0123456789abcdef"
BACKUP = {"name": "backup", "kind": "heartbeat", "component": "website", "key": KEY, "period": "60s", "grace": "30s"}


@asynccontextmanager
async def listening(directory: Path) -> AsyncIterator[tuple[House, Heartbeats]]:
    """A house with a heartbeat."""
    async with House.open(directory, people=(), target=[*TARGETS, BACKUP]) as house:
        yield house, await Heartbeats.open(house.ledger, house.samples, house.config, lambda: house.now)


def judged(house: House, ear: Heartbeats) -> Outcome:
    """What the last sign means now."""
    (target,) = (one for one in ear.attend(house.config).target if isinstance(one, Heartbeat))
    finding = target.judge(ear.last("backup"), ear.listening_since("backup"), house.now)
    return finding.outcome if finding else Outcome.OK


async def test_a_sign_is_in_the_record_before_it_is_answered(tmp_path: Path) -> None:
    """204 for the key, 404 for any other, and neither session nor form is asked for."""
    async with listening(tmp_path) as (house, ear):
        seat = replace(house.seat(), hear=ear.hear)
        async with TestClient(TestServer(make(seat))) as client:
            house.wait(seconds=50)
            assert (await client.post(f"/ping/{KEY}", data=b"x" * 1000)).status == 204
            assert (await client.post(f"/ping/{KEY[:-1]}")).status == 404
            assert (await client.post("/ping/%FF%00")).status == 404
        assert ear.last("backup").at == house.now
        again = await Heartbeats.open(house.ledger, house.samples, house.config, lambda: house.now)
        assert again.last("backup") == ear.last("backup")


async def test_a_desk_without_heartbeats_knows_no_key(tmp_path: Path) -> None:
    """Every key is a stranger's."""
    async with House.open(tmp_path, people=()) as house, TestClient(TestServer(make(house.seat()))) as client:
        assert (await client.post(f"/ping/{KEY}")).status == 404


async def test_a_sign_that_does_not_come_again_is_missed(tmp_path: Path) -> None:
    """At 90 s, and not at 60."""
    async with listening(tmp_path) as (house, ear):
        assert await ear.hear(KEY)
        outcomes = []
        for _ in range(3):
            house.wait(seconds=30)
            outcomes.append(judged(house, ear))
    assert outcomes == [Outcome.OK, Outcome.OK, Outcome.FAILED]


async def test_a_flood_of_signs_is_one_a_second(tmp_path: Path) -> None:
    """The record is written no more often, whoever has the key; and nobody is woken, since it is news to nobody."""
    async with listening(tmp_path) as (house, ear):
        version = house.ledger.version
        with commits() as written:
            for _ in range(100):
                assert await ear.hear(KEY)
            assert len(written) == 1
            house.wait(seconds=1)
            assert await ear.hear(KEY)
            assert len(written) == 2
        assert house.ledger.version == version


@contextmanager
def commits() -> Iterator[list[Connection]]:
    """Every commit while the block lasts."""
    written: list[Connection] = []

    def note(connection: Connection) -> None:
        written.append(connection)

    event.listen(Engine, "commit", note)
    try:
        yield written
    finally:
        event.remove(Engine, "commit", note)


async def test_a_long_absence_of_ours_is_no_silence_of_theirs(tmp_path: Path) -> None:
    """After an hour away we wait for the next sign that is due; what was heard before is not forgotten."""
    async with listening(tmp_path) as (house, ear):
        assert await ear.hear(KEY)
        house.wait(seconds=3605)
        again = await Heartbeats.open(house.ledger, house.samples, house.config, lambda: house.now)
        assert again.last("backup").at == START
        assert judged(house, again) is Outcome.UNKNOWN
        house.wait(seconds=85)
        assert judged(house, again) is Outcome.FAILED
        assert await again.hear(KEY)
        assert judged(house, again) is Outcome.OK


async def test_a_restart_within_the_grace_excuses_nobody(tmp_path: Path) -> None:
    """We looked until a moment ago: whoever was turned away in between had the time to try again."""
    async with listening(tmp_path) as (house, ear):
        assert await ear.hear(KEY)
        house.wait(seconds=70)
        house.samples.add(replace(await look(house.config.target[-1]), started_at=house.now))
        async with asyncio.timeout(10):
            while not await house.samples.recent("backup", START):
                await asyncio.sleep(0.01)
        house.wait(seconds=5)
        again = await Heartbeats.open(house.ledger, house.samples, house.config, lambda: house.now)
        house.wait(seconds=15)
        assert judged(house, again) is Outcome.FAILED


async def test_a_target_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    """When it comes back, we wait anew."""
    async with listening(tmp_path) as (house, ear):
        assert await ear.hear(KEY)
        without = house.config.model_copy(update={"target": house.config.target[:-1]})
        await Heartbeats.open(house.ledger, house.samples, without, lambda: house.now)
        back = await Heartbeats.open(house.ledger, house.samples, house.config, lambda: house.now)
        assert not back.last("backup").heard


async def test_what_was_due_while_our_clock_stood_still_is_forgiven(tmp_path: Path) -> None:
    """The machine slept for two hours: nobody could be heard. The next sign is due in its rhythm, and then missed."""
    async with listening(tmp_path) as (house, ear):
        assert await ear.hear(KEY)
        house.wait(hours=2)
        ear.stepped()
        assert judged(house, ear) is not Outcome.FAILED
        house.wait(seconds=91)
        assert judged(house, ear) is Outcome.FAILED


async def test_a_clock_that_is_put_back_waits_for_no_sign_from_the_future(tmp_path: Path) -> None:
    """The last sign came at a time that is now two hours ahead; one that is missed is missed after its grace."""
    async with listening(tmp_path) as (house, ear):
        assert await ear.hear(KEY)
        house.wait(hours=-2)
        ear.stepped()
        assert judged(house, ear) is Outcome.OK
        house.wait(seconds=91)
        assert judged(house, ear) is Outcome.FAILED
        again = await Heartbeats.open(house.ledger, house.samples, house.config, lambda: house.now)
        assert again.last("backup").at == house.now
