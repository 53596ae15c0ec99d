"""One cause, one case: who joins whom, and who stays apart."""

import pytest

from monitor.court.case import Reopen
from monitor.court.topology import Topology, registrable
from tests.monitor.court.trial import company, node


def test_thirty_targets_of_one_host_are_one_case() -> None:
    """CASES X11: one draft, thirty members."""
    trial = company(*(node(f"t{n}", host="192.0.2.7") for n in range(30)))
    for n in range(30):
        trial.saw(f"t{n}", "FFF", every_s=1)
    (case,) = trial.docket
    assert (trial.drafts, len(case.members)) == (1, 30)


def test_one_registrable_domain_is_one_case() -> None:
    """Twenty-six sites of one domain that go down together are one outage."""
    trial = company(*(node(f"t{n}", host=f"site{n}.example.co.uk") for n in range(26)))
    for n in range(26):
        trial.saw(f"t{n}", "F", every_s=3)
    assert trial.drafts == 1


def test_one_domain_outside_the_start_window_stays_apart() -> None:
    """An hour later it is something else."""
    trial = company(node("web", host="a.example.com"), node("mail", host="b.example.com"))
    trial.saw("web", "FFF")
    trial.wait(hours=1)
    trial.saw("mail", "FFF")
    assert trial.drafts == 2


def test_different_causes_at_the_same_time_stay_apart() -> None:
    """Nothing but the moment joins them, and that is not enough."""
    trial = company(node("web", host="a.example"), node("mail", host="b.test"))
    trial.saw("web", "F", every_s=0)
    trial.saw("mail", "F", every_s=0)
    assert [case.cause for case in trial.open] == ["component:web", "component:mail"]


def test_one_component_is_one_case() -> None:
    """For customers it is one thing, whenever its targets fail."""
    trial = company(node("in", component="mail"), node("out", component="mail"))
    trial.saw("in", "FFF")
    trial.wait(hours=1)
    trial.saw("out", "F")
    assert trial.drafts == 1


def test_a_parents_failure_explains_its_children() -> None:
    """At any later time while the parent fails, also through others."""
    trial = company(node("router"), node("db", depends_on=("router",)), node("web", depends_on=("db",)))
    trial.saw("router", "FFF")
    trial.wait(minutes=20)
    trial.saw("web", "FFF")
    (case,) = trial.docket
    assert {member.target for member in case.members} == {"router", "web"}


def test_a_parent_that_recovered_explains_nothing_new() -> None:
    """What fails after that fails for a reason of its own."""
    trial = company(node("db"), node("web", depends_on=("db",)))
    trial.saw("db", "FFFSS")
    trial.wait(minutes=20)
    trial.saw("web", "F")
    assert trial.drafts == 2


def test_a_child_may_be_seen_first() -> None:
    """The parent then joins its child's case, and so does its other child."""
    trial = company(node("db"), node("web", depends_on=("db",)), node("shop", depends_on=("db",)))
    trial.saw("web", "F")
    trial.saw("shop", "F")
    trial.saw("db", "FFF")
    assert (trial.drafts, len(trial.docket[0].members)) == (1, 3)


def test_components_depend_on_components() -> None:
    """Every target of the one is explained by any target of the other."""
    nodes = [node("ldap", component="login"), node("web", component="shop")]
    trial = company(*nodes, parents={"shop": ["login"]})
    trial.saw("ldap", "FFF")
    trial.wait(minutes=10)
    trial.saw("web", "FFF")
    assert trial.drafts == 1


def test_dependencies_in_a_ring_end() -> None:
    """A config that says so is odd, and judged all the same."""
    topology = Topology([node("a", depends_on=("b",)), node("b", depends_on=("a",)), node("c", depends_on=("c",))])
    assert topology.ancestors("a") == {"b"}
    assert topology.ancestors("c") == set()


def test_a_case_is_over_when_all_its_members_are() -> None:
    """One that still fails keeps it going."""
    trial = company(node("a", host="h.example"), node("b", host="h.example"))
    trial.saw("a", "FFF", every_s=1)
    trial.saw("b", "FFF", every_s=1)
    trial.saw("a", "SS")
    (case,) = trial.open
    assert [member.failing for member in case.members] == [False, True]


def test_a_blip_goes_on_and_can_still_be_called() -> None:
    """A suspicion that comes back and then lasts is one case, reopened."""
    trial = company(node("web"))
    trial.saw("web", "FSFFF")
    assert (trial.drafts, trial.count(Reopen), trial.calls) == (1, 1, 1)
    assert trial.open[0].members[0].confirmed


def test_names_that_lead_to_one_address_are_one_case() -> None:
    """Two customers' shops on one server: their names say nothing, where the looks went says it."""
    trial = company(
        node("one", host="shop.one.example"), node("two", host="two.test"), node("three", host="three.test")
    )
    for name, address in (("one", "192.0.2.7"), ("two", "192.0.2.8"), ("two", "192.0.2.7"), ("three", "192.0.2.9")):
        trial.saw_in(name, 0.1, {}, address)
    for name in ("one", "two", "three"):
        trial.saw(name, "FFF", every_s=1)
    assert [len(case.members) for case in trial.docket] == [2, 1]


def test_a_name_and_the_address_that_it_leads_to_are_one() -> None:
    """One target is configured by its address, the other by its name."""
    trial = company(node("web", host="www.example"), node("ssh", host="192.0.2.7"))
    trial.saw_in("web", 0.1, {}, "192.0.2.7")
    trial.saw("web", "FFF", every_s=1)
    trial.saw("ssh", "FFF", every_s=1)
    assert trial.drafts == 1


def test_only_the_last_addresses_are_remembered() -> None:
    """A name with hundreds of addresses costs no more than four, and what it was long ago joins nobody."""
    trial = company(node("cdn"), node("ssh", host="192.0.2.1"))
    for number in range(1, 301):
        trial.saw_in("cdn", 0.1, {}, f"192.0.2.{number}")
    assert trial.topology.addresses == {"cdn": tuple(f"192.0.2.{number}" for number in range(297, 301))}
    assert not trial.topology.same_host("cdn", "ssh")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.com", "example.com"),
        ("example.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("WWW.Example.COM.", "example.com"),
        ("mail.example.lv", "example.lv"),
        ("www.example.kawasaki.jp", "www.example.kawasaki.jp"),
        ("a.example.com.br", "example.com.br"),
        ("example.github.io", "example.github.io"),
        ("www.example.internal", "example.internal"),
        ("co.uk", None),
        ("192.0.2.1", None),
        ("2001:db8::1", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_the_registrable_domain(host: str, domain: str | None) -> None:
    """As the public suffix list has it: also where a host lets everybody register below it; an address has none."""
    assert registrable(host) == domain
