"""What needs somebody: from the plight of an incident, without a record or a clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from drafts.facts import UpdateKind
from monitor.calls.matter import Matter, Plight, matters
from monitor.config import Calls
from monitor.ledger.alerts import TELLER
from monitor.models import Act, ActKind, Approval, Incident, IncidentUpdate, Member, Stage

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
INCIDENT = Incident(id=7, cause="sending", opened_at=NOON - MINUTE, confirmed_at=NOON)
MEMBER = Member(
    incident_id=7, target="smtp", component_id="send", kind="smtp", reason="greeting", flip_id=1, first_failed_at=NOON
)


def draft(number: int, kind: UpdateKind, *, promise: datetime | None = None) -> IncidentUpdate:
    """One message, created at noon."""
    return IncidentUpdate(
        id=number,
        incident_id=7,
        kind=kind,
        stage=Stage.INVESTIGATING,
        title=f"Title {number}",
        short="Short",
        next_update_at=promise,
        created_at=NOON,
    )


def act(kind: ActKind, minute: float, person: int = 1) -> Act:
    """What somebody did, so many minutes after noon."""
    return Act(incident_id=7, person_id=person, kind=kind, at=NOON + minute * MINUTE)


FIRST = draft(1, UpdateKind.FIRST)
PLIGHT = Plight(
    INCIDENT,
    (MEMBER,),
    names={1: "Anna", 2: "Ben", 3: TELLER},
    waiting=(FIRST,),
    component_names={"send": "Sending email"},
)
TAKEN = act(ActKind.ACKNOWLEDGED, 2)
PROMISE = NOON + 60 * MINUTE
SAID = draft(1, UpdateKind.FIRST, promise=PROMISE), Approval(update_id=1, person_id=1, at=NOON + 5 * MINUTE)
PUBLIC = replace(PLIGHT, waiting=(), published=(SAID,), acts=(TAKEN,))


def found(plight: Plight, minute: float = 0) -> list[Matter]:
    """What needs somebody so many minutes after noon."""
    return list(matters(plight, Calls(), NOON + minute * MINUTE))


def why(plight: Plight, minute: float = 0) -> list[str]:
    """The same in short, with whoever has come."""
    return [f"{one.why} {one.taken_by or ''}".strip() for one in found(plight, minute)]


def test_a_confirmed_failure_needs_somebody_at_once() -> None:
    """It is named by the draft, which its link leads to."""
    (one,) = found(PLIGHT)
    assert (one.key, one.since) == ("incident-7.20261122T115900Z/confirmed", NOON)
    assert (one.subject, one.short, one.path) == ("Title 1", "Short", "/updates/1")


def test_a_failure_whose_draft_is_not_there_yet_waits_for_it_a_second() -> None:
    """Then the components name it, and the link leads to the incident."""
    (one,) = found(replace(PLIGHT, waiting=()))
    assert (one.subject, one.path, one.since) == ("Sending email", "/incidents/7", NOON + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"incident": Incident(id=7, cause="x", opened_at=NOON)}, []),
        ({"members": (Member(**{**MEMBER.model_dump(), "recovered_at": NOON}),)}, []),
        ({"suspects": frozenset({"smtp"})}, []),
        ({"suspects": frozenset({"smtp"}), "noticed": ("send",)}, ["confirmed"]),
        ({"members": (), "noticed": ("send",)}, ["confirmed"]),
        ({"waiting": (), "rejected": (FIRST,)}, []),
        ({"rejected": (FIRST,)}, ["confirmed"]),
        ({"acts": (TAKEN,)}, ["approval", "confirmed Anna"]),
        ({"acts": (act(ActKind.CHECKED, 1, 2), TAKEN)}, ["approval", "confirmed Ben"]),
        ({"acts": (act(ActKind.NOTICED, 0), act(ActKind.CUSTOMER_FIRST, 0), act(ActKind.MERGED, 0))}, ["confirmed"]),
        ({"acts": (act(ActKind.CLEARED, 1, 3), act(ActKind.BRIEFED, 1))}, ["confirmed"]),
        ({"acts": (TAKEN,), "let_go": (NOON + 3 * MINUTE,)}, ["approval", "confirmed"]),
        ({"acts": (TAKEN, act(ActKind.CHECKED, 4)), "let_go": (NOON + 3 * MINUTE,)}, ["approval", "confirmed Anna"]),
    ],
)
def test_until_somebody_has_come(changes: dict[str, object], expected: list[str]) -> None:
    """Whoever looks into it has come; who only tells of it has not, nor who came to what was over since."""
    assert why(replace(PLIGHT, **changes)) == expected  # type: ignore[arg-type]  # a row of the table


def test_what_comes_back_is_a_matter_of_its_own() -> None:
    """Or its calls would be those that were made already."""
    (one,) = found(replace(PLIGHT, let_go=(NOON + MINUTE,)))
    assert one.key == "incident-7.20261122T115900Z/confirmed-2"


def test_a_first_notice_waits_from_when_it_was_taken_up() -> None:
    """Before that the other calls bring people to it."""
    (one, _) = found(replace(PLIGHT, acts=(TAKEN,)))
    assert (one.key, one.since) == ("incident-7.20261122T115900Z/draft-1/approval", NOON + 17 * MINUTE)
    assert (one.first, one.answers, one.public) == ("Anna", True, False)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (UpdateKind.SCOPE, ["approval"]),
        (UpdateKind.RECOVERY, ["approval"]),
        (UpdateKind.NO_NEWS, []),
        (UpdateKind.REVIEW, []),
    ],
)
def test_later_drafts_wait_from_when_they_were_written(kind: UpdateKind, expected: list[str]) -> None:
    """That there is no news has a clock of its own, the promise; and nobody is woken for a review."""
    plight = replace(PUBLIC, waiting=(draft(2, kind),))
    assert [one.why for one in found(plight, 50) if one.why == "approval"] == expected


def test_a_correction_after_the_end_needs_a_yes_too() -> None:
    """What was said wrongly stays so until somebody approves it."""
    over = Incident(**{**INCIDENT.model_dump(), "resolved_at": NOON + 20 * MINUTE})
    assert why(replace(PUBLIC, incident=over, waiting=(draft(3, UpdateKind.CORRECTION),)), 90) == ["approval"]


@pytest.mark.parametrize(
    ("minute", "expected", "since", "at_once"),
    [(6, "due", 55, 1), (59.9, "due", 55, 1), (60, "late", 60, 2), (200, "late", 60, 2)],
)
def test_the_last_promise_counts(minute: float, expected: str, since: float, at_once: int) -> None:
    """Five minutes ahead one is called, and when it has passed that one again, and the next person with them."""
    one = found(PUBLIC, minute)[-1]
    assert (one.why, one.since, one.at_once) == (expected, NOON + since * MINUTE, at_once)
    assert (one.promised, one.public, one.answers) == (PROMISE, True, True)


def test_whoever_has_it_in_hand_now_is_called_first() -> None:
    """That is who took it over last."""
    plight = replace(PUBLIC, acts=(TAKEN, act(ActKind.TAKEN_OVER, 30, 2)))
    assert {one.first for one in found(plight, 56)} == {"Ben"}
