"""Signing in elsewhere: to your identity provider and back, with nothing believed that it has not signed."""

from typing import Final

from aiohttp import web

from monitor.desk.arrival import Outsider, arrive
from monitor.desk.login import begin, inside
from monitor.desk.proxy import address
from monitor.desk.visit import Refusal, Visit
from monitor.oidc import Attempt, Distrust, Provider

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
        raise await _not_in(visit, _distrusted(why)) from why


async def back(visit: Visit) -> web.Response:
    """Take the human who comes back with the provider's word; whoever is not let in leaves a line in the audit."""
    attempt = Attempt.recall(visit.browser, visit.request.query.get("state", ""), visit.now)
    if visit.desk.provider is None or attempt is None:
        refusal = Refusal(403, "This answer is not to a sign-in that this browser began lately.", "Sign in anew.")
        raise await _not_in(visit, refusal)
    try:
        outsider = await _vouched(visit, visit.desk.provider, attempt)
    except Distrust as why:
        raise await _not_in(visit, _distrusted(why)) from why
    try:
        person = await arrive(visit.seat.ledger, outsider, visit.seat.config.desk.groups, visit.now)
    except Refusal as refusal:
        raise await _not_in(visit, refusal, who=f" as {outsider.id}") from refusal
    return await begin(visit, person, attempt.path, through="oidc")


async def _vouched(visit: Visit, provider: Provider, attempt: Attempt) -> Outsider:
    """Whom the provider says it is. Raises Distrust."""
    query = visit.request.query
    code = query.get("code", "")
    if "error" in query or not 0 < len(code) <= CODE_CHARS_MAX:
        raise Distrust("it did not sign you in")
    claims = await provider.redeem(attempt, code, query.get("iss"))
    return Outsider(f"{visit.seat.config.oidc.issuer} {claims.subject}", claims.name, claims.groups)


async def _not_in(visit: Visit, refusal: Refusal, *, who: str = "") -> Refusal:
    where = address(visit.request, visit.seat.config.desk)
    await visit.desk.knocks.note(f"by oidc{who}, from {where}: {refusal.sentence}", visit.now)
    return refusal


def _distrusted(why: Distrust) -> Refusal:
    return Refusal(403, f"You are not signed in. What went wrong at your identity provider: {why}.", "Sign in anew.")
