"""TLS and certificates: each way to fail has its reason, and a refused certificate is shown all the same (CASES, 3)."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from probes.http import Http
from probes.look import Outcome, Reason
from tests.probes.web import OK, failed, look_web, reply, silence, verdict, web

Dated = Callable[[timedelta, timedelta], ssl.SSLContext]


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """A server's context that shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def localhost(authority: trustme.CA) -> ssl.SSLContext:
    """A server's context with a certificate for localhost."""
    return server_context(authority.issue_cert("localhost"))


@pytest.fixture
def trust(authority_file: Path) -> dict[str, object]:
    """Options that trust the authority of this run."""
    return {"ca_file": authority_file}


@pytest.fixture
def dated(authority: trustme.CA) -> Dated:
    """A server's context with a certificate for localhost that is valid from and until so long from now."""

    def make(begins: timedelta, ends: timedelta) -> ssl.SSLContext:
        now = datetime.now(UTC)
        return server_context(authority.issue_cert("localhost", not_before=now + begins, not_after=now + ends))

    return make


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost that nobody else signed, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("self-signed") / "both.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    return path


@pytest.mark.parametrize(
    ("tls", "expected"),
    [({}, failed(Reason.TLS_VERIFY)), ({"verify": False}, OK), ({"ca_file": True}, OK)],
    ids=["verified", "unverified", "pinned"],
)
async def test_a_self_signed_certificate(tls: dict[str, object], expected: object, self_signed: Path) -> None:
    """It is refused, unless verification is off or it is itself the one we trust; it is shown in every case."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed)
    options = {key: self_signed if key == "ca_file" else value for key, value in tls.items()}
    async with web(reply(), context) as site:
        result = await look_web(site.url(host="localhost"), tls=options)
    assert verdict(result) == expected
    assert result.certificate is not None
    assert result.certificate.names == ("localhost",)


async def test_an_authority_that_only_we_trust_is_enough(localhost: ssl.SSLContext, trust: dict[str, object]) -> None:
    """The certificate's facts are those of the certificate."""
    async with web(reply(), localhost) as site:
        result = await look_web(site.url(host="localhost"), tls=trust)
    assert verdict(result) == OK
    shown = result.certificate
    assert shown is not None
    assert shown.names == ("localhost",)
    assert shown.tls_version == "TLS 1.3"
    assert shown.cipher.startswith("TLS_")
    assert len(shown.fingerprint_sha256) == 64
    assert shown.earliest_not_after == shown.not_after
    assert result.numbers["ssl"] == 1
    assert any("certificate for localhost" in line.text for line in result.evidence)


async def test_the_name_must_be_the_one_we_asked_for(localhost: ssl.SSLContext, trust: dict[str, object]) -> None:
    """An address is not a name, unless we say which name to expect."""
    async with web(reply(), localhost) as site:
        wrong = await look_web(site.url(), tls=trust)
        told = await look_web(site.url(), tls={**trust, "server_name": "localhost"})
    assert verdict(wrong) == failed(Reason.TLS_HOSTNAME)
    assert wrong.certificate is not None
    assert "127.0.0.1" in wrong.detail
    assert verdict(told) == OK


async def test_an_expired_certificate_is_dated(dated: Dated, trust: dict[str, object]) -> None:
    """Expired yesterday: failed, or, without verification, shown with the day it ended."""
    async with web(reply(), dated(timedelta(days=-9), timedelta(days=-1))) as site:
        verified = await look_web(site.url(host="localhost"), tls=trust)
        unverified = await look_web(site.url(host="localhost"), tls={"verify": False})
    assert verdict(verified) == failed(Reason.CERT_EXPIRED)
    assert verdict(unverified) == OK
    for result in (verified, unverified):
        assert result.certificate is not None
        assert result.certificate.not_after < datetime.now(UTC)


async def test_a_certificate_of_tomorrow_is_not_valid_yet(dated: Dated, trust: dict[str, object]) -> None:
    """A clock that went wrong somewhere has its own reason."""
    async with web(reply(), dated(timedelta(days=1), timedelta(days=9))) as site:
        result = await look_web(site.url(host="localhost"), tls=trust)
    assert verdict(result) == failed(Reason.CERT_NOT_YET_VALID)


EXPIRING = (Outcome.DEGRADED, Reason.CERT_EXPIRING)


@pytest.mark.parametrize(
    ("days", "options", "expected"),
    [
        (13960, {}, OK),
        (13960, {"cert_warn": "14000d"}, EXPIRING),
        (13960, {"cert_warn": "14000d", "cert_fail": "13961d"}, failed(Reason.CERT_EXPIRING)),
        (13, {}, EXPIRING),
        (15, {}, OK),
        (1, {}, failed(Reason.CERT_EXPIRING)),
    ],
)
async def test_a_certificate_that_ends_soon(
    days: int, options: dict[str, object], expected: object, dated: Dated, trust: dict[str, object]
) -> None:
    """It warns before it fails, and counts the days."""
    async with web(reply(), dated(timedelta(days=-1), timedelta(days=days, hours=1))) as site:
        result = await look_web(site.url(host="localhost"), tls=trust, **options)
    assert verdict(result) == expected
    if result.reason:
        assert f"expires in {days}.0 days" in result.detail


