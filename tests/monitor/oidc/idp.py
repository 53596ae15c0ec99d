"""A small OpenID provider on loopback: real HTTP, real signatures, and whatever a test wants it to say wrongly."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "ownup", "a secret/with+marks"
GOOD_FOR_S = 300


def key(name: str) -> RSAKey:
    """A signing key."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


FIRST, SECOND = key("first"), key("second")  # made once, since making one takes a while


@dataclass
class Idp:
    """Signs in whoever comes as ``person``. ``lies`` replace claims; a code is good once, and for its own verifier."""

    now_s: float
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "4711", "name": "Nora"})
    lies: dict[str, Any] = field(default_factory=dict)
    signing: RSAKey = field(default_factory=lambda: FIRST)
    published: tuple[RSAKey, ...] = field(default_factory=lambda: (FIRST,))
    unsigned: bool = False
    methods: tuple[str, ...] = ("client_secret_basic",)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    calls_itself: str = ""
    server: TestServer | None = None

    async def start(self) -> str:
        """Listen; gives the issuer."""
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._describe)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        self.server = TestServer(app)
        await self.server.start_server()
        return self.issuer

    @property
    def issuer(self) -> str:
        """What it is called."""
        assert self.server
        return str(self.server.make_url("")).rstrip("/")

    async def _describe(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return web.json_response(
            {
                "issuer": self.calls_itself or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": self.methods,
            }
        )

    async def _keys(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        other = {"kty": "XYZ", "kid": "of a kind to come"}
        return web.json_response({"keys": [*(one.as_dict(private=False) for one in self.published), other]})

    async def _authorize(self, request: web.Request) -> web.Response:
        query = request.query
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT)
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = dict(query)
        back = urlencode({"code": code, "state": query["state"], "iss": self.issuer})
        return web.Response(status=302, headers={"Location": f"{query['redirect_uri']}?{back}"})

    async def _token(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        form = await request.post()
        begun = self.codes.pop(str(form["code"]), None)
        verifier = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if begun is None or begun["code_challenge"] != challenge or begun["redirect_uri"] != form["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        if not self._knows(request, form):
            return web.json_response({"error": "invalid_client"}, status=401)
        return web.json_response({"access_token": "x", "token_type": "Bearer", "id_token": self.sign(begun["nonce"])})

    def _knows(self, request: web.Request, form: Mapping[str, Any]) -> bool:
        if "client_secret_basic" in self.methods:
            shown = base64.b64decode(request.headers["Authorization"].removeprefix("Basic "))
            return shown == f"{CLIENT}:a+secret%2Fwith%2Bmarks".encode()
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)

    def sign(self, nonce: str) -> str:
        """The ID token."""
        issued = int(self.now_s)
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": issued, "exp": issued + GOOD_FOR_S, "nonce": nonce}
        claims |= {**self.person, **self.lies}
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.unsigned:
            parts = (b'{"alg":"none"}', json.dumps(claims).encode())
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        return jwt.encode({"alg": "RS256", "kid": self.signing.kid}, claims, self.signing)
