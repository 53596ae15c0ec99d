"""The wire that all kinds look through: resolve, connect (RFC 8305), TLS; phases timed, bytes bounded."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from time import monotonic
from types import TracebackType
from typing import Final

from probes.certificate import in_words
from probes.connect import connect
from probes.finding import Failed, Finding, Unknown
from probes.kept import Kept
from probes.notebook import Notebook
from probes.preamble import ProxyProtocol, preamble
from probes.ready import readable, writable
from probes.reason import Reason
from probes.resolve import resolve
from probes.session import Session
from probes.target import Target
from probes.tls import Secured

CHUNK_BYTES: Final = 65536
CHUNKS_PER_TURN: Final = 16
_OUR_NETWORK: Final = frozenset({errno.ENETUNREACH, errno.ENETDOWN})


class stage:  # noqa: N801 - read as what it does: async with stage(…)
    """Time one stage as a phase, and end it with ``Failed(silence)`` after ``limit_s`` (``target.stage_timeout``)."""

    __slots__ = ("_limit", "_name", "_phase", "_silence")

    def __init__(
        self, notes: Notebook, name: str, *, silence: Reason = Reason.TIMEOUT, limit_s: float | None = None
    ) -> None:
        self._name = name
        self._silence = silence
        self._phase = notes.phase(name, silence=silence)
        self._limit = asyncio.timeout(limit_s) if limit_s else None

    async def __aenter__(self) -> None:
        self._phase.__enter__()
        if self._limit:
            await self._limit.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._phase.__exit__()
        if self._limit:
            try:
                await self._limit.__aexit__(kind, error, trace)
            except TimeoutError as late:
                raise Failed(self._silence, f"no answer in time (stage: {self._name})") from late


class Wire:
    """A connection. It holds no more than one chunk of what the other side sends, so a flood stays in the kernel."""

    __slots__ = ("_chunks", "_left_standing", "_session", "_sock", "_spoken", "_unread", "address")

    def __init__(self, sock: socket.socket, address: str) -> None:
        """Take over a connected, non-blocking socket; ``address`` is such as ``127.0.0.1:25`` or ``[::1]:25``."""
        self.address = address
        self._sock = sock
        self._session: Session | None = None
        self._unread = b""
        self._spoken = False
        self._chunks = 0
        self._left_standing = False

    @property
    def encrypted(self) -> bool:
        """Whether TLS stands."""
        return self._session is not None and self._session.stands

    async def send(self, data: bytes) -> None:
        """Send all of it.

        A connection lost meanwhile is told by the next ``receive``: the other side may have said why before it left.
        """
        self._spoken = True
        await self._push(self._session.encrypt(data) if self._session and self._session.stands else data)

    async def introduce(self, version: ProxyProtocol) -> None:
        """Say whom we speak for, by the PROXY protocol, before TLS and before anything else."""
        await self._push(preamble(version, self._sock))

    async def receive(self) -> bytes:
        """The next bytes, at most 64 KiB; ``b""`` at the end of the stream.

        Raises Failed: ``connection_closed`` when the connection was reset; ``tls_client_cert`` or ``tls_handshake``
        when the other side ended TLS with an alert (in TLS 1.3 a refused client certificate shows only here).
        """
        self._spoken = True
        if self._unread:
            data, self._unread = self._unread, b""
            return data
        if self._session is None:
            return await self._pull()
        return await self._decrypted(self._session)

    def unread(self, data: bytes) -> None:
        """Give bytes back; the next ``receive`` returns them first. Do this before ``start_tls`` with what is left."""
        self._unread = data + self._unread

    async def start_tls(
        self, target: Secured, notes: Notebook, server_name: str, *, alpn: tuple[str, ...] = ()
    ) -> None:
        """Turn to TLS (phase ``tls``): first thing, or after STARTTLS was granted.

        ``server_name`` is the host looked at; ``target.tls.server_name`` goes before it.
        Raises Failed: ``starttls_injection`` if plain text is left unread; the ``tls_…`` and ``cert_…`` reasons.
        """
        if self._spoken and (self._unread or self._waiting()):
            raise Failed(Reason.STARTTLS_INJECTION, "the server sent plain text after it granted STARTTLS")
        session = target.tls.session(server_name, alpn)
        async with stage(notes, "tls", silence=Reason.TLS_TIMEOUT, limit_s=target.stage_timeout):
            self._session = session
            try:
                await self._shake_hands(session)
            finally:
                _report(session, notes)
        if expires_at := session.expires_at():
            notes.numbers["chain_expires_at"] = expires_at.timestamp()
            _tell(target.judge_certificate(expires_at, datetime.now(UTC)), notes)

    def judge_alert(self, target: Target, found: Finding | None) -> Finding | None:
        """What becomes of a finding, or of none, where the server is expected to end TLS with an alert."""
        if self._session is None or not isinstance(target, Secured):
            return found
        return target.judge_alert(self._session, found)

    def leave_standing(self, notes: Notebook) -> None:
        """Leave the connection as it is to whoever wants it after the look; ``close`` then leaves it alone."""
        notes.kept = Kept(self._sock)
        self._left_standing = True

    def close(self) -> None:
        """Close at once; the socket is gone when this returns. Closing twice is no error."""
        if self._left_standing:
            return
        if self._session and self._session.stands and self._sock.fileno() >= 0:
            with suppress(OSError):  # a farewell (close_notify) is good manners and nothing more
                self._sock.send(self._session.farewell())
        self._sock.close()

    async def _shake_hands(self, session: Session) -> None:
        while True:
            try:
                done = session.shake_hands()
            finally:  # a failure leaves an alert that the server should hear
                await self._push(session.outgoing())
            if done:
                return
            data = await self._pull_for(session)
            if not data:
                raise Failed(Reason.CONNECTION_CLOSED, "the server closed the connection during the TLS handshake")
            session.feed(data)

    async def _decrypted(self, session: Session) -> bytes:
        while (data := session.decrypt()) is None:
            await self._push(session.outgoing())  # an answer to a request for new keys
            session.feed(await self._pull_for(session))
        return data

    async def _pull_for(self, session: Session) -> bytes:
        """Pull; a close may be the server's word on our certificate, in TLS 1.3 even after the handshake."""
        try:
            data = await self._pull()
        except Failed as lost:
            raise session.dismissal() or lost from lost
        if not data and (dismissal := session.dismissal()):
            raise dismissal
        return data

    async def _push(self, data: bytes) -> None:
        left = memoryview(data)
        try:
            while left:
                try:
                    left = left[self._sock.send(left) :]
                except BlockingIOError:
                    await writable(self._sock)
        except ConnectionError:
            pass  # the next receive says what the other side said before it left
        except OSError as error:
            raise _lost(error) from error

    async def _pull(self) -> bytes:
        self._chunks += 1
        if self._chunks % CHUNKS_PER_TURN == 0:
            # Bytes that wait already come without a pause; a flood must not keep the others from their turn.
            await asyncio.sleep(0)
        while True:
            try:
                return self._sock.recv(CHUNK_BYTES)
            except BlockingIOError:
                await readable(self._sock)
            except OSError as error:
                raise _lost(error) from error

    def _waiting(self) -> bool:
        """Whether the other side has sent something already, unasked."""
        try:
            return bool(self._sock.recv(1, socket.MSG_PEEK))
        except OSError:
            return False


