"""Looks at a real nginx, over HTTP and HTTPS, while it runs and after it stopped."""

from pathlib import Path

import pytest

from probes.look import Reason
from tests.peers.nginx import Nginx
from tests.probes.web import OK, failed, look_web, verdict


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/", OK), ("/moved", OK), ("/forbidden", failed(Reason.REFUSED)), ("/broken", failed(Reason.STATUS))],
)
async def test_nginx_is_seen_as_it_is(path: str, expected: object, nginx: Nginx, authority_file: Path) -> None:
    """The same over both; the second with its certificate."""
    for url in (f"http://127.0.0.1:{nginx.http}{path}", f"https://localhost:{nginx.https}{path}"):
        result = await look_web(url, tls={"ca_file": authority_file}, connect_to="127.0.0.1")
        assert verdict(result) == expected, result.detail
        assert (result.certificate is not None) is url.startswith("https")


async def test_https_asked_in_plain_text_is_told(nginx: Nginx) -> None:
    """Nginx answers 400 to plain HTTP on its HTTPS port, and says why."""
    result = await look_web(f"http://127.0.0.1:{nginx.https}/")
    assert verdict(result) == failed(Reason.STATUS)
    assert any("HTTPS port" in line.text for line in result.evidence)


async def test_plain_text_asked_in_https_is_told(nginx: Nginx) -> None:
    """A TLS hello to a port of plain HTTP is answered in plain text."""
    result = await look_web(f"https://127.0.0.1:{nginx.http}/")
    assert verdict(result) == failed(Reason.TLS_HANDSHAKE)
    assert "plain text" in result.detail


async def test_a_stopped_nginx_refuses(nginx: Nginx) -> None:
    """And a started one is well again."""
    url = f"http://127.0.0.1:{nginx.http}/"
    nginx.stop()
    assert verdict(await look_web(url)) == failed(Reason.CONNECT_REFUSED)
    nginx.start()
    assert verdict(await look_web(url)) == OK
