"""Every catalogue is complete: whatever a look can find, each language can say."""

import pytest

from drafts.faults import Fault, fault_of
from drafts.phrases import TEMPLATES, phrases
from probes.reason import Reason

LANGUAGES = sorted(path.name for path in TEMPLATES.iterdir())
UNTOLD = {Fault.REFUSED, Fault.UNKNOWN}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_said(language: str) -> None:
    """What a check saw has words for every reason there is, and for none that there is not."""
    assert set(phrases(language).saw) == {reason.value for reason in Reason}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_a_state_and_an_effect(language: str) -> None:
    """Each sort of trouble has its title and, where a customer can notice anything, its effect for any kind."""
    assert set(phrases(language).state) == {fault.value for fault in Fault}
    assert set(phrases(language).effect["other"]) == {fault.value for fault in Fault} - UNTOLD


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_a_fault(reason: Reason) -> None:
    """Only what is our own doing is told as unknown."""
    ours = {Reason.PROXY, Reason.TOKEN, Reason.ISOLATED, Reason.BROKEN}
    assert (fault_of(reason) is Fault.UNKNOWN) == (reason in ours)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("you cannot send mail", "you could not send mail"),
        ("the shop is closed", "you saw this: the shop is closed"),
    ],
)
def test_company_words_afterwards(now: str, then: str) -> None:
    """A company's own words are turned to the past where that is sure, and quoted where it is not."""
    assert phrases("en").afterwards(now) == then
