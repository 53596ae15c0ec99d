"""The page behind an invitation: say your name, choose a password, and be signed in."""

from typing import Final

from aiohttp import web

from monitor.desk.invite import FIRST
from monitor.desk.login import begin
from monitor.desk.visit import Refusal, Visit
from monitor.ledger import audit, people
from monitor.markdown import honest
from monitor.models import Person
from monitor.password import LENGTH_MAX, LENGTH_MIN

NAME_LENGTH_MAX: Final = 80


async def get(visit: Visit) -> web.Response:
    """Greet whom the link invites. Looking uses nothing up: mail programs open links to preview them."""
    _check_passwords(visit)
    async with visit.seat.ledger.read() as s:
        person = await people.invited(s, _token(visit), visit.now)
    return _greet(visit, _known(person))


async def post(visit: Visit) -> web.Response:
    """Set the name and the password, which uses the link up."""
    _check_passwords(visit)
    async with visit.seat.ledger.read() as s:
        person = _known(await people.invited(s, _token(visit), visit.now))
        namesake = await people.find(s, _name(visit))
    _check(visit, person, taken=namesake is not None and namesake.id != person.id)
    stored = await visit.desk.passwords.hash(visit.field("password"))
    async with visit.seat.ledger.write() as s:
        person = _known(await people.invited(s, _token(visit), visit.now))
        await people.rename(s, person.id, _name(visit))
        await people.set_password(s, person.id, stored)
        await audit.note(s, actor=_name(visit), action="set password", subject=f"person:{person.id}", now=visit.now)
    return await begin(visit, person, "/")


def _check_passwords(visit: Visit) -> None:
    if not visit.seat.config.desk.passwords:
        raise Refusal(403, "Nobody signs in with a password here.", "Open the desk, and sign in where it leads you.")


def _check(visit: Visit, person: Person, *, taken: bool) -> None:
    password = visit.field("password")
    wrong = ""
    if not 0 < len(_name(visit)) <= NAME_LENGTH_MAX:
        wrong = f"A name is needed, of {NAME_LENGTH_MAX} letters at most."
    elif taken:
        wrong = "Somebody else here has that name."
    elif not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        wrong = f"A password here has {LENGTH_MIN} characters or more, and this one has {len(password)}."
    elif password != visit.field("again"):
        wrong = "The two are not the same."
    if wrong:
        refusal = Refusal(422, wrong, "Nothing was set: choose again.")
        refusal.shown = _greet(visit, person, refusal=refusal)
        raise refusal


def _name(visit: Visit) -> str:
    """The name as it will stand under notices: without what hides or turns text, on one line."""
    return " ".join(honest(visit.field("name")).split())


def _token(visit: Visit) -> str:
    return visit.request.match_info["token"]


def _known(person: Person | None) -> Person:
    if person is None:
        raise Refusal(404, "This link does not work: it was used, or is too old.", "Ask an admin for a new one.")
    return person


def _greet(visit: Visit, person: Person, *, refusal: Refusal | None = None) -> web.Response:
    status = refusal.status if refusal else 200
    name = visit.field("name") or ("" if person.name == FIRST else person.name)
    return visit.page("welcome.html", status=status, invited=person, name=name, length_min=LENGTH_MIN, refusal=refusal)
