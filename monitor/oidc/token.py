"""An ID token: signed by the provider, for us, for this attempt, and still good (OpenID Connect Core 1.0, 3.1.3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from monitor.config import Oidc
from monitor.oidc.distrust import Distrust

LEEWAY_S: Final = 60
WORD_CHARS_MAX: Final = 200
GROUPS_MAX: Final = 1000


class UnknownKey(Exception):  # noqa: N818 - a reason to fetch the keys anew, not yet an error
    """The token is not signed with a key that we have seen."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom the provider says somebody is."""

    subject: str
    name: str
    groups: tuple[str, ...]


def verify(token: str, keys: KeySet, oidc: Oidc, *, nonce: str, now: datetime) -> Claims:
    """What a token says, if every part of it holds. Raises UnknownKey or Distrust."""
    claims = _signed(token, keys, oidc)
    _check(claims, oidc, nonce, now)
    _check_audience(claims, oidc.client_id)
    _check_manner(claims, oidc)
    return Claims(_word(claims, "sub"), _word(claims, oidc.name_claim), _groups(claims.get(oidc.groups_claim)))


def _signed(token: str, keys: KeySet, oidc: Oidc) -> Mapping[str, Any]:
    try:
        return jwt.decode(token, keys, algorithms=list(oidc.algorithms)).claims
    except (InvalidKeyIdError, BadSignatureError) as error:
        raise UnknownKey from error
    except (JoseError, ValueError) as error:
        raise Distrust("its token is not signed as we ask") from error


def _check(claims: Mapping[str, Any], oidc: Oidc, nonce: str, now: datetime) -> None:
    asked = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": oidc.issuer or ""},
        sub={"essential": True},
        aud={"essential": True, "value": oidc.client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        asked.validate(dict(claims))
    except ExpiredTokenError as error:
        raise Distrust("its token has expired; its clock or ours may be wrong") from error
    except (JoseError, TypeError, ValueError) as error:
        raise Distrust(f"its token has the wrong {getattr(error, 'claim', 'claims')}") from error


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    """A token for several is ours only if it was issued to us (``azp``)."""
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise Distrust("its token was issued to somebody else")


def _check_manner(claims: Mapping[str, Any], oidc: Oidc) -> None:
    amr = claims.get("amr")
    used = {word for word in amr if isinstance(word, str)} if isinstance(amr, list) else set()
    if (oidc.acr and claims.get("acr") not in oidc.acr) or (oidc.amr and used.isdisjoint(oidc.amr)):
        raise Distrust("that sign-in did not have the second factor that is asked for here")


def _word(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= WORD_CHARS_MAX:
        raise Distrust(f'its token does not say who you are (the claim "{name}")')
    return value.strip()


def _groups(value: object) -> tuple[str, ...]:
    told = value if isinstance(value, list) else [value]
    return tuple(word for word in told[:GROUPS_MAX] if isinstance(word, str))
