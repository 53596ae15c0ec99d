"""What changed in a draft, for a human to compare."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from drafts.facts import Act, Affected, Facts, UpdateKind, Working
from monitor.desk.change import Span, between
from monitor.desk.times import Times
from monitor.models import IncidentUpdate, Revision, Stage

NOW = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)
TIMES = Times(ZoneInfo("UTC"), NOW)
SENDING = Affected("Sending email", "smtp", "starttls", failing=1, targets=2, total=False, evidence=("flip:1",))
FACTS = Facts(
    timezone="UTC",
    language="en",
    since=NOW,
    last_good=NOW - timedelta(seconds=30),
    affected=(SENDING,),
    evidence=("flip:1",),
    working=(Working("Website", ("flip:2",)),),
    next_update=NOW + timedelta(minutes=30),
)
WORDS = {"title": "Sending email: down", "body": "You cannot send mail.", "short": "Down.", "spoken": "It is down."}


def seen(facts: Facts = FACTS, **words: str) -> Revision:
    """A draft as somebody saw it."""
    return Revision(
        update_id=1,
        number=1,
        facts=facts.as_json(),
        facts_sha256=facts.sha256(),
        text_sha256="",
        at=NOW,
        **{**WORDS, **words},
    )


def present(facts: Facts = FACTS, **words: str) -> IncidentUpdate:
    """The draft as it is."""
    return IncidentUpdate(
        incident_id=1,
        kind=UpdateKind.FIRST,
        stage=Stage.INVESTIGATING,
        language="en",
        facts=facts.as_json(),
        facts_sha256=facts.sha256(),
        text_sha256="",
        created_at=NOW,
        changed_at=NOW,
        **{**WORDS, **words},
    )


def test_nothing_changed_is_nothing_shown() -> None:
    """The same words and facts give no change, and neither does the moment at which they were drawn up."""
    assert between(seen(), present(replace(FACTS, at=NOW)), TIMES) == ()


def test_words_are_compared_word_by_word() -> None:
    """What stayed, what went, what came; the space between is no part of a change."""
    (change,) = between(seen(), present(body="You cannot read mail at all."), TIMES)
    assert change.what == "Text"
    assert change.spans == (
        Span("same", "You cannot "),
        Span("gone", "send mail."),
        Span("same", " "),
        Span("new", "read mail at all."),
    )


@pytest.mark.parametrize(
    ("facts", "what", "gone", "new"),
    [
        (
            replace(FACTS, affected=(replace(SENDING, failing=2, total=True),)),
            "Sending email",
            "1 of its 2 checks fails",
            "all 2 of its checks fail",
        ),
        (replace(FACTS, working=()), "Still works", "Website", "nothing else that we check"),
        (
            replace(FACTS, acknowledged=Act("Maria", NOW, ("act:1",))),
            "Taken up",
            "nobody has said so yet",
            "Maria, 14:02:11 UTC",
        ),
        (replace(FACTS, next_update=None), "Next update promised by", "14:32 UTC", ""),
        (replace(FACTS, last_good=None), "Last good check before it", "14:01:41 UTC", "none on record"),
        (replace(FACTS, recovered_at=NOW), "Works again in our checks since", "", "14:02:11 UTC"),
        (
            replace(FACTS, cause=Act("Maria", NOW, ("act:2",), "a full disk")),
            "Cause",
            "not known",
            "Maria, 14:02:11 UTC: a full disk",
        ),
    ],
)
def test_a_fact_is_replaced_as_a_whole(facts: Facts, what: str, gone: str, new: str) -> None:
    """Each fact that changed is one line: what it was, and what it is."""
    (change,) = between(seen(), present(facts), TIMES)
    texts = {span.how: span.text for span in change.spans}
    assert (change.what, texts.get("gone", ""), texts.get("new", "")) == (what, gone, new)


def test_facts_come_first_and_the_repeating_forms_aside() -> None:
    """A reader meets what happened, then the text; the short and spoken forms, which say the same, are folded."""
    changes = between(seen(), present(replace(FACTS, working=()), title="t", body="b", short="s", spoken="p"), TIMES)
    assert [change.what for change in changes] == ["Still works", "Title", "Text", "Short form", "Spoken form"]
    assert [change.is_aside for change in changes] == [False, False, False, True, True]
