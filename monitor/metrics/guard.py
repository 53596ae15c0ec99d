"""Who may read the metrics, where the config says that not everybody may."""

import hmac
import secrets
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from monitor import authorization
from monitor.authorization import Shown
from monitor.config import Metrics
from monitor.password import Passwords

# An orchestrator has no password, and these say nothing but whether we work.
OPEN: Final = frozenset({"/-/healthy", "/-/ready"})


class Guard:
    """Lets pass who shows the password or the token of ``[metrics]``; without either of them, everybody."""

    def __init__(self, rules: Metrics) -> None:
        """Guard by these rules."""
        self._rules = rules
        self._passwords = Passwords() if rules.password_hash else None
        self._key = secrets.token_bytes()
        self._passed: bytes | None = None
        basic = ['Basic realm="metrics", charset="UTF-8"'] if rules.password_hash else []
        bearer = ['Bearer realm="metrics"'] if rules.bearer_token else []
        self._challenge = ", ".join(basic + bearer)

    def middleware(self) -> tuple[Middleware, ...]:
        """What an application needs in order to be guarded."""
        return (self._guard,) if self._challenge else ()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in OPEN or await self._may(authorization.read(request.headers.get("Authorization", ""))):
            return await handler(request)
        said = "who may read this is said in [metrics] of the config: show a name and password, or a token\n"
        return web.Response(status=401, text=said, headers={"WWW-Authenticate": self._challenge})

    async def _may(self, shown: Shown) -> bool:
        if self._rules.bearer_token and shown.token:
            return authorization.same(shown.token, self._rules.bearer_token.get_secret_value())
        if self._rules.password_hash and self._passwords and shown.password:
            return await self._signed_in(shown, self._rules.password_hash.get_secret_value(), self._passwords)
        return False

    async def _signed_in(self, shown: Shown, stored: str, passwords: Passwords) -> bool:
        """Whether it is who we know. Who once was is known again at once: no scrape may cost what a hash does."""
        pair = f"{shown.username}:{shown.password}".encode("utf-8", "surrogateescape")
        digest = hmac.digest(self._key, pair, "sha256")
        if self._passed is not None and hmac.compare_digest(digest, self._passed):
            return True
        fits = await passwords.matches(stored, shown.password)
        if not fits or not authorization.same(shown.username, self._rules.username or ""):
            return False
        self._passed = digest
        return True
