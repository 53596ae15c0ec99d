"""Which channels carry a notice."""

import json
from datetime import timedelta

from monitor.config import ChannelOptions
from monitor.desk.carriers import choose, unwell
from monitor.ledger import audit, canaries
from monitor.models import Canary, CanaryOutcome
from tests.monitor.desk.conftest import SignIn
from tests.monitor.desk.house import House

CHANNELS = (
    ChannelOptions(kind="page", name="page"),
    ChannelOptions(kind="email", name="subscribers", carried_by=("sending",)),
    ChannelOptions(kind="webhook", name="partners", carried_by=("website", "sending")),
)


def test_all_carry_what_none_depends_on() -> None:
    """A channel that stands on nothing broken carries the notice."""
    chosen = choose(CHANNELS, {"reading": "Reading email"})
    assert (chosen.carried, chosen.left_out) == (CHANNELS, {})


def test_a_channel_that_was_refused_is_left_out() -> None:
    """What stands still carries nothing, and the approver reads what it was answered."""
    chosen = choose(CHANNELS, {"sending": "Sending email"}, {"partners": "it answered 410"})
    assert chosen.carried == CHANNELS[:1]
    assert chosen.left_out["partners"] == (
        "it was refused, and stands still until somebody lets it try again (it answered 410)"
    )


def test_a_channel_that_stands_on_what_is_broken_is_left_out() -> None:
    """Mail about a mail outage does not go by mail, and the reason names what fails in the customers' words."""
    chosen = choose(CHANNELS, {"sending": "Sending email", "website": "Website"})
    assert chosen.carried == CHANNELS[:1]
    assert chosen.left_out == {
        "subscribers": "it needs Sending email, which fails now",
        "partners": "it needs Website and Sending email, which fail now",
    }


def test_a_channel_that_failed_its_check_is_left_out() -> None:
    """The approver reads when and how; what it stands on goes before, and its refusal before that."""
    sick = {
        "subscribers": "its check failed at 04:10: 535 no",
        "partners": "its check failed at 04:11: it answered 500",
    }
    chosen = choose(CHANNELS, {"website": "Website"}, unwell=sick)
    assert chosen.carried == CHANNELS[:1]
    assert chosen.left_out == {
        "subscribers": "its check failed at 04:10: 535 no",
        "partners": "it needs Website, which fails now",
    }


def test_where_nothing_else_is_left_what_failed_its_check_is_tried() -> None:
    """To try what may fail is better than to tell nobody; what stands on what is broken is not tried."""
    sick = {"page": "its check failed at 04:10: 502", "subscribers": "its check failed at 04:10: 535 no"}
    chosen = choose(CHANNELS, {"sending": "Sending email"}, unwell=sick)
    assert chosen.carried == CHANNELS[:1]
    assert set(chosen.left_out) == {"subscribers", "partners"}


async def test_the_desk_says_before_it_matters_which_check_failed(house: House, sign_in: SignIn) -> None:
    """On the overview, on the page of readiness, at the draft, and after a yes in the audit."""
    async with house.ledger.write() as s:
        for channel in ("chat", "subscribers", "former-list"):
            await canaries.keep(s, channel, CanaryOutcome.FAILED, "it answered 410", house.now)
        await canaries.keep(s, "page", CanaryOutcome.OK, "fresh", house.now)
    browser = await sign_in("Maria")
    said = "its check failed at 14:02: it answered 410"
    for place in ("/", "/readiness"):
        page = (await browser.get(place)).text
        assert f"The channel chat will carry no notice, since {said}." in page
        assert "former-list" not in page
    await house.fail()
    page = await browser.get("/updates/1")
    assert f"left out: {said}" in page.text
    await browser.submit(page, "/updates/1/approve")
    async with house.ledger.read() as s:
        (yes,) = [line for line in await audit.lines(s) if line.action == "approved"]
    assert json.loads(yes.detail)["left_out"] == {
        "subscribers": "it needs Sending email, which fails now",
        "chat": said,
    }
    assert "/updates/1/also" in (await browser.get("/updates/1")).forms


async def test_a_check_of_another_day_says_which(house: House) -> None:
    """By the clock of the site; one that is off decides nothing."""
    failed = Canary(channel="chat", outcome=CanaryOutcome.FAILED, words="no", at=house.now)
    later = house.now + timedelta(days=1)
    assert unwell(house.config, {"chat": failed}, later) == {"chat": "its check failed on 22 November at 14:02: no"}
    off = house.config.model_copy(
        update={"channel": tuple(one.model_copy(update={"canary": None}) for one in house.config.channel)}
    )
    assert unwell(off, {"chat": failed}, later) == {}
