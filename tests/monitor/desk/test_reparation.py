"""The worksheet shows what was measured and what is owed for it, and only a named human decides."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.desk.reparation import _months
from monitor.ledger import incidents
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from monitor.models import ActKind
from probes.look import Outcome, Reason, Result
from tests.monitor.desk.conftest import SignIn, SignInAt
from tests.monitor.desk.house import START, House, configured, scope

SHEET = "/incidents/1/reparation"
PLANS = [
    {
        "name": "Business",
        "components": ["sending"],
        "owed": [{"below": 99.9, "credit": 10}],
        "goodwill": [{"over": "30m", "credit": 15}],
    },
    {"name": "Reader", "components": ["reading"], "owed": [{"below": 99.9, "credit": 50}]},
]


def look(name: str, half_minute: int) -> Result:
    """A look of the first hour, in which all was good, or of the second, in which nothing was."""
    good = half_minute < 120
    return Result(
        target=name,
        kind="smtp",
        outcome=Outcome.OK if good else Outcome.FAILED,
        reason=None if good else Reason.TIMEOUT,
        detail="",
        started_at=START + timedelta(seconds=30 * half_minute),
        duration_s=0.1,
        phases={},
        certificate=None,
        evidence=(),
        numbers={},
    )


async def measured(directory: Path) -> None:
    """Two hours of looks, as an earlier life of the house left them."""
    config = configured(directory, plan=PLANS)
    async with (
        Ledger.open(config.storage, directory),
        Samples.open(config.storage, directory, scope(config)) as samples,
    ):
        for half_minute in range(242):
            for name in ("smtp-submission", "smtp-relay"):
                samples.add(look(name, half_minute))


async def test_it_works_out_what_is_owed(tmp_path: Path, sign_in_at: SignInAt) -> None:
    """An hour down owes what the terms say, goodwill adds what goes beyond, and another plan is not concerned."""
    await measured(tmp_path)
    async with House.open(tmp_path, plan=PLANS) as house:
        house.wait(hours=2)
        await house.fail()
        page = await (await sign_in_at(house, "Rita")).get(SHEET)
    assert page.status == 200
    for words in (
        "Nobody has decided yet.",
        "Business · Nov 2026, so far",
        "<dt>Down</dt><dd>1 h",
        "10% of the month's fee",
        "5% of the month's fee",
        "By the terms of Business we owe you 10% of that month&#39;s fee. We give 5% beyond that.",
    ):
        assert words in page.text
    assert "Reader" not in page.text


async def test_a_named_human_decides(house: House, sign_in: SignIn) -> None:
    """None, because …, is a decision; the later one stands, and both stay in the record."""
    await house.fail()
    browser = await sign_in("Maria")
    page = await browser.get(SHEET)
    assert "The config has no [[plan]]" in page.text
    await browser.post(
        "/incidents/1/acts", {**page.forms["/incidents/1/acts"], "kind": "amends", "amends": "a free day"}
    )
    assert "We give: a free day (Maria, 14:02:11 UTC)" in (await browser.get(SHEET)).text
    fields = {**page.forms["/incidents/1/acts"], "kind": "no_amends", "because": "nobody was kept from anything"}
    await browser.post("/incidents/1/acts", fields)
    assert "Nothing, because: nobody was kept from anything (Maria, 14:02:11 UTC)" in (await browser.get(SHEET)).text
    async with house.ledger.read() as s:
        decided = [act.kind for act in await incidents.acts(s, 1)][1:]
    assert decided == [ActKind.AMENDS, ActKind.NO_AMENDS]


async def test_who_only_reads_decides_nothing(house: House, sign_in: SignIn) -> None:
    """A viewer sees the worksheet without its forms; what was never confirmed has none."""
    await house.fail(confirmed=False)
    browser = await sign_in("Vera")
    assert (await browser.get(SHEET)).status == 404
    await house.confirm()
    page = await browser.get(SHEET)
    assert (page.status, "/incidents/1/acts" in page.forms) == (200, False)


@pytest.mark.parametrize(("days", "months"), [(0, 1), (8, 1), (9, 2), (40, 3), (400, 6)])
def test_an_outage_over_midnight_of_a_month_has_two(days: int, months: int) -> None:
    """Every month that it touched is worked out, at most the latest six."""
    first = START.date()
    found = _months(first, first + timedelta(days=days))
    assert len(found) == months
    assert all(following.day == 1 for _, following in found)
