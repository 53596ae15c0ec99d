"""Decisions: a person's yes or no to a draft through a program, bound to the version and the hash of what they saw."""

from typing import Annotated

from pydantic import StringConstraints

from monitor.desk import answers
from monitor.desk.answers import REASON_CHARS_MAX, Seen
from monitor.desk.api.ask import Ask
from monitor.desk.api.drafts import DraftWhole, unchanged, whole
from monitor.desk.api.endpoint import Version
from monitor.desk.api.words import Given, Line, Sha256
from monitor.models import IncidentUpdate

Reason = Annotated[str, StringConstraints(max_length=REASON_CHARS_MAX)]


class Approve(Given):
    """The hash of the very words that the person saw, and why they may stay where the rules would hold them back."""

    text_sha256: Sha256
    override: Reason = ""


class Agree(Given):
    """The hash of the very words that the second approver saw."""

    text_sha256: Sha256


class Reject(Given):
    """Why; and whether it was a false alarm, which is counted."""

    reason: Line
    false_alarm: bool = False


async def approve(ask: Ask, number: int, version: Version, given: Approve) -> DraftWhole:
    """Approve the draft in the name of the token's person.

    Its words go out then, over every channel that can carry them.
    """
    async with ask.write() as s:
        seen = _seen(ask, await unchanged(s, number, version), given.text_sha256)
        await answers.approve(s, ask.seat, seen, override=given.override, now=ask.now)
        return await whole(s, ask, number)


async def agree(ask: Ask, number: int, version: Version, given: Agree) -> DraftWhole:
    """Agree with the draft as a second approver. Nothing is published by it."""
    async with ask.write() as s:
        await answers.agree(s, _seen(ask, await unchanged(s, number, version), given.text_sha256), ask.now)
        return await whole(s, ask, number)


async def reject(ask: Ask, number: int, version: Version, given: Reject) -> DraftWhole:
    """Reject the draft. It is kept in the record with the reason, and nothing is published."""
    async with ask.write() as s:
        draft = await unchanged(s, number, version)
        seen = _seen(ask, draft, draft.text_sha256)
        await answers.reject(s, seen, reason=given.reason, false_alarm=given.false_alarm, now=ask.now)
        return await whole(s, ask, number)


def _seen(ask: Ask, draft: IncidentUpdate, text_sha256: str) -> Seen:
    """What the person had before them: the version was compared, and the hash is compared with the words themselves."""
    return Seen(
        update_id=draft.id,
        person_id=ask.person_id,
        revision=draft.revision,
        text_sha256=text_sha256,
        facts_sha256=draft.facts_sha256,
    )
