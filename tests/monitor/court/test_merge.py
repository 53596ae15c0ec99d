"""One cause after all: what began apart and becomes one when a later failure explains it."""

from dataclasses import replace

from monitor.court.case import Case, Member, Merge
from monitor.court.merge import united
from tests.monitor.court.trial import NOON, Trial, company, node

LINKED = (node("db"), node("web", depends_on=("db",)), node("shop", depends_on=("db",)), node("mail"))


def names(case: Case) -> set[str]:
    """Who is part of a case."""
    return {member.target for member in case.members}


def slowly(trial: Trial) -> None:
    """The children fail five minutes apart, and the parent, which is seldom looked at, only after them."""
    trial.saw("db", "S")
    trial.saw("web", "FFF")
    trial.wait(minutes=5)
    trial.saw("mail", "FFF")
    trial.saw("shop", "FFF")
    trial.wait(minutes=5)


def test_a_parent_that_fails_later_makes_its_children_one() -> None:
    """It may have failed right after its last good look, so it explains both; what does not need it stays apart."""
    trial = company(*LINKED)
    slowly(trial)
    assert [names(case) for case in trial.open] == [{"web"}, {"mail"}, {"shop"}]
    trial.saw("db", "FFF")
    assert [names(case) for case in trial.open] == [{"web", "shop", "db"}, {"mail"}]
    assert [ruling for ruling in trial.rulings if isinstance(ruling, Merge)] == [
        Merge("component:shop", "component:web", "db", trial.now)
    ]


def test_a_suspicion_makes_nothing_one() -> None:
    """One lost packet must not join what cannot be parted again."""
    trial = company(*LINKED)
    slowly(trial)
    trial.saw("db", "FFS")
    assert len(trial.open) == 3


def test_a_parent_seen_well_since_explains_nothing() -> None:
    """Its children failed for another reason: it was well while they did."""
    trial = company(*LINKED)
    slowly(trial)
    trial.saw("db", "S")
    trial.saw("db", "FFF")
    assert [names(case) for case in trial.open] == [{"web"}, {"mail"}, {"shop"}, {"db"}]


def test_what_recovered_is_not_explained() -> None:
    """Only what still fails becomes part of the other; what is over keeps its own story."""
    trial = company(*LINKED)
    slowly(trial)
    trial.saw("web", "SS")
    trial.saw("db", "FFF")
    assert [names(case) for case in trial.open] == [{"web"}, {"mail"}, {"shop", "db"}]


def test_a_child_that_relapses_while_its_parent_fails_becomes_one_with_it() -> None:
    """It was part of a case of its own, whose cause was gone; its failure now is the parent's."""
    trial = company(*LINKED)
    trial.saw("web", "FFFSS")
    trial.wait(minutes=10)
    trial.saw("db", "SFFF")
    assert len(trial.open) == 2
    trial.saw("web", "FFF")
    assert [names(case) for case in trial.open] == [{"web", "db"}]


def test_what_the_public_was_told_of_lives_on() -> None:
    """The younger case has published words: it takes over the older ones."""
    trial = company(*LINKED)
    slowly(trial)
    trial.publish("component:shop")
    trial.saw("db", "FFF")
    assert [case.cause for case in trial.open] == ["component:mail", "component:shop"]
    assert names(trial.open[1]) == {"web", "shop", "db"}


def test_two_promises_are_both_kept() -> None:
    """Both were told of, so each goes on until a human ends it."""
    trial = company(*LINKED)
    slowly(trial)
    trial.publish("component:shop")
    trial.publish("component:web")
    trial.saw("db", "FFF")
    assert [names(case) for case in trial.open] == [{"web", "db"}, {"mail"}, {"shop"}]


def test_what_a_human_has_split_stays_so() -> None:
    """They know more than we do; with a third case each of them may still become one."""
    trial = company(*LINKED)
    slowly(trial)
    trial.docket = tuple(replace(case, apart=case.cause != "component:mail") for case in trial.docket)
    trial.saw("db", "FFF")
    assert [names(case) for case in trial.open] == [{"web", "db"}, {"mail"}, {"shop"}]


def test_what_a_human_took_up_lives_on() -> None:
    """What they did is evidence of that case, and their notice rests on it."""
    trial = company(*LINKED)
    slowly(trial)
    trial.publish("component:shop", told=False)
    trial.saw("db", "FFF")
    assert [case.cause for case in trial.open] == ["component:mail", "component:shop"]


def test_the_parts_of_both_are_kept_as_they_are_now() -> None:
    """Whoever was well in the one and fails in the other fails, and what was certain stays certain."""
    before = Member("web", "web", NOON, confirmed=True, recovered_at=NOON)
    now = Member("web", "web", NOON, confirmed=False)
    (both,) = united(Case("a", (before,)), Case("b", (now,))).members
    assert both == Member("web", "web", NOON, confirmed=True)
    assert united(Case("a", (now,)), Case("b", (before,))).members == (now,)
