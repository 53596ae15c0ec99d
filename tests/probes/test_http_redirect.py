"""Where an answer sends us, how far we go, and what we do not take along (CASES, section 1)."""

import ssl
from pathlib import Path

import pytest
import trustme

from probes.look import Reason
from tests.probes.web import OK, failed, look_web, redirect, reply, silence, verdict, web


@pytest.fixture
def localhost(authority: trustme.CA) -> ssl.SSLContext:
    """A server's context with a certificate for localhost and 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


async def test_a_redirect_is_followed_to_its_end() -> None:
    """The last answer is judged, and the steps are counted."""
    async with web({"/": redirect("/noredirect"), "/noredirect": reply("here")}) as site:
        result = await look_web(site.url(), body_must_match=["here"])
    assert verdict(result) == OK
    assert (result.numbers["redirects"], result.numbers["status_code"]) == (1, 200)


@pytest.mark.parametrize(
    "location", ["next", "./next", "/a/next", "?x=1", "//127.0.0.1:{port}/a/next", "/a/n e\u00efxt"]
)
async def test_locations_are_read_as_references(location: str) -> None:
    """Relative ones too, and those with letters that should have been escaped (RFC 3986, section 5)."""
    answered = []

    async def page(asked: object, writer: object) -> None:
        answered.append(asked.path)
        to = location.format(port=site.port)
        writer.write(reply() if len(answered) > 1 else redirect(to))

    async with web(page) as site:
        assert verdict(await look_web(site.url("/a/first"))) == OK
    assert answered[1] in {"/a/next", "/a/first?x=1", "/a/n%20e%C3%AFxt"}


async def test_an_endless_redirect_ends_at_the_limit() -> None:
    """The eleventh redirect is counted, and its page never asked for."""
    pages = {f"/redirect-{n}": redirect(f"/redirect-{n + 1}") for n in range(1, 30)}
    async with web(pages) as site:
        result = await look_web(site.url("/redirect-1"), max_redirects=10)
    assert verdict(result) == failed(Reason.REDIRECT_LIMIT)
    assert (result.numbers["redirects"], result.numbers["status_code"]) == (11, 302)
    assert site.paths[-1] == "/redirect-11"


async def test_a_redirect_to_https_adds_up(localhost: ssl.SSLContext, authority_file: Path) -> None:
    """The phases of both steps are summed, and TLS counts as reached."""
    async with web(reply(), localhost) as secure, web(redirect(secure.url("/", "localhost"))) as site:
        result = await look_web(site.url(), tls={"ca_file": authority_file}, require_tls=True)
    assert verdict(result) == OK, result.detail
    assert result.numbers["ssl"] == 1
    assert list(result.phases) == ["resolve", "connect", "processing", "tls", "transfer"]
    assert sum(result.phases.values()) <= result.duration_s


async def test_plain_http_at_the_end_is_not_tls(localhost: ssl.SSLContext, authority_file: Path) -> None:
    """Where TLS is required, a redirect out of it fails; so does never having had it."""
    async with web(reply()) as site, web(redirect(site.url()), localhost) as secure:
        result = await look_web(secure.url(), tls={"ca_file": authority_file}, require_tls=True)
        plain = await look_web(site.url(), require_tls=True)
    assert verdict(result) == failed(Reason.NOT_TLS)
    assert verdict(plain) == failed(Reason.NOT_TLS)


@pytest.mark.parametrize(
    ("allowed", "good"), [(["localhost"], True), (["*.example.com"], False), ([], False), (None, True)]
)
async def test_a_redirect_goes_only_where_it_may(allowed: list[str] | None, *, good: bool) -> None:
    """A host that is not on the list is not even connected to; our own always is."""
    async with web(reply()) as other, web({"/": redirect("/in"), "/in": redirect(other.url(host="localhost"))}) as site:
        result = await look_web(site.url(), allow_redirect_to=allowed)
    assert verdict(result) == (OK if good else failed(Reason.REDIRECT_BLOCKED))
    assert bool(other.asked) is good


async def test_the_metadata_address_of_a_cloud_is_never_asked() -> None:
    """An allow-list keeps a hostile page from sending us to our own host's secrets."""
    async with web(redirect("http://169.254.169.254/latest/meta-data/")) as site:
        result = await look_web(site.url(), allow_redirect_to=["www.example.com"])
    assert verdict(result) == failed(Reason.REDIRECT_BLOCKED)
    assert "169.254.169.254" in result.detail


