"""Status, version and the address itself (CASES, section 1)."""

import pytest
from pydantic import ValidationError

from probes.http import Http
from probes.look import Reason
from tests.probes.web import OK, failed, look_web, redirect, reply, verdict, web


@pytest.mark.parametrize("code", range(200, 600, 7))
async def test_only_success_is_success_unless_told(code: int) -> None:
    """2xx is ok; the rest fails with its number in the detail, and a refusal of our check is told apart."""
    async with web(reply("", f"{code} Something")) as site:
        result = await look_web(site.url())
    expected = OK if code < 300 else failed(Reason.REFUSED if code in {401, 403, 429} else Reason.STATUS)
    assert verdict(result) == expected
    assert result.numbers["status_code"] == code
    assert code < 300 or str(code) in result.detail


@pytest.mark.parametrize(
    ("code", "expected", "good"),
    [
        (404, [200, 404], True),
        (200, [404], False),
        (404, 404, True),
        (204, "200-204", True),
        (205, ["200-204"], False),
        (503, ["2xx", "5XX"], True),
        (401, [401], True),
    ],
)
async def test_expected_statuses_are_numbers_classes_and_ranges(code: int, expected: object, *, good: bool) -> None:
    """What the config expects is ok, even an error; anything else is not, even a success."""
    async with web(reply("", f"{code} X")) as site:
        result = await look_web(site.url(), expect_status=expected)
    assert verdict(result) == (OK if good else failed(Reason.STATUS))


@pytest.mark.parametrize("code", [401, 403, 429])
async def test_a_refusal_of_our_check_has_its_own_reason(code: int) -> None:
    """We cannot tell yet whether customers are refused too."""
    async with web(reply("", f"{code} No")) as site:
        assert verdict(await look_web(site.url())) == failed(Reason.REFUSED)


async def test_several_choices_without_an_address_are_no_success() -> None:
    """300 has nowhere to go."""
    async with web(reply("", "300 Multiple Choices")) as site:
        assert verdict(await look_web(site.url())) == failed(Reason.STATUS)


@pytest.mark.parametrize(
    ("versions", "good"), [([], True), (["1.1"], True), (["1.1", "2"], True), (["2"], False), (["1.0"], False)]
)
async def test_the_http_version_can_be_a_rule(versions: list[str], *, good: bool) -> None:
    """An answer in a version that was not expected is a failure."""
    async with web(reply()) as site:
        result = await look_web(site.url(), expect_http_versions=versions)
    assert verdict(result) == (OK if good else failed(Reason.PROTOCOL))
    assert result.numbers["http_version"] == 1.1


@pytest.mark.parametrize("scheme", ["http://", "HTTP://", "hTtP://", ""])
async def test_the_scheme_is_http_in_any_case_or_if_missing(scheme: str) -> None:
    """A url is read as a person would read it."""
    async with web(reply()) as site:
        assert verdict(await look_web(f"{scheme}127.0.0.1:{site.port}/")) == OK


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("invalid://host", "no scheme that we can look at"),
        ("ftp://example.com/", "no scheme that we can look at"),
        ("http://", "should name a host"),
        ("http:///path", "should name a host"),
        ("http://exa mple/", "should name a host"),
        ("http://user:secret@example.com/", "options username and password"),
        ("http://example.com:99999/", "Port out of range"),
    ],
)
def test_an_address_that_cannot_be_asked_is_a_configuration_error(url: str, says: str) -> None:
    """It is told at load, never by a look."""
    with pytest.raises(ValidationError, match=says):
        Http(name="web", component="web", url=url)


@pytest.mark.parametrize(("method", "code"), [("DELETE", 405), ("HEAD", 405), ("foo", 501)])
async def test_any_method_can_be_asked_with(method: str, code: int) -> None:
    """The method goes out as written, and the detail gives the status that it got."""
    async with web(reply("", f"{code} Not Like This")) as site:
        result = await look_web(site.url(), method=method)
    assert site.asked[0].method == method
    assert verdict(result) == failed(Reason.STATUS)
    assert result.detail == f"the server answered {code} Not Like This"


async def test_head_needs_no_body_whatever_the_length_says() -> None:
    """The answer to HEAD announces a length and sends nothing (RFC 9110, section 9.3.2)."""
    async with web(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n") as site:
        result = await look_web(site.url(), method="HEAD")
    assert verdict(result) == OK
    assert result.numbers["content_length"] == 1000
    assert result.numbers["body_bytes"] == 0


async def test_interim_answers_are_passed_over() -> None:
    """100 and 103 come before the answer, and are none."""
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nX-Early: 1\r\n\r\n"
    async with web(interim + reply("hello")) as site:
        result = await look_web(site.url(), body_must_match=["^hello$"])
    assert verdict(result) == OK
    assert result.numbers["status_code"] == 200


async def test_endless_interim_answers_are_a_failure() -> None:
    """A server that only ever says "continue" is not waited for."""
    async with web(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000) as site:
        assert verdict(await look_web(site.url())) == failed(Reason.PROTOCOL)


async def test_a_status_that_failed_is_told_even_if_its_body_never_ends() -> None:
    """The status says more than the silence after it, and the body that came is still counted."""
    async with web(b"HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\nno such page") as site:
        result = await look_web(site.url())
    assert verdict(result) == failed(Reason.STATUS)
    assert result.numbers["body_bytes"] == len("no such page")
    assert any("no such page" in line.text for line in result.evidence)


async def test_a_redirect_is_an_answer_when_it_is_not_followed() -> None:
    """With following off, 302 can be what is expected, and nothing else is asked."""
    async with web({"/": redirect("/elsewhere")}) as site:
        result = await look_web(site.url(), follow_redirects=False, expect_status=[302])
    assert verdict(result) == OK
    assert site.paths == ["/"]
