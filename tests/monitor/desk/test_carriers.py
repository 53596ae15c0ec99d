"""Which channels carry a notice."""

from monitor.config import ChannelOptions
from monitor.desk.carriers import choose

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
