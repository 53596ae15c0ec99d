"""Where a look reached its target: what a name leads to is a fact that judging rests on."""

from probes.http import Http
from probes.look import look
from probes.reason import Reason
from probes.tcp import Tcp
from tests.peers.nginx import Nginx


async def test_a_look_tells_the_address_that_it_reached(nginx: Nginx) -> None:
    """Without the port, and also where the config has a name."""
    named = Tcp(kind="tcp", name="t", component="c", host="localhost", port=nginx.http, ip_family="4")
    assert (await look(named)).address == "127.0.0.1"


async def test_the_address_of_a_proxy_is_not_the_targets(nginx: Nginx) -> None:
    """All targets behind one proxy would else look like one host."""
    proxied = Http(
        kind="http",
        name="t",
        component="c",
        url="http://www.example.test/",
        proxy=f"http://127.0.0.1:{nginx.http}",
        expect_status=("2xx", "4xx"),
    )
    result = await look(proxied)
    assert "connect" in result.phases
    assert result.address == ""


async def test_who_was_not_reached_has_no_address() -> None:
    """A name that leads nowhere."""
    lost = Tcp(kind="tcp", name="t", component="c", host="127.0.0.1", port=1)
    result = await look(lost)
    assert (result.reason, result.address) == (Reason.CONNECT_REFUSED, "")
