"""What every target has in common, whatever its kind: who it is, how often, how long, how patient."""

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, IPvAnyAddress, SecretStr

from probes.address import Resolver
from probes.notebook import Notebook

_UNITS_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_HOST: Final = re.compile(r"[^\s\x00-\x1f\x7f/@\[\]]{1,253}")
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?")


def seconds(text: object) -> object:
    """Read a duration such as ``"30s"``, ``"1h"`` or ``"1m30s"`` as seconds; a bare number has no unit: refused."""
    if isinstance(text, float):  # already parsed: a default, or a model that is validated again
        return text
    if not isinstance(text, str) or not re.fullmatch(f"(?:{_PART.pattern})+", text):
        message = 'a duration is a string with its unit, such as "500ms", "30s", "5m", "1h" or "14d"'
        raise ValueError(message)
    return sum(float(number) * _UNITS_S[unit] for number, unit in _PART.findall(text))


def _plain_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        message = 'a name has up to 80 small letters, digits, "-", "_" and ".", and a letter or digit at both ends'
        raise ValueError(message)
    return text


def _plain_host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError('should be a host name or an address alone, such as "mail.example.com" or "192.0.2.1"')
    return text


Seconds = Annotated[float, BeforeValidator(seconds)]
Name = Annotated[str, AfterValidator(_plain_name)]
Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, AfterValidator(_plain_host)]


class Options(BaseModel):
    """A block of settings: frozen, strict, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Manner(Options):
    """How a target is looked at: how often, how long, how patiently. ``[defaults]`` gives it for all of them."""

    interval: Annotated[Seconds, Field(ge=1)] = 30.0
    timeout: Annotated[Seconds, Field(gt=0)] = 8.0
    stage_timeout: Annotated[Seconds, Field(gt=0)] | None = None
    confirm: tuple[Seconds, ...] = (1.0, 2.0, 4.0, 6.0, 8.0)
    partial_after: Annotated[int, Field(ge=0, le=20)] = 6
    detect_within: Annotated[Seconds, Field(gt=0)] | None = None
    recover: Annotated[int, Field(ge=1, le=100)] = 2
    slow_after: Annotated[Seconds, Field(gt=0)] | None = None
    slow_phases: Mapping[str, Annotated[Seconds, Field(gt=0)]] = Field(default_factory=dict)
    defer_grace: Annotated[Seconds, Field(ge=0)] = 600.0
    slow_times: Annotated[float, Field(ge=1.5, le=1000)] | None = 5.0
    ip_family: Literal["any", "4", "6"] = "any"
    tripwire: bool = True
    resolver: Resolver | None = None

    waits: ClassVar[bool] = False
    """Whether a look is mostly waiting: it takes up no room among those under way, and to be long is not to hang."""

    @property
    def longest_s(self) -> float:
        """How long one look may take, and no longer."""
        return self.timeout

    @property
    def unseen_s(self) -> tuple[float, float]:
        """How long after a fault no look can tell of it yet, on average and at most."""
        return 0.0, 0.0

    @property
    def wired(self) -> bool:
        """Whether good looks leave a connection open that tells at once when the far end goes."""
        return False


class Target(Manner):
    """One thing we look at. A kind is a subclass that adds its options and says how to look."""

    kind: str
    name: Name
    component: Name
    enabled: bool = True
    connect_to: IPvAnyAddress | None = None
    depends_on: tuple[Name, ...] = ()

    summary: ClassVar[str]
    leaves_open: ClassVar[bool] = False
    """Whether its connection can stand from one look to the next, as a tripwire."""

    def secrets(self) -> Iterator[str]:
        """Every secret of this target, so that the transcript can mask it: by default all SecretStr options."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()

    @property
    def wired(self) -> bool:
        """Whether good looks leave a connection open that tells at once when the far end goes."""
        return self.tripwire and self.leaves_open

    @property
    def reached_at(self) -> str:
        """The name or the address that looks reach, or nothing where there is none."""
        return str(self.connect_to or self.host_name)

    @property
    def host_name(self) -> str:
        """The host as the config has it: by default the option of that name."""
        return getattr(self, "host", "")

    @abstractmethod
    async def look(self, notes: Notebook) -> None:
        """Look once: return if all is well, else raise a Finding. The caller holds the timeout and the net."""
