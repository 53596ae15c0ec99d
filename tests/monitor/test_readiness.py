"""What would be left if a component died: a table of configs."""

from pathlib import Path

import pytest

from monitor import calls, publish
from monitor.config import load
from monitor.readiness import Outlook, Readiness, readiness

HOUSE = """
[[component]]
id = "network"
name = "Network"
[[component]]
id = "sending"
name = "Sending email"
depends_on = ["network"]
addresses = ["help@example.test", "+371 6700 0000"]
[[component]]
id = "website"
name = "Website"
meanwhile = "Write to Help@example.test, or call us."
[[target]]
name = "smtp"
kind = "smtp"
component = "sending"
host = "mail.example.test"
[[target]]
name = "web"
kind = "http"
component = "website"
url = "https://www.example.test/"
"""
MAIL = """
[[channel]]
kind = "email"
name = "customers"
host = "{host}"
mail_from = "status@example.test"
to = ["all@example.test"]
carried_by = [{carried_by}]
"""
PAGE = '[[channel]]\nkind = "page"\n'
PAGER = '[[route]]\nkind = "pagerduty"\nname = "pager"\nrouting_key = "${KEY}"\n'
ROUTE = """
[[route]]
kind = "email"
name = "ada-mail"
host = "{host}"
mail_from = "ownup@example.test"
to = "ada@example.test"
carried_by = [{carried_by}]
"""
ADA = '[[person]]\nname = "Ada"\nroutes = [{routes}]\n'


def found(directory: Path, *parts: str) -> Readiness:
    """How ready the house is with these parts."""
    path = directory / "config.toml"
    path.write_text("\n".join((HOUSE, *parts)))
    return readiness(load(path, publish.Kind, calls.Kind, environ={"KEY": "k"}))


def of(name: str, ready: Readiness) -> Outlook:
    """The outlook of one component."""
    return next(outlook for outlook in ready.outlooks if outlook.component == name)


def mail(host: str = "relay.other.test", carried_by: str = '"sending"') -> str:
    """The channel that mails."""
    return MAIL.format(host=host, carried_by=carried_by)


def route(host: str = "relay.other.test", carried_by: str = '"sending"') -> str:
    """Ada's mailbox."""
    return ROUTE.format(host=host, carried_by=carried_by)


def test_what_depends_on_the_dead_dies_with_it(tmp_path: Path) -> None:
    """The network takes sending along, and with it what goes by mail."""
    ready = found(tmp_path, PAGE, mail(), PAGER, route(), ADA.format(routes='"ada-mail", "pager"'))
    network = of("Network", ready)
    assert network.takes_along == ("Sending email",)
    assert network.channels == ("page",)
    assert [(lost.name, lost.needs) for lost in network.lost] == [("customers", ("Sending email",))]
    assert [(one.name, one.routes) for one in network.called] == [("Ada", ("pager",))]
    assert of("Website", ready).channels == ("page", "customers")


def test_the_only_channel_is_what_you_watch(tmp_path: Path) -> None:
    """The classic: notices of a mail outage that go by mail."""
    ready = found(tmp_path, mail(), PAGER, ADA.format(routes='"pager"'))
    assert of("Sending email", ready).gaps[0] == (
        "Nothing would reach customers if Sending email died: your only channel is customers. "
        "Add a channel that does not need it."
    )
    assert of("Sending email", ready).gaps[0] in ready.missing


def test_nobody_could_be_called(tmp_path: Path) -> None:
    """A person whose every route needs what died is not called by it."""
    ready = found(tmp_path, PAGE, route(), ADA.format(routes='"ada-mail"'))
    assert "Nobody could be called if Sending email died" in of("Sending email", ready).gaps[0]
    assert of("Website", ready).called[0].routes == ("ada-mail",)


def test_an_address_that_our_own_words_send_customers_to_is_dead(tmp_path: Path) -> None:
    """Whatever its letters' case, and wherever a customer would read it."""
    ready = found(tmp_path, PAGE, PAGER, ADA.format(routes='"pager"'), '[site]\nsignature = "Support, +371 6700 0000"')
    dead = [(one.address, one.where) for one in of("Sending email", ready).dead]
    assert dead == [
        ("help@example.test", "what to do while Website is down"),
        ("+371 6700 0000", "the signature"),
    ]
    assert len(of("Network", ready).gaps) == 2
    assert of("Website", ready).dead == ()


@pytest.mark.parametrize(
    ("part", "gap"),
    [
        (mail("mail.example.test", ""), "The channel customers goes through mail.example.test"),
        (route("MAIL.example.test", ""), "The route ada-mail goes through MAIL.example.test"),
        ('[site]\npublic_url = "https://www.example.test/status"', "The public page goes through www.example.test"),
    ],
)
def test_a_way_through_a_server_that_you_watch_says_so(tmp_path: Path, part: str, gap: str) -> None:
    """Or nobody knows that it dies with it; once it says carried_by there is nothing left to say."""
    ready = found(tmp_path, PAGE, PAGER, ADA.format(routes='"pager"'), part)
    assert [one for one in ready.gaps if one.startswith(gap)]
    told = found(tmp_path, PAGE, PAGER, ADA.format(routes='"pager"'), mail("mail.example.test"), route())
    assert told.gaps == ()


def test_without_people_and_channels_that_is_what_is_missing(tmp_path: Path) -> None:
    """Two sentences, not two for each component."""
    ready = found(tmp_path)
    assert [gap.partition(",")[0] for gap in ready.gaps] == ["There is no [[channel]]", "There is no [[person]]"]


def test_a_house_that_is_ready(tmp_path: Path) -> None:
    """Two ways to customers, and one to Ada that stands on nothing of ours."""
    free = '[[component]]\nid = "phone"\nname = "Phone"\naddresses = ["112"]'
    assert found(tmp_path, PAGE, mail(), PAGER, ADA.format(routes='"pager"'), free).gaps == ()
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().replace("Write to Help@example.test, or call us.", ""))
    assert readiness(load(path, publish.Kind, calls.Kind, environ={"KEY": "k"})).missing == ()
