"""The document of the API against the API: whatever a stranger's program sends, the answer is one that it names."""

import asyncio
from collections import Counter

import pytest
import schemathesis
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from monitor.desk.api.routes import ENDPOINTS
from tests.monitor.desk.api.conftest import ALERTS, issue
from tests.monitor.desk.house import House

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 5
"""For each operation and each of the three; the seed is fixed, so that a red run can be run again."""


STREAMS = {"GET /api/v1/events"}
"""What never ends of itself has tests of its own."""


@pytest.mark.parametrize(
    ("storage", "name", "met"),
    [
        ("sqlite", "Vera", {200, 403, 404}),
        ("sqlite", "", {401}),
        ("postgresql", "Maria", {200, 404, 412, 422}),
        ("postgresql", "Alertmanager", {200, 422}),
    ],
    ids=["viewer", "nobody", "approver", "alertmanager"],
    indirect=["storage"],
)
async def test_every_answer_is_one_that_the_document_names(
    house: House, client: TestClient, name: str, met: set[int]
) -> None:
    """No 500, no status, type, header or body that is not told: for who may read, who may approve, and strangers."""
    await house.fail()
    await house.fail("imap-login", confirmed=False)
    known = {"": "", "Alertmanager": ALERTS}
    secret = known[name] if name in known else await issue(house, name)
    theirs = [one for one in ENDPOINTS if one.outside or name != "Alertmanager"]
    wanted = {f"{one.method} /api/v1{one.path}" for one in theirs} - STREAMS
    answers = await asyncio.to_thread(try_all, str(client.make_url("/")), secret, wanted)
    assert answers.keys() == wanted
    assert all(sum(answer.values()) >= EXAMPLES // 2 for answer in answers.values())
    assert met <= set().union(*answers.values())


def try_all(url: str, secret: str, wanted: set[str]) -> dict[str, Counter[int]]:
    """Send to each of these what its own description allows, and what it does not; gives what came back, by status."""
    schema = schemathesis.openapi.from_url(f"{url}api/v1/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    return {one.label: try_one(one, url, secret) for one in operations if one.label in wanted}


def try_one(operation: schemathesis.schemas.APIOperation, url: str, secret: str) -> Counter[int]:
    """Send to one operation."""
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    answers: Counter[int] = Counter()

    @seed(20261122)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=HealthCheck,
    )
    @given(case=good | _bad(operation) if _may_be_bad(operation) else good)
    def ask(case: schemathesis.Case) -> None:
        answer = case.call_and_validate(base_url=url.rstrip("/"), headers=headers, checks=CHECKS)
        answers[answer.status_code] += 1

    ask()
    return answers


def _bad(operation: schemathesis.schemas.APIOperation) -> SearchStrategy[schemathesis.Case]:
    return operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


def _may_be_bad(operation: schemathesis.schemas.APIOperation) -> bool:
    """Whether there is anything in a request that could be wrong."""
    return bool(operation.body) or bool(operation.query)
