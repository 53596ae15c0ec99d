"""The page behind an invitation: choose a password, and be signed in."""

from aiohttp import web

from monitor.desk.login import begin
from monitor.desk.password import LENGTH_MAX, LENGTH_MIN
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import audit, people
from monitor.models import Person


async def get(visit: Visit) -> web.Response:
    """Greet whom the link invites. Looking uses nothing up: mail programs open links to preview them."""
    async with visit.seat.ledger.read() as s:
        person = await people.invited(s, _token(visit), visit.now)
    return _greet(visit, _known(person))


async def post(visit: Visit) -> web.Response:
    """Set the password, which uses the link up."""
    async with visit.seat.ledger.read() as s:
        person = _known(await people.invited(s, _token(visit), visit.now))
    _check(visit, person)
    stored = await visit.desk.passwords.hash(visit.field("password"))
    async with visit.seat.ledger.write() as s:
        person = _known(await people.invited(s, _token(visit), visit.now))
        assert person.id is not None  # noqa: S101 - they stand in the record
        await people.set_password(s, person.id, stored)
        await audit.note(s, actor=person.name, action="set password", subject=f"person:{person.id}", now=visit.now)
    return await begin(visit, person, "/")


def _check(visit: Visit, person: Person) -> None:
    password = visit.field("password")
    wrong = ""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        wrong = f"A password here has {LENGTH_MIN} characters or more, and this one has {len(password)}."
    elif password != visit.field("again"):
        wrong = "The two are not the same."
    if wrong:
        refusal = Refusal(422, wrong, "Nothing was set: choose again.")
        refusal.shown = _greet(visit, person, refusal=refusal)
        raise refusal


def _token(visit: Visit) -> str:
    return visit.request.match_info["token"]


def _known(person: Person | None) -> Person:
    if person is None:
        raise Refusal(404, "This link does not work: it was used, or is too old.", "Ask an admin for a new one.")
    return person


def _greet(visit: Visit, person: Person, *, refusal: Refusal | None = None) -> web.Response:
    status = refusal.status if refusal else 200
    return visit.page("welcome.html", status=status, invited=person, length_min=LENGTH_MIN, refusal=refusal)
