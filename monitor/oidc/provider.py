"""The provider: where to send people, where to fetch tokens, and the keys that it signs with now."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import aiohttp
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from monitor.config import Oidc
from monitor.oidc.attempt import Attempt
from monitor.oidc.distrust import Distrust
from monitor.oidc.token import Claims, UnknownKey, verify

ANSWER_S: Final = 10.0
ANSWER_BYTES_MAX: Final = 512 * 1024
Key = RSAKey | ECKey | OKPKey
KEPT_FOR: Final = timedelta(hours=1)
KEYS_AGAIN_AFTER: Final = timedelta(seconds=30)  # a stranger's made-up key ids shall not make us ask all the time
_KINDS: Final[Mapping[object, type[Key]]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_OBJECT: Final = TypeAdapter(dict[str, Any])

Address = Annotated[str, Field(max_length=2000)]


class Described(BaseModel):
    """What we read of the provider's description of itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: Address
    authorization_endpoint: Address
    token_endpoint: Address
    jwks_uri: Address
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    description: Described
    keys: KeySet
    at: datetime


class Provider:
    """One identity provider. ``clock`` says when what we know of it is too old."""

    def __init__(self, oidc: Oidc, redirect_uri: str, clock: Callable[[], datetime]) -> None:
        self._oidc = oidc
        self._redirect_uri = redirect_uri
        self._clock = clock
        self._kept: _Kept | None = None
        self._turn = asyncio.Lock()

    async def invitation(self, attempt: Attempt) -> str:
        """The address at which the human signs in. Raises Distrust if the provider does not answer."""
        description = (await self._known()).description
        asked = {
            "response_type": "code",
            "client_id": self._oidc.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": " ".join(self._oidc.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            **({"acr_values": " ".join(self._oidc.acr)} if self._oidc.acr else {}),
        }
        joint = "&" if urlsplit(description.authorization_endpoint).query else "?"
        return f"{description.authorization_endpoint}{joint}{urlencode(asked)}"

    async def redeem(self, attempt: Attempt, code: str, issuer: str | None) -> Claims:
        """Who the human is, for the code that they came back with. Raises Distrust.

        ``issuer`` is what the answer says of its sender (RFC 9207): one of another provider is a mix-up.
        """
        known = await self._known()
        promised = known.description.authorization_response_iss_parameter_supported
        if issuer != self._oidc.issuer and (issuer is not None or promised):
            raise Distrust("the answer came from another provider")
        token = await self._token(known.description, attempt, code)
        try:
            return verify(token, known.keys, self._oidc, nonce=attempt.nonce, now=self._clock())
        except UnknownKey:
            known = await self._known(newer_than=self._clock() - KEYS_AGAIN_AFTER)
        try:
            return verify(token, known.keys, self._oidc, nonce=attempt.nonce, now=self._clock())
        except UnknownKey as error:
            raise Distrust("its token is signed with a key that is not its own") from error

    async def _known(self, newer_than: datetime | None = None) -> _Kept:
        async with self._turn:
            if self._kept is None or self._kept.at < (newer_than or self._clock() - KEPT_FOR):
                self._kept = await self._learn()
            return self._kept

    async def _learn(self) -> _Kept:
        issuer = self._oidc.issuer or ""
        async with self._session() as session:
            told = await _asked(session, "GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            description = _described(told, issuer)
            keys = await _asked(session, "GET", description.jwks_uri)
        return _Kept(description, KeySet(list(_keys(keys.get("keys")))), self._clock())

    async def _token(self, description: Described, attempt: Attempt, code: str) -> str:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": attempt.verifier,
        }
        headers, shown = self._credentials(description)
        async with self._session() as session:
            told = await _asked(session, "POST", description.token_endpoint, {**fields, **shown}, headers)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise Distrust("it gave no ID token")
        return token

    def _credentials(self, description: Described) -> tuple[dict[str, str], dict[str, str]]:
        """How we show who we are: as headers, or as fields (RFC 6749, section 2.3.1)."""
        oidc = self._oidc
        if oidc.client_secret is None:
            return {}, {"client_id": oidc.client_id}
        secret = oidc.client_secret.get_secret_value()
        if "client_secret_basic" in description.token_endpoint_auth_methods_supported:
            name, word = quote_plus(oidc.client_id), quote_plus(secret)
            return {"Authorization": aiohttp.encode_basic_auth(name, word)}, {}
        return {}, {"client_id": oidc.client_id, "client_secret": secret}

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[aiohttp.ClientSession]:
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        connector = aiohttp.TCPConnector(ssl=self._trust)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            yield session

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._oidc.ca_file)


def _described(told: Mapping[str, Any], issuer: str) -> Described:
    try:
        description = Described.model_validate(told)
    except ValidationError as error:
        raise Distrust("its description of itself is not whole") from error
    if description.issuer != issuer:
        raise Distrust("it calls itself by another name")
    addresses = (description.authorization_endpoint, description.token_endpoint, description.jwks_uri)
    if issuer.startswith("https://") and not all(address.startswith("https://") for address in addresses):
        raise Distrust("it wants to be asked without encryption")
    return description


def _keys(told: object) -> Iterator[Key]:
    """Those of its keys that can sign for the public; it may have others for other ends (RFC 7517, section 5)."""
    for one in told if isinstance(told, list) else ():
        kind = _KINDS.get(one.get("kty")) if isinstance(one, dict) and one.get("use", "sig") == "sig" else None
        if kind is not None:
            with suppress(JoseError, ValueError, KeyError, TypeError):
                yield kind.import_key(one)


async def _asked(
    session: aiohttp.ClientSession,
    method: str,
    address: str,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One answer as a JSON object, of bounded size; nothing that it says is repeated to anybody."""
    try:
        async with session.request(method, address, data=fields, headers=headers, allow_redirects=False) as answer:
            body = bytearray()
            async for piece in answer.content.iter_any():
                body += piece
                if len(body) > ANSWER_BYTES_MAX:
                    raise Distrust("it said too much")
        return _OBJECT.validate_json(bytes(body)) if answer.ok else _refused()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise Distrust("it did not answer as it should") from error


def _refused() -> dict[str, Any]:
    raise Distrust("it refused our question")
