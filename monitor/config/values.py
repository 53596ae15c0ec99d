"""Values that several settings share: where to listen, a web address, a time zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Annotated, Final, Literal, Self, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator

from probes.target import seconds

PORT_MAX: Final = 65535
OFF: Final = "off"
RHYTHM_S_MIN: Final = 60.0


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a listener binds. Port 0 asks the system for any free port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read ``127.0.0.1:8480`` or ``[::1]:8480``; raises ValueError."""
        if isinstance(text, cls):
            return text
        host, colon, port = text.rpartition(":") if isinstance(text, str) else ("", "", "")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        ambiguous = ":" in bare and bare == host
        if not colon or not bare or ambiguous or not port.isdecimal() or int(port) > PORT_MAX:
            raise ValueError('should be an address and a port, such as "127.0.0.1:8480" or "[::1]:8480"')
        return cls(bare, int(port))


@dataclass(frozen=True, slots=True)
class Hours:
    """Some hours of every day; they may go over midnight."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def hold(self, at: time) -> bool:
        """Whether a time of day is one of them."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read ``22:00-07:00``; raises ValueError."""
        if isinstance(text, cls):
            return text
        try:
            start, end = (datetime.strptime(part, "%H:%M").time() for part in str(text).split("-"))  # noqa: DTZ007 - a time of day has no zone of its own
        except ValueError:
            raise ValueError('should be two times of day, such as "22:00-07:00"') from None
        if start == end:
            raise ValueError("begin and end are the same, so no hours are left")
        return cls(start, end)


def _http_url(text: str) -> str:
    parts = urlsplit(text)  # raises ValueError with a plain sentence of its own
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError('should be a web address, such as "https://status.example.com"')
    if parts.username or parts.password:
        raise ValueError("should be a web address without a user name or password in it")
    return text.rstrip("/")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a directory of zones, such as "Europe"
        raise ValueError('should be a time zone of the IANA list, such as "UTC" or "Europe/Riga"') from None
    return name


def _cron(text: str) -> str:
    if text:
        try:
            CronSim(text, datetime(2000, 1, 1, tzinfo=UTC))
        except CronSimError as error:
            raise ValueError(f'should be five fields as cron has them, such as "0 2 * * SUN": {error}') from None
    return text


def _rhythm(text: object) -> float | None:
    """How often, in seconds, or None for never."""
    if text is None or text == OFF:
        return None
    try:
        every_s = cast("float", seconds(text))
    except ValueError as error:
        raise ValueError(f'{error}; or "{OFF}"') from None
    if every_s < RHYTHM_S_MIN:
        raise ValueError("at most once a minute")
    return every_s


Daily = Annotated[Hours, BeforeValidator(Hours.parse)]
Listening = Annotated[Listen, BeforeValidator(Listen.parse)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Cron = Annotated[str, AfterValidator(_cron)]
Zone = Annotated[str, AfterValidator(_zone)]
Rhythm = Annotated[float | None, BeforeValidator(_rhythm)]
Language = Literal["en"]
DraftLanguage = Literal["en", "de", "fr", "es"]
