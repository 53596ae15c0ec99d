"""Signing in elsewhere: to your identity provider and back, with nothing believed that it has not signed."""

from typing import Final

from aiohttp import web

from monitor.desk.arrival import Outsider, arrive
from monitor.desk.login import begin, inside
from monitor.desk.visit import Refusal, Visit
from monitor.oidc import Attempt, Distrust

RETURN: Final = "/oidc/return"
CODE_CHARS_MAX: Final = 4000


async def get(visit: Visit) -> web.Response:
    """Send the human to the provider."""
    if visit.desk.provider is None:
        raise Refusal(404, "Nobody signs in elsewhere here.", "Sign in with your name and password.")
    attempt = Attempt.begin(visit.browser, inside(visit.request.query.get("next", "/")), visit.now)
    try:
        return visit.goto(await visit.desk.provider.invitation(attempt))
    except Distrust as why:
        raise _not_in(why) from why


async def back(visit: Visit) -> web.Response:
    """Take the human who comes back with the provider's word."""
    query, provider = visit.request.query, visit.desk.provider
    attempt = Attempt.recall(visit.browser, query.get("state", ""), visit.now)
    if provider is None or attempt is None:
        raise Refusal(403, "This answer is not to a sign-in that this browser began lately.", "Sign in anew.")
    code = query.get("code", "")
    if "error" in query or not 0 < len(code) <= CODE_CHARS_MAX:
        raise _not_in(Distrust("it did not sign you in"))
    try:
        claims = await provider.redeem(attempt, code, query.get("iss"))
    except Distrust as why:
        raise _not_in(why) from why
    outsider = Outsider(f"{visit.seat.config.oidc.issuer} {claims.subject}", claims.name, claims.groups)
    person = await arrive(visit.seat.ledger, outsider, visit.seat.config.desk.groups, visit.now)
    return await begin(visit, person, attempt.path, through="oidc")


def _not_in(why: Distrust) -> Refusal:
    return Refusal(403, f"You are not signed in. What went wrong at your identity provider: {why}.", "Sign in anew.")