async def test_without_verification_the_age_is_judged_only_if_asked(dated: Dated) -> None:
    """Whoever sets a limit wants it kept, whoever signed."""
    async with web(reply(), dated(timedelta(days=-9), timedelta(days=-1))) as site:
        warned = await look_web(site.url(host="localhost"), tls={"verify": False}, cert_warn="5d")
        refused = await look_web(site.url(host="localhost"), tls={"verify": False}, cert_fail="5d")
    assert verdict(warned) == (Outcome.DEGRADED, Reason.CERT_EXPIRED)
    assert verdict(refused) == failed(Reason.CERT_EXPIRED)


async def test_the_earliest_certificate_sent_is_told(authority: trustme.CA, trust: dict[str, object]) -> None:
    """A chain is as long-lived as its shortest link."""
    intermediate = authority.create_child_ca()
    soon = datetime.now(UTC) + timedelta(days=100)
    leaf = intermediate.issue_cert("localhost", not_after=soon)
    async with web(reply(), server_context(leaf)) as site:
        result = await look_web(site.url(host="localhost"), tls=trust)
    assert verdict(result) == OK, result.detail
    assert result.certificate is not None
    assert result.certificate.earliest_not_after == soon.replace(microsecond=0)


async def test_a_superfluous_expired_certificate_harms_nobody(
    authority: trustme.CA, trust: dict[str, object], tmp_path: Path
) -> None:
    """Servers long went on sending a cross-signed root that had ended; it is told, and not judged."""
    leaf, dead = authority.issue_cert("localhost"), trustme.CA()
    ended = datetime(2021, 9, 30, tzinfo=UTC)
    extra = dead.issue_cert("old", not_before=ended - timedelta(days=9), not_after=ended)
    path = tmp_path / "chain.pem"
    path.write_bytes(leaf.private_key_and_cert_chain_pem.bytes() + extra.cert_chain_pems[0].bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    async with web(reply(), context) as site:
        result = await look_web(site.url(host="localhost"), tls=trust)
    assert verdict(result) == OK, result.detail
    assert result.certificate is not None
    assert result.certificate.earliest_not_after == ended
    assert result.numbers["chain_expires_at"] == result.certificate.not_after.timestamp()


@contextmanager
def blocking_site(context: ssl.SSLContext) -> Iterator[str]:
    """A server by plain sockets and a thread, which sends the alerts that asyncio's servers swallow."""

    def serve() -> None:
        while True:
            try:
                visitor, _ = listener.accept()
            except OSError:
                return
            visitor.settimeout(2)
            with suppress(OSError), visitor, context.wrap_socket(visitor, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(reply())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"https://localhost:{listener.getsockname()[1]}/"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def only(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """The same context, speaking one version."""
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.filterwarnings("ignore:.*TLSv1.*deprecated:DeprecationWarning")
async def test_an_old_version_is_refused_or_taken_as_told(localhost: ssl.SSLContext, trust: dict[str, object]) -> None:
    """TLS 1.0 is no common version by default, and can be allowed."""
    with blocking_site(only(localhost, ssl.TLSVersion.TLSv1)) as url:
        refused = await look_web(url, tls=trust)
        taken = await look_web(url, tls={**trust, "min_version": "1.0"})
    assert verdict(refused) == failed(Reason.TLS_VERSION)
    assert verdict(taken) == OK, taken.detail
    assert taken.certificate is not None
    assert taken.certificate.tls_version == "TLS 1.0"


async def test_a_server_below_our_minimum_is_refused(localhost: ssl.SSLContext, trust: dict[str, object]) -> None:
    """The server's own alert says so."""
    with blocking_site(only(localhost, ssl.TLSVersion.TLSv1_2)) as url:
        result = await look_web(url, tls={**trust, "min_version": "1.3"})
    assert verdict(result) == failed(Reason.TLS_VERSION)


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def asking(request: pytest.FixtureRequest, localhost: ssl.SSLContext, authority: trustme.CA) -> ssl.SSLContext:
    """A server's context that wants a client certificate of our authority."""
    only(localhost, request.param).verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(localhost)
    return localhost


@pytest.fixture
def cards(authority: trustme.CA, tmp_path: Path) -> dict[str, Path]:
    """A client certificate of our authority, and one of a stranger's."""
    found = {}
    for name, signer in (("ours", authority), ("strangers", trustme.CA())):
        found[name] = tmp_path / name
        signer.issue_cert("probe").private_key_and_cert_chain_pem.write_to_path(str(found[name]))
    return found


async def test_a_client_certificate_is_shown_when_asked(
    asking: ssl.SSLContext, cards: dict[str, Path], trust: dict[str, object]
) -> None:
    """Without the right one the server refuses: in TLS 1.3 only after the handshake."""
    with blocking_site(asking) as url:
        none = await look_web(url, tls=trust)
        given = await look_web(url, tls={**trust, "client_cert": cards["ours"]})
        wrong = await look_web(url, tls={**trust, "client_cert": cards["strangers"]})
    assert verdict(none) == failed(Reason.TLS_CLIENT_CERT), none.detail
    assert verdict(given) == OK
    assert verdict(wrong) == failed(Reason.TLS_CLIENT_CERT), wrong.detail
    assert "alert" in wrong.detail


async def test_a_missing_client_certificate_is_noticed_without_an_alert(
    asking: ssl.SSLContext, cards: dict[str, Path], trust: dict[str, object]
) -> None:
    """A server that asks for one, gets none and hangs up has said enough."""
    async with web(reply(), asking) as site:
        none = await look_web(site.url(host="localhost"), tls=trust)
        given = await look_web(site.url(host="localhost"), tls={**trust, "client_cert": cards["ours"]})
    assert verdict(none) == failed(Reason.TLS_CLIENT_CERT), none.detail
    assert verdict(given) == OK


@pytest.mark.parametrize("expected", [True, 116, "certificate_required"])
async def test_a_server_that_should_refuse_us_must(
    expected: object, asking: ssl.SSLContext, cards: dict[str, Path], trust: dict[str, object]
) -> None:
    """Where an alert is expected, a connection that succeeds is the failure."""
    tls = {**trust, "expect_alert": expected}
    with blocking_site(only(asking, ssl.TLSVersion.TLSv1_3)) as url:
        refused = await look_web(url, tls=tls)
        let_in = await look_web(url, tls={**tls, "client_cert": cards["ours"]}, expect_status=[404])
        strange = await look_web(url, tls={**tls, "client_cert": cards["strangers"]})
    assert verdict(refused) == OK, refused.detail
    assert verdict(let_in) == failed(Reason.TLS_HANDSHAKE)
    assert let_in.detail == "expected TLS alert but connection succeeded"
    assert verdict(strange) == (OK if expected is True else failed(Reason.TLS_CLIENT_CERT))


async def raw(data: bytes) -> asyncio.Server:
    """A server that says the same to everybody at once, and closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if data:
            await reader.read(1)
            writer.write(data)
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.CONNECTION_CLOSED),
        (b"\x16\x03\x03", Reason.CONNECTION_CLOSED),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Reason.TLS_HANDSHAKE),
        (b"220 mx.example.com ESMTP\r\n", Reason.TLS_HANDSHAKE),
        (b"\x16\x03\x03\x00\x05hello", Reason.TLS_HANDSHAKE),
        (b"\x15\x03\x03\x00\x02\x02\x28", Reason.TLS_HANDSHAKE),
        (b"\x15\x03\x03\x00\x02\x02\x46", Reason.TLS_VERSION),
    ],
)
async def test_a_handshake_that_is_none(data: bytes, reason: Reason) -> None:
    """Closing is not the same as speaking plain text, and neither is the same as an alert."""
    server = await raw(data)
    async with server:
        result = await look_web(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert verdict(result) == failed(reason)
    if data.startswith((b"HTTP", b"220")):
        assert data.split(b"\r\n")[0].decode() in result.detail


async def test_a_silent_handshake_is_a_tls_timeout() -> None:
    """The deadline strikes in the handshake, and the reason says so."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    gone = asyncio.Event()
    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        result = await look_web(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/", timeout="300ms")
        await gone.wait()
    assert verdict(result) == failed(Reason.TLS_TIMEOUT)


async def test_silence_after_the_handshake_is_an_ordinary_timeout(
    localhost: ssl.SSLContext, trust: dict[str, object]
) -> None:
    """TLS stood; the answer did not come."""
    async with web(silence, localhost) as site:
        result = await look_web(site.url(host="localhost"), tls=trust, timeout="300ms")
    assert verdict(result) == failed(Reason.TIMEOUT)
    assert result.duration_s < 0.8


async def test_tls_options_mean_nothing_to_plain_http() -> None:
    """They may come from the defaults of all targets."""
    async with web(reply()) as site:
        result = await look_web(site.url(), tls={"min_version": "1.3", "server_name": "other"}, cert_fail="9000d")
    assert verdict(result) == OK
    assert result.certificate is None
    assert result.numbers["ssl"] == 0


def test_equal_options_share_one_context(authority_file: Path) -> None:
    """A thousand targets cost one context, not a thousand times 32 ms."""
    first, second = (Http(name="w", component="w", url="x", tls={"ca_file": authority_file}) for _ in range(2))
    assert first.tls._context() is second.tls._context()
    assert first.tls._context() is not Http(name="w", component="w", url="x").tls._context()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"ca_file": "missing.pem"}, "there is no file missing.pem"),
        ({"ca_file": __file__}, "ca_file cannot be used"),
        ({"client_cert": __file__}, "client_cert cannot be used"),
        ({"client_key": __file__}, "client_key needs client_cert"),
        ({"min_version": "0.9"}, "Input should be"),
    ],
)
def test_files_that_cannot_be_used_are_configuration_errors(options: dict[str, object], says: str) -> None:
    """They are read when the config is."""
    with pytest.raises(ValidationError, match=says):
        Http(name="web", component="web", url="https://example.com", tls=options)
