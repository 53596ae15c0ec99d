"""A Problem: why a program is not given what it asked for, as RFC 9457 has it, in a sentence that says what to do."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from aiohttp import web
from pydantic import BaseModel, ValidationError

from monitor.ledger.errors import (
    Alone,
    AlreadyApproved,
    Gone,
    Missing,
    NotTakenUp,
    Poor,
    Refused,
    Stale,
    Uncarried,
    Unconfirmed,
    Unsigned,
)

CONTENT_TYPE: Final = "application/problem+json"
MISTAKES_MAX: Final = 20

_STATUS: Final[Mapping[type[Refused], int]] = {Missing: 404, Stale: 412, Unsigned: 403}
_ADVICE: Final[Mapping[type[Refused], str]] = {
    Missing: "The lists show what there is.",
    Stale: "Get it anew, read what changed (a draft has /changes?since=REVISION), and decide then.",
    AlreadyApproved: "Get the draft: it says who approved it, and how far it has got.",
    Gone: "Nothing is left to do here: GET its incident, whose story tells what became of it.",
    NotTakenUp: "POST to the incident's /acknowledge first: the notice then bears that name.",
    Unconfirmed: "Ask again in a few seconds.",
    Alone: "Another approver reads it and agrees: POST to the draft's /agree with a token of theirs.",
    Poor: "The draft's findings tell what to write instead: PUT other words, or say as “override” why these may stay.",
    Uncarried: "Tell customers another way, by telephone or on another page: the draft has the words.",
    Unsigned: "Ask an approver, who has a token of their own.",
}


class Mistake(BaseModel):
    """One thing that is wrong with what was sent: where, and why."""

    where: str
    why: str


class Told(BaseModel):
    """The body of a problem: what was not done and why, and what to do next."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    advice: str
    mistakes: tuple[Mistake, ...] = ()


class Problem(Exception):  # noqa: N818 - an answer to a program, not an error of ours
    """Why something is not done: ``detail`` says it, and ``advice`` what to do."""

    def __init__(
        self,
        status: int,
        detail: str,
        advice: str,
        *,
        mistakes: Sequence[Mistake] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(detail)
        self.told = Told(
            title=HTTPStatus(status).phrase, status=status, detail=detail, advice=advice, mistakes=tuple(mistakes)
        )
        self.headers = headers

    def response(self) -> web.Response:
        """The answer that says so."""
        told = self.told
        body = told.model_dump_json(ensure_ascii=True).encode()
        return web.Response(status=told.status, body=body, content_type=CONTENT_TYPE, headers=self.headers)


def refused(why: Refused) -> Problem:
    """What the record does not do."""
    kind = type(why)
    sentence = f"Not done: {why}."
    return Problem(_STATUS.get(kind, 409), sentence, _ADVICE.get(kind, "Nothing was changed."))


def invalid(what: str, error: ValidationError) -> Problem:
    """What was sent is not what is asked for: every mistake at once."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MISTAKES_MAX]
    mistakes = [Mistake(where=".".join(map(str, one["loc"])) or what, why=one["msg"]) for one in found]
    first = f"{mistakes[0].where}: {mistakes[0].why}"
    return Problem(422, f"The {what} is not what this address takes: {first}.", "Put it right.", mistakes=mistakes)
