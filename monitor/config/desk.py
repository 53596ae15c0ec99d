"""``[desk]``: where people sign in, for how long, and who has to be asked before anything is published."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from monitor.config.values import HttpUrl, Listen, Listening
from probes.target import Options, Seconds

_HOUR_S: Final = 3600.0
_DAY_S: Final = 24 * _HOUR_S

Lasting = Annotated[Seconds, Field(gt=0)]


class FourEyes(StrEnum):
    """When a second approver has to agree before anything goes out."""

    ASKED = "asked"
    GRAVE = "grave"
    ALL = "all"


class Desk(Options):
    """Where humans sign in, for how long a sign-in lasts, and who has to be asked before anything is published.

    ``four_eyes`` asks for a second approver where words speak of security, law or personal data (one may go on alone,
    with a reason); it insists on one for such words (``grave``), or for every notice (``all``).
    """

    listen: Listening = Listen("127.0.0.1", 8481)
    url: HttpUrl = "http://127.0.0.1:8481"
    session_idle: Lasting = 12 * _HOUR_S
    session_absolute: Lasting = 7 * _DAY_S
    four_eyes: FourEyes = FourEyes.ASKED
    brief_first: bool = False