def _lost(error: OSError) -> Finding:
    words = os.strerror(error.errno).lower() if error.errno else str(error)
    if error.errno in _OUR_NETWORK:
        return Unknown(Reason.ISOLATED, f"the connection was lost: {words}")
    return Failed(Reason.CONNECTION_CLOSED, f"the connection was lost: {words}")


def _report(session: Session, notes: Notebook) -> None:
    """Write the certificate down, whatever became of the handshake."""
    shown = session.certificate()
    if shown is None:
        return
    notes.certificate = shown
    notes.say("note", in_words(shown))


def _tell(finding: Finding | None, notes: Notebook) -> None:
    if isinstance(finding, Failed):
        raise finding
    if finding:
        notes.concern(finding)


@asynccontextmanager
async def open_wire(
    target: Target, notes: Notebook, host: str, port: int, *, pinned: bool = True, blame: Reason | None = None
) -> AsyncIterator[Wire]:
    """Resolve and connect (phases ``resolve`` and ``connect``), and close the wire in every case.

    For implicit TLS call ``wire.start_tls`` first thing. ``target`` gives ip_family, connect_to and stage_timeout;
    its connect_to and proxy_protocol are not for a host that is not ``pinned``. A reason to ``blame`` is given instead
    of others.
    Raises Failed: ``dns_…``, ``connect_…``, ``unreachable``; Unknown when the fault is our own.
    """
    where = str(target.connect_to) if target.connect_to and pinned else host
    try:
        wire = await _dial(target, notes, where, port, blame)
    except Failed as lost:
        raise Failed(blame or lost.reason, lost.detail) from lost
    found: Finding | None = None
    try:
        if pinned and isinstance(target, Secured) and target.proxy_protocol:
            notes.say("us", f"PROXY (protocol {target.proxy_protocol})")
            await wire.introduce(target.proxy_protocol)
        yield wire
    except Finding as finding:
        found = finding
    finally:
        wire.close()
    if judged := wire.judge_alert(target, found):
        raise judged


async def _dial(target: Target, notes: Notebook, host: str, port: int, blame: Reason | None) -> Wire:
    async with stage(notes, "resolve", silence=blame or Reason.DNS_TIMEOUT, limit_s=target.stage_timeout):
        addresses = await resolve(host, port, target.ip_family, target.resolver)
    began = monotonic()
    async with stage(notes, "connect", silence=blame or Reason.CONNECT_TIMEOUT, limit_s=target.stage_timeout):
        sock, address = await connect(addresses, notes)
    notes.numbers["ip_protocol"] = address.ip_protocol
    if host == target.reached_at:
        notes.address = address.sockaddr[0]
    notes.say("note", f"connected to {address} in {(monotonic() - began) * 1000:.1f} ms")
    return Wire(sock, str(address))
