"""``[oidc]``: people sign in at your own identity provider, which brings the second factor."""

from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from probes.target import Options

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
Words = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]


def _issuer(text: str) -> str:
    """The issuer is an identifier and compared as it stands; a slash at its end counts (Discovery 1.0, section 4.3)."""
    parts = urlsplit(text)
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not encrypted or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError('should be an https address, such as "https://login.example.com/realms/staff"')
    return text


class Oidc(Options):
    """Where people sign in instead, what their sign-in must have been, and which claims say who they are.

    ``acr`` and ``amr`` are what the sign-in must show, one word of each list; ``label`` stands on the button.
    """

    issuer: Annotated[str, AfterValidator(_issuer)] | None = None
    client_id: Annotated[str, Field(max_length=200)] = ""
    client_secret: SecretStr | None = None
    label: Annotated[str, Field(min_length=1, max_length=60)] = "your company account"
    scopes: Words = ("openid", "profile")
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "ES256")
    name_claim: Annotated[str, Field(min_length=1, max_length=80)] = "name"
    groups_claim: Annotated[str, Field(min_length=1, max_length=80)] = "groups"
    acr: Words = ()
    amr: Words = ()
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.issuer is None) != (not self.client_id):
            raise ValueError("issuer and client_id go together")
        if "openid" not in self.scopes:
            raise ValueError('scopes need "openid"')
        return self
