"""Rules for an answer in JSON (CASES, section 2): a rule that cannot be evaluated is a failure, never a crash."""

import json

import pytest
from pydantic import ValidationError

from probes.http import Http
from probes.look import Reason
from tests.probes.web import OK, failed, look_web, reply, verdict, web

DOCUMENT = {"foo": {"bar": "baz"}, "ok": True, "n": 1, "none": None, "mood": "🎉", "parts": [{"up": 1}, {"up": 1}]}


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        ({"path": "foo.bar", "equals": "baz"}, True),
        ({"path": "$.foo.bar", "equals": "baz"}, True),
        ({"path": "$.foo.bar", "equals": "qux"}, False),
        ({"path": "$.foo.nothing", "equals": "baz"}, False),
        ({"path": "$.foo.nothing", "exists": False}, True),
        ({"path": "$.foo.bar", "exists": False}, False),
        ({"path": "$.none", "exists": True}, True),
        ({"path": "$.foo", "equals": {"bar": "baz"}}, True),
        ({"path": "$.mood", "equals": "🎉"}, True),
        ({"path": "$.mood", "equals": "😢"}, False),
        ({"path": "$.foo.bar", "matches": "^b.z$"}, True),
        ({"path": "$.foo.bar", "matches": "^z"}, False),
        ({"path": "$.n", "matches": "^1$"}, True),
        ({"path": "$.ok", "equals": True}, True),
        ({"path": "$.ok", "equals": 1}, False),
        ({"path": "$.n", "equals": True}, False),
        ({"path": "$.n", "equals": 1.0}, True),
        ({"path": "$.parts[*].up", "equals": 1}, True),
        ({"path": "$..up", "equals": 2}, False),
        ({"path": "$.parts[?@.up > 1]", "exists": False}, True),
    ],
)
async def test_what_must_stand_at_a_path(rule: dict[str, object], *, good: bool) -> None:
    """Every value at the path is meant, and there must be one."""
    async with web(reply(json.dumps(DOCUMENT), content_type="application/json")) as site:
        result = await look_web(site.url(), json=[rule])
    assert verdict(result) == (OK if good else failed(Reason.BODY_JSON)), result.detail
    assert good or str(rule["path"]) in result.detail


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b'{"n": NaN}',
        b"[" * 100_000,
        b'{"n": ' + b"9" * 5000 + b"}",
        b"\xff\xfe\x00",
        b"null",
        b"7",
        b'"{\\"n\\": 1}"',
    ],
)
async def test_a_body_that_is_no_such_document_is_a_failure(body: bytes) -> None:
    """Whatever it is instead."""
    async with web(reply(body)) as site:
        result = await look_web(site.url(), json=[{"path": "$.n", "equals": 1}])
    assert verdict(result) == failed(Reason.BODY_JSON)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"path": "$.foo[", "exists": True}, "bad JSON path"),
        ({"path": "$.foo"}, "one of equals, matches and exists"),
        ({"path": "$.foo", "exists": True, "equals": 1}, "one of equals, matches and exists"),
        ({"path": "$.foo", "matches": "("}, "bad regular expression"),
        ({"path": "$[?@.a =~ /(a+)+$/]", "exists": True}, "use the option matches"),
        ({"path": "$[?match(@.a, '(a+)+$')]", "exists": True}, "bad JSON path"),
    ],
)
def test_a_rule_that_cannot_be_is_a_configuration_error(rule: dict[str, object], says: str) -> None:
    """It is told at load; above all a path that would run a slow regular expression on a stranger's text."""
    with pytest.raises(ValidationError, match=says):
        Http(name="web", component="web", url="example.com", json=[rule])
