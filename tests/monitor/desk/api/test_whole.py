"""The API does all that the desk does: a page or a form of the desk that no program can use is named here, with why."""

from typing import Final

from monitor.desk.api.endpoint import Endpoint
from monitor.desk.api.routes import ENDPOINTS
from monitor.desk.app import ROUTES
from monitor.desk.gate import Route
from monitor.desk.number import ROW
from monitor.models import Role

SAME: Final = {
    "GET /": "GET /me, GET /components, GET /drafts, GET /incidents, GET /channels, GET /calls, GET /followups",
    "GET /live": "GET /events",
    "GET /targets": "GET /targets",
    "GET /brief": "GET /brief",
    "GET /readiness": "GET /readiness, GET /drill, GET /sample",
    "GET /reply": "GET /incidents",
    "POST /reply": "POST /incidents/{id}/reply",
    "POST /drill": "POST /drill",
    "GET /subscribers": "GET /subscribers",
    "POST /subscribers/export": "POST /subscribers/export",
    "POST /subscribers/erase": "POST /subscribers/erase",
    "GET /incidents/new": "GET /components",
    "POST /incidents/new": "POST /incidents",
    "GET /incidents/{id}": "GET /incidents/{id}",
    "POST /incidents/{id}/acknowledge": "POST /incidents/{id}/acknowledge",
    "POST /incidents/{id}/takeover": "POST /incidents/{id}/takeover",
    "POST /incidents/{id}/customer": "POST /incidents/{id}/customer",
    "POST /incidents/{id}/began": "POST /incidents/{id}/began",
    "POST /incidents/{id}/noticed": "POST /incidents/{id}/noticed",
    "POST /incidents/{id}/cleared": "POST /incidents/{id}/cleared",
    "POST /incidents/{id}/merge": "POST /incidents/{id}/merge",
    "POST /incidents/{id}/split": "POST /incidents/{id}/split",
    "POST /incidents/{id}/acts": "POST /incidents/{id}/acts",
    "POST /incidents/{id}/followups": "POST /incidents/{id}/followups",
    "POST /incidents/{id}/briefed": "POST /incidents/{id}/briefed",
    "GET /incidents/{id}/reparation": "GET /incidents/{id}/reparation",
    "POST /followups/{id}/done": "POST /followups/{id}/done",
    "GET /updates/{id}": "GET /drafts/{id}, GET /drafts/{id}/changes",
    "GET /updates/{id}/edit": "GET /drafts/{id}",
    "POST /updates/{id}/edit": "PUT /drafts/{id}",
    "POST /updates/{id}/ours": "POST /drafts/{id}/ours",
    "POST /updates/{id}/promise": "POST /drafts/{id}/promise",
    "POST /updates/{id}/approve": "POST /drafts/{id}/approve",
    "POST /updates/{id}/agree": "POST /drafts/{id}/agree",
    "POST /updates/{id}/reject": "POST /drafts/{id}/reject",
    "POST /updates/{id}/also": "POST /drafts/{id}/also",
    "POST /updates/{id}/again": "POST /deliveries/{id}/again",
    "POST /channels/lift": "POST /channels/lift",
    "POST /sample/break": "POST /sample/break",
    "POST /sample/repair": "POST /sample/repair",
}
"""For each address of the desk behind the sign-in: what a program asks instead."""

NOT_FOR_PROGRAMS: Final = {
    "GET /login": "a program shows its token with each request",
    "POST /login": "a program shows its token with each request",
    "POST /logout": "an admin removes a token: ownup token remove",
    "GET /oidc": "a program shows its token with each request",
    "GET /oidc/return": "a program shows its token with each request",
    "GET /welcome/{token}": "a human chooses a password",
    "POST /welcome/{token}": "a human chooses a password",
    "* /{path:.*}": "there is nothing",
}


def named(route: Route | Endpoint) -> str:
    """A method and an address."""
    return f"{route.method} {route.path.replace(f'{{id:{ROW}}}', '{id}')}"


def test_every_address_of_the_desk_has_its_like() -> None:
    """Whoever adds a form to the desk says here which operation does the same, or why none does."""
    assert {named(route) for route in ROUTES} == SAME.keys() | NOT_FOR_PROGRAMS.keys()


def test_every_like_exists() -> None:
    """What the table names can be asked."""
    known = {named(endpoint) for endpoint in ENDPOINTS}
    assert {operation for likes in SAME.values() for operation in likes.split(", ")} <= known


def test_the_likes_ask_for_the_same_role() -> None:
    """Nobody may do by a program what they may not do at the desk, or the other way round."""
    needed = {named(endpoint): endpoint.role for endpoint in ENDPOINTS}
    deeds = [route for route in ROUTES if route.method == "POST" and named(route) in SAME]
    assert deeds
    assert {named(route): route.role for route in deeds} == {
        named(route): needed[SAME[named(route)]] for route in deeds
    }


def test_nothing_that_a_program_does_is_open_to_viewers() -> None:
    """But asking for an answer to a message, which writes nothing."""
    deeds = {named(one) for one in ENDPOINTS if one.method != "GET" and one.role is Role.VIEWER and not one.outside}
    assert deeds == {"POST /incidents/{id}/reply"}