async def test_a_redirect_to_silence_is_a_timeout() -> None:
    """The one deadline covers all steps."""
    async with web(silence) as quiet, web(redirect(quiet.url())) as site:
        result = await look_web(site.url(), timeout="300ms")
    assert verdict(result) == failed(Reason.TIMEOUT)
    assert result.duration_s < 0.8


@pytest.mark.parametrize("location", ["ftp://example.com/", "http://h:99999/", "http://[bad", "mailto:x@y"])
async def test_a_redirect_to_nowhere_is_a_failure(location: str) -> None:
    """It breaks the rules of HTTP, and customers see an error."""
    async with web(redirect(location)) as site:
        assert verdict(await look_web(site.url())) == failed(Reason.PROTOCOL)


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
        (303, "HEAD", "HEAD"),
    ],
)
async def test_the_method_after_a_redirect(status: int, method: str, then: str) -> None:
    """As browsers do (RFC 9110, section 15.4): the body goes along only with 307 and 308."""
    body = "" if method == "HEAD" else "data"
    headers = {"Content-Type": "text/plain"}
    async with web({"/": redirect("/next", status), "/next": reply()}) as site:
        await look_web(site.url(), method=method, body=body, headers=headers)
    following = site.asked[1]
    assert following.method == then
    assert following.body == (b"data" if status > 303 else b"")
    assert ("content-type" in following.headers) is (status > 303 or method == "HEAD")


async def test_nothing_confidential_goes_to_another_server() -> None:
    """Passwords and cookies stay where they belong; an ordinary header goes along."""
    headers = {"Cookie": "session=1", "X-Other": "2"}
    async with web(reply()) as other, web({"/": redirect("/in"), "/in": redirect(other.url())}) as site:
        await look_web(site.url(), username="u", password="p", headers=headers)
    (foreign,) = other.asked
    assert "authorization" in site.asked[1].headers
    assert "cookie" in site.asked[1].headers
    assert "authorization" not in foreign.headers
    assert "cookie" not in foreign.headers
    assert foreign.headers["x-other"] == "2"


async def test_cookies_are_kept_from_step_to_step() -> None:
    """As a browser does: a page that wants its cookie back gets it, beside one that the config gives."""
    to_shop = redirect("/shop/", set_cookie="sid=42; Path=/shop; HttpOnly")
    pages = {
        "/": to_shop,
        "/shop/": redirect("/shop/in", set_cookie="seen=1"),
        "/shop/in": redirect("/end"),
        "/end": reply(),
    }
    async with web(pages) as site:
        result = await look_web(site.url(), headers={"Cookie": "given=0"})
    assert verdict(result) == OK
    first, shop, inside, end = (sorted(asked.headers["cookie"].split("; ")) for asked in site.asked)
    assert (first, shop, end) == (["given=0"], ["given=0", "sid=42"], ["given=0"])
    assert inside == ["given=0", "seen=1", "sid=42"]


async def test_a_cookie_stays_with_its_host() -> None:
    """What one host sets, another does not get; and nobody can set one for somebody else."""
    foreign = "evil=1; Domain=other.example"
    async with web(reply()) as other, web(redirect(other.url(host="localhost"), set_cookie=foreign)) as site:
        await look_web(site.url())
    assert "cookie" not in other.asked[0].headers


@pytest.mark.parametrize("cookie", ["", "=", ";;;", "a" * 5000, "a=b; Expires=" + "9" * 3000, "\u00e9=\u00e9"])
async def test_a_strange_cookie_harms_nobody(cookie: str) -> None:
    """The look goes on without it."""
    async with web({"/": redirect("/next", set_cookie=cookie), "/next": reply()}) as site:
        assert verdict(await look_web(site.url())) == OK


async def test_another_host_is_asked_by_its_own_name() -> None:
    """A Host header given for the first server is not taken to the next."""
    async with web(reply()) as other, web(redirect(other.url(host="localhost"))) as site:
        await look_web(site.url(), headers={"Host": "first.example"})
    assert other.asked[0].headers["host"] == f"localhost:{other.port}"


async def test_a_pinned_address_is_for_its_own_host_only() -> None:
    """A redirect to another host is resolved like any other."""
    async with web(reply()) as other, web(redirect(other.url(host="localhost")), host="127.0.0.2") as site:
        result = await look_web(site.url(host="first.example"), connect_to="127.0.0.2")
    assert verdict(result) == OK
