"""Access tokens (OAuth 2.0): asked of a token endpoint or of a command, kept until shortly before they expire.

Whatever goes wrong here is ``unknown/token``: the server that we wanted to sign in to has done nothing wrong.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, Final, Self

import aiohttp
from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError, model_validator
from yarl import URL

from probes.errand import CommandError, output_of
from probes.finding import Unknown
from probes.notebook import Notebook
from probes.reason import Reason
from probes.target import Options

ASK_S_MAX: Final = 5.0
ANSWER_BYTES_MAX: Final = 64 * 1024
KEPT_MAX: Final = 1000
EARLY_S: Final = 60.0  # how long before its end a token is used no more

_OK: Final = 200
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
TOKEN_CHARS_MAX: Final = 16384
_TOKEN: Final = re.compile(r"^[!-~]+$")


def _endpoint(text: str) -> str:
    url = URL(text)
    if url.scheme != "https" and not (url.scheme == "http" and url.host in _LOOPBACK):
        raise ValueError('should be a token endpoint, such as "https://login.example.com/oauth2/token"')
    return text


class _Grant(BaseModel):
    """What a token endpoint answers (RFC 6749 section 5.1); whatever else it says is of no concern to us."""

    access_token: Annotated[str, Field(pattern=_TOKEN.pattern, max_length=TOKEN_CHARS_MAX)]
    expires_in: float | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One access token; ``kept`` tells that an earlier look asked for it."""

    word: str
    ends_s: float | None
    kept: bool = False


class OAuth(Options):
    """Where tokens come from: ``token_url`` with the client's credentials (RFC 6749 section 4.4), or a command."""

    token_url: Annotated[str, AfterValidator(_endpoint)] | None = None
    client_id: Annotated[str, Field(min_length=1)] | None = None
    client_secret: SecretStr | None = None
    scope: str = ""
    token_command: Annotated[tuple[str, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.token_url is None) == (self.token_command is None):
            raise ValueError("needs either token_url, client_id and client_secret, or token_command")
        if self.token_url and not (self.client_id and self.client_secret):
            raise ValueError("token_url needs client_id and client_secret")
        return self

    def secrets(self) -> Iterator[str]:
        """The client's own secret."""
        if self.client_secret:
            yield self.client_secret.get_secret_value()

    async def token(self, notes: Notebook, *, within_s: float) -> Token:
        """A token that is good for now (phase ``token``). Raises Unknown (``token``), in time in any case."""
        kept = _KEPT.get(self)
        if kept and kept.ends_s is not None and kept.ends_s > monotonic():
            return Token(kept.word, kept.ends_s, kept=True)
        limit_s = min(ASK_S_MAX, within_s)
        with notes.phase("token", silence=Reason.TOKEN):
            try:
                async with asyncio.timeout(limit_s):
                    text = await (self._ask_command() if self.token_command else self._ask_endpoint())
            except TimeoutError:
                raise Unknown(Reason.TOKEN, f"{self._source} gave no access token within {limit_s:.1f} s") from None
        token = self._read(text)
        notes.transcript.hide(token.word)
        notes.say("note", f"{self._source} gave us an access token")
        self._keep(token)
        return token

    def forget(self) -> None:
        """Keep this token no longer: somebody refused it."""
        _KEPT.pop(self, None)

    @property
    def _source(self) -> str:
        return "the token command" if self.token_command else "the token endpoint"

    def _keep(self, token: Token) -> None:
        if token.ends_s is not None:
            while len(_KEPT) >= KEPT_MAX:
                del _KEPT[next(iter(_KEPT))]
            _KEPT[self] = token

    def _read(self, text: str) -> Token:
        """Understand an answer: JSON of a grant, or from a command the bare token."""
        bare = text.strip()
        if self.token_command and len(bare) <= TOKEN_CHARS_MAX and _TOKEN.fullmatch(bare) and not bare.startswith("{"):
            return Token(bare, None)
        try:
            grant = _Grant.model_validate_json(text)
        except ValidationError:
            raise Unknown(Reason.TOKEN, f"{self._source} answered with something that is no access token") from None
        if grant.expires_in is None:
            return Token(grant.access_token, None)
        if grant.expires_in <= 0:
            raise Unknown(Reason.TOKEN, f"{self._source} gave an access token that has expired already")
        return Token(grant.access_token, monotonic() + max(grant.expires_in - EARLY_S, grant.expires_in / 2))

    async def _ask_command(self) -> str:
        try:
            return await output_of(self.token_command or (), bytes_max=ANSWER_BYTES_MAX)
        except CommandError as error:
            raise Unknown(Reason.TOKEN, f"the token command {error}") from error

    async def _ask_endpoint(self) -> str:
        secret = self.client_secret.get_secret_value() if self.client_secret else ""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": secret}
        form |= {"scope": self.scope} if self.scope else {}
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.post(self.token_url or "", data=form, allow_redirects=False) as response,
            ):
                status, text = response.status, await _read_bounded(response)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            words = f"could not be asked: {type(error).__name__}"
            raise Unknown(Reason.TOKEN, f"the token endpoint {words}") from error
        if status != _OK:
            raise Unknown(Reason.TOKEN, f"the token endpoint answered {status}{_complaint(text)}")
        return text


_KEPT: Final[dict[OAuth, Token]] = {}


async def _read_bounded(response: aiohttp.ClientResponse) -> str:
    try:
        raw = await response.content.readexactly(ANSWER_BYTES_MAX)
    except asyncio.IncompleteReadError as whole:
        raw = whole.partial
    return raw.decode("utf-8", "replace")


def _complaint(text: str) -> str:
    """What the endpoint says is wrong (RFC 6749 section 5.2), if it says it as it should."""
    try:
        told: Any = json.loads(text)
    except ValueError:
        return ""
    words = [told.get(key) for key in ("error", "error_description")] if isinstance(told, dict) else []
    said = ": ".join(word for word in words if isinstance(word, str))
    return f" ({said})" if said else ""
