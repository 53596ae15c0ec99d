"""Tripwires: who is looked at when the far end drops, and what is held meanwhile."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field

import pytest

from monitor.habit import Habit
from monitor.tripwire import LOOKS_PER_SECOND, Tripwires, room
from probes.finding import Outcome
from probes.kept import UNASKED_BYTES_MAX, Kept


@dataclass
class Server:
    """The far ends of all wires."""

    listener: socket.socket
    far: list[socket.socket] = field(default_factory=list)
    asked: list[tuple[str, float]] = field(default_factory=list)

    def kept(self) -> Kept:
        """One more connection, as a look leaves it."""
        near = socket.create_connection(self.listener.getsockname())
        near.settimeout(0)
        self.far.append(self.listener.accept()[0])
        return Kept(near)

    def ask(self, target: str, in_s: float) -> None:
        """Remember who is to be looked at."""
        self.asked.append((target, in_s))


@asynccontextmanager
async def wires(
    *, held_max: int = 1000, habits: dict[str, Habit] | None = None
) -> AsyncIterator[tuple[Tripwires, Server]]:
    """Tripwires, and a server to hold connections to."""
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listener:
        server = Server(listener)
        with closing(Tripwires(server.ask, {} if habits is None else habits, held_max=held_max)) as held:
            yield held, server
        for far in server.far:
            far.close()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait, but not for long."""
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0.001)


async def test_a_dropped_wire_is_a_reason_to_look_at_once() -> None:
    """The end of the connection asks for one look now, and the wire is gone."""
    async with wires() as (held, server):
        held.hold("web", server.kept())
        held.hold("mail", server.kept())
        assert len(held) == 2
        server.far[0].close()
        await until(lambda: len(held) == 1)
        assert server.asked == [("web", 0.0)]


async def test_a_reset_is_the_same() -> None:
    """RST, as from a host that restarted, is a drop like any other."""
    async with wires() as (held, server):
        held.hold("web", server.kept())
        server.far[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        server.far[0].close()
        await until(lambda: bool(server.asked))
        assert len(held) == 0


async def test_what_is_said_unasked_is_thrown_away() -> None:
    """News from the server trip nothing; a server that says too much is hung up on, without a look."""
    async with wires() as (held, server):
        held.hold("web", server.kept())
        server.far[0].sendall(b"* 23 EXISTS\r\n")
        await asyncio.sleep(0.01)
        assert len(held) == 1
        server.far[0].sendall(b"." * (UNASKED_BYTES_MAX + 1))
        await until(lambda: len(held) == 0)
        assert server.asked == []


async def test_the_next_wire_replaces_the_last() -> None:
    """One wire a target: the old one is hung up, and its end asks for nothing."""
    async with wires() as (held, server):
        held.hold("web", server.kept())
        held.hold("web", server.kept())
        assert len(held) == 1
        assert server.far[0].recv(1) == b""
        server.far[0].close()
        await asyncio.sleep(0.01)
        assert server.asked == []


@pytest.mark.parametrize(("outcome", "left"), [(o, o in {Outcome.OK, Outcome.DEGRADED}) for o in Outcome])
async def test_a_look_that_does_not_work_ends_its_wire(outcome: Outcome, *, left: bool) -> None:
    """While a target is in doubt its looks alone tell of it."""
    async with wires() as (held, server):
        held.hold("web", server.kept())
        held.learn("web", outcome)
        assert len(held) == left


async def test_an_idle_time_out_is_learned() -> None:
    """Twice it causes a look for nothing; from then on a drop at that age causes none."""
    habits = {"web": Habit((0.01,), false_alarms=0)}
    async with wires(habits=habits) as (held, server):
        held.hold("web", server.kept())
        server.far[-1].close()
        await until(lambda: len(server.asked) == 1)
        held.learn("web", Outcome.OK)
        held.hold("web", server.kept())
        server.far[-1].close()
        await until(lambda: len(held) == 0)
        assert len(server.asked) == held.tripped == 1
        assert len(habits["web"].dropped_after_s) == 2


async def test_a_server_that_was_down_teaches_nothing_about_idle_time() -> None:
    """When the look fails, the drop was no time-out, and the next one is believed as soon."""
    habits: dict[str, Habit] = {}
    async with wires(habits=habits) as (held, server):
        held.hold("web", server.kept())
        server.far[-1].close()
        await until(lambda: len(server.asked) == 1)
        held.learn("web", Outcome.FAILED)
        assert habits["web"] == Habit()
        held.hold("web", server.kept())
        server.far[-1].close()
        await until(lambda: len(server.asked) == 2)


async def test_one_target_cannot_ask_again_and_again() -> None:
    """Drops that come soon after one another cause one look."""
    async with wires() as (held, server):
        for _ in range(5):
            held.hold("web", server.kept())
            server.far[-1].close()
            await until(lambda: len(held) == 0)
        assert len(server.asked) == 1


async def test_all_together_ask_at_a_bounded_pace() -> None:
    """A balancer's restart drops every wire at once: their looks are spread out."""
    async with wires() as (held, server):
        for number in range(200):
            held.hold(f"web-{number}", server.kept())
        for far in server.far:
            far.close()
        await until(lambda: len(held) == 0)
        waits_s = [in_s for _, in_s in server.asked]
    assert len(waits_s) == 200
    assert max(waits_s) == pytest.approx(199 / LOOKS_PER_SECOND, abs=0.5)


async def test_without_room_the_oldest_wire_goes() -> None:
    """There are never more wires than may be held, and with room for none there are none."""
    async with wires(held_max=2) as (held, server):
        for name in ("a", "b", "c"):
            held.hold(name, server.kept())
        assert len(held) == 2
        assert server.far[0].recv(1) == b""
    async with wires(held_max=0) as (held, server):
        held.hold("a", server.kept())
        assert len(held) == 0
        assert server.far[0].recv(1) == b""


async def test_nothing_is_held_in_the_end() -> None:
    """Closing hangs every wire up."""
    async with wires() as (held, server):
        held.hold("a", server.kept())
        held.hold("b", server.kept())
        held.close()
        assert len(held) == 0
        assert [far.recv(1) for far in server.far] == [b"", b""]


def test_there_is_room_and_some_is_left() -> None:
    """Wires may take less than three quarters of the files that we may open."""
    import resource  # noqa: PLC0415 - only here

    held_max = room()
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert 0 <= held_max < soft * 3 / 4
