"""``[desk]``: where people sign in, for how long, and who has to be asked before anything is published."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, IPvAnyNetwork, model_validator

from monitor.config.values import PORT_MAX, HttpUrl, Listen, Listening
from probes.target import Options, Seconds

_HOUR_S: Final = 3600.0
_DAY_S: Final = 24 * _HOUR_S

Lasting = Annotated[Seconds, Field(gt=0)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]*$", max_length=80)]
RoleName = Literal["viewer", "responder", "approver", "admin"]


class FourEyes(StrEnum):
    """When a second approver has to agree before anything goes out."""

    ASKED = "asked"
    GRAVE = "grave"
    ALL = "all"


class Desk(Options):
    """Where humans sign in, for how long a sign-in lasts, and who has to be asked before anything is published.

    ``four_eyes`` asks for a second approver where words speak of security, law or personal data (one may go on alone,
    with a reason); it insists on one for such words (``grave``), or for every notice (``all``). ``groups`` says what
    members of a group at your identity provider may do here. Only ``trusted_proxies`` may say who somebody is.
    With a ``drill_port`` the desk has a button that starts a drill, whose own desk listens there.
    """

    listen: Listening = Listen("127.0.0.1", 8481)
    url: HttpUrl = "http://127.0.0.1:8481"
    session_idle: Lasting = 12 * _HOUR_S
    session_absolute: Lasting = 7 * _DAY_S
    four_eyes: FourEyes = FourEyes.ASKED
    brief_first: bool = False
    drill_port: Annotated[int, Field(ge=1, le=PORT_MAX)] | None = None
    drill_url: HttpUrl | None = None
    passwords: bool = True
    groups: Mapping[str, RoleName] = Field(default_factory=dict)
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    user_header: HeaderName = ""
    name_header: HeaderName = ""
    groups_header: HeaderName = ""

    @model_validator(mode="after")
    def _vouched(self) -> Self:
        if self.user_header and not self.trusted_proxies:
            raise ValueError("user_header needs trusted_proxies, since anybody can send a header")
        if (self.name_header or self.groups_header) and not self.user_header:
            raise ValueError("name_header and groups_header need user_header")
        if self.drill_url and not self.drill_port:
            raise ValueError("drill_url needs drill_port")
        return self
