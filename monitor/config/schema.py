"""What may stand in the config file: a class for each section, an attribute for each key, and every default."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Generic, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, Field, SecretStr, model_validator

from monitor.config.colours import DarkColour, LightColour
from monitor.config.desk import Desk
from monitor.config.metrics import Metrics
from monitor.config.oidc import Oidc
from monitor.config.plan import Plan
from monitor.config.reading import readable
from monitor.config.subscribers import Subscribers
from monitor.config.values import Cron, Daily, DraftLanguage, HttpUrl, Language, Listen, Listening, Rhythm, Zone
from probes.kinds import Kind
from probes.target import Name, Options, Seconds
from probes.tls import SecuredManner

_MINUTE_S = 60.0
_HOUR_S = 60 * _MINUTE_S
_DAY_S = 24 * _HOUR_S

Positive = Annotated[Seconds, Field(gt=0)]
Logo = Annotated[Path, AfterValidator(partial(readable, bytes_max=256 * 1024, endings=(".svg", ".png")))]
StyleSheet = Annotated[Path, AfterValidator(partial(readable, bytes_max=256 * 1024, endings=(".css",)))]
Promise = Annotated[Seconds, Field(ge=5 * _MINUTE_S, le=_HOUR_S)]


class Site(Options):
    """Who speaks: the name on the public page, its address, its readers' time zone, and how notices are signed.

    ``contact`` is where a customer reaches a person.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)] = "Our services"
    public_url: HttpUrl = "http://127.0.0.1:8480"
    timezone: Zone = "UTC"
    language: Language = "en"
    signature: Annotated[str, Field(max_length=200)] = ""
    contact: Annotated[str, Field(max_length=200)] = ""


class Defaults(SecuredManner):
    """How every target is looked at, unless it says otherwise."""


class ComponentWords(Options):
    """What customers call a component in another language, and the company's own words there."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    when_down: Annotated[str, Field(max_length=200)] = ""
    meanwhile: Annotated[str, Field(max_length=400)] = ""


class ComponentTranslations(Options):
    """The words of a component by language, for notices that are told in several."""

    en: ComponentWords | None = None
    de: ComponentWords | None = None
    fr: ComponentWords | None = None
    es: ComponentWords | None = None


class Component(Options):
    """What customers call it.

    ``when_down`` is what they cannot do then, a clause that speaks to them ("you cannot send mail"); ``meanwhile`` is
    what they can do until it works again, a whole sentence. ``addresses`` (and numbers) reach nobody while it is down.
    """

    id: Name
    name: Annotated[str, Field(min_length=1, max_length=80)]
    group: Annotated[str, Field(max_length=80)] = ""
    when_down: Annotated[str, Field(max_length=200)] = ""
    meanwhile: Annotated[str, Field(max_length=400)] = ""
    depends_on: tuple[Name, ...] = ()
    addresses: tuple[Annotated[str, Field(min_length=3, max_length=100)], ...] = ()
    translations: ComponentTranslations = ComponentTranslations()


class Incidents(Options):
    """When failures are one incident: begun within ``join_within`` of each other, or come back within the other."""

    join_within: Positive = 2 * _MINUTE_S
    reopen_within: Positive = 30 * _MINUTE_S


class Maintenance(Options):
    """Planned work, from ``start`` to ``end`` or whenever ``cron`` begins it; for all, unless it says for whom.

    ``announce`` is how long before it a draft tells customers of it; nothing is drafted of it with ``"0s"``.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    cron: Cron = ""
    lasts: Positive = _HOUR_S
    timezone: Zone | None = None
    targets: tuple[Name, ...] = ()
    components: tuple[Name, ...] = ()
    announce: Seconds = _DAY_S

    @model_validator(mode="after")
    def _once_or_again(self) -> Self:
        once = self.start is not None or self.end is not None
        if once == bool(self.cron) or (once and (self.start is None or self.end is None)):
            raise ValueError('needs either "start" and "end", or "cron" and how long it "lasts"')
        if self.start and self.end and self.end <= self.start:
            raise ValueError("ends before it starts")
        return self


class ChannelOptions(Options):
    """What every channel has in common: its name, its kind, the components it needs to reach anybody, its language.

    One that ``goes_first`` tells those who answer customers, so the others wait for it a little. ``subscribed`` says
    how those are told who asked for it, where a channel is theirs: by ``email`` or by ``webhook``. ``canary`` is how
    often it is tried without anybody noticing, None for never.
    """

    goes_first: ClassVar[bool] = False
    subscribed: ClassVar[str] = ""

    kind: str
    name: Name
    carried_by: tuple[Name, ...] = ()
    language: DraftLanguage | None = None
    canary: Rhythm = _DAY_S

    def addresses(self) -> Iterator[str]:
        """The addresses of this channel that a text may name; none of them a secret."""
        return iter(())


class RouteOptions(Options):
    """What every route to a person has in common: its name, its kind, and the components it needs to reach them."""

    kind: str
    name: Name
    carried_by: tuple[Name, ...] = ()


class Person(Options):
    """Who is called, and by which routes, the first first; the order of persons is the order in which they are called.

    ``desk_user`` is the name by which they sign in at the desk, where it is another. Whoever has ``quiet_hours`` is
    called after all others then, unless the incident is public. Calls speak their ``language``.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    routes: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]
    desk_user: Annotated[str, Field(max_length=80)] = ""
    quiet_hours: Daily | None = None
    timezone: Zone | None = None
    language: DraftLanguage = "en"


class Alerts(Options):
    """Alerts of another monitoring system, taken at the desk's listener from who shows the token or the password.

    ``label`` is the label that names the component, by its id or by what ``components`` makes of it.
    """

    token: Annotated[SecretStr, Field(min_length=20)] | None = None
    username: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    password: Annotated[SecretStr, Field(min_length=12)] | None = None
    label: Annotated[str, Field(min_length=1, max_length=80)] = "component"
    components: Mapping[str, Name] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        return self


class Calls(Options):
    """How long people have before the next route, the next person and the next call, and when we call at all."""

    next_route_after: Positive = 2 * _MINUTE_S
    next_person_after: Positive = 5 * _MINUTE_S
    repeat_every: Annotated[Seconds, Field(ge=_MINUTE_S)] = 10 * _MINUTE_S
    approve_within: Positive = 15 * _MINUTE_S
    blind_after: Positive = 5 * _MINUTE_S


class Notices(Options):
    """When we promise to write again, how late a first word is, and in which languages we draft.

    ``credit_policy`` tells customers who ask for compensation what they can count on, in a sentence.
    """

    update_every: Promise = _HOUR_S
    update_every_total_loss: Promise = 30 * _MINUTE_S
    watch_for: Positive = 15 * _MINUTE_S
    late_after: Positive = 15 * _MINUTE_S
    language: DraftLanguage = "en"
    also_in: tuple[DraftLanguage, ...] = ()
    overrides: Path | None = None
    credit_policy: Annotated[str, Field(max_length=400)] = ""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.languages)) < len(self.languages):
            raise ValueError("names a language twice")
        return self

    @property
    def languages(self) -> tuple[DraftLanguage, ...]:
        """Every language that a notice is told in; the first of them leads."""
        return (self.language, *self.also_in)


class Link(Options):
    """A way from the public page to another of yours: the imprint, privacy, how to reach you."""

    text: Annotated[str, Field(min_length=1, max_length=40)]
    url: HttpUrl


class Page(Options):
    """Where the public page is served, what it shows, how it looks, and where a copy of it is kept.

    ``measurements`` shows what fails before a human has said so, as a measurement; ``export_command`` is run in the
    directory ``export`` each time the copy there was written.
    """

    listen: Listening = Listen("127.0.0.1", 8480)
    uptime: bool = True
    measurements: bool = False
    promises: bool = False
    logo: Logo | None = None
    accent: LightColour | None = None
    accent_dark: DarkColour | None = None
    style: StyleSheet | None = None
    links: Annotated[tuple[Link, ...], Field(max_length=8)] = ()
    export: Path | None = None
    export_command: tuple[str, ...] = ()
    export_every: Annotated[Seconds, Field(ge=60)] = 15 * _MINUTE_S


class Storage(Options):
    """Where the record lives: a directory (a relative one begins at the config file's), or a PostgreSQL database.

    ``url`` carries a password as a rule, so it is a secret: ``${VARIABLE}``, or ``url_file``.
    """

    directory: Path = Path(".ownup")
    url: SecretStr | None = None
    samples_keep: Positive = 48 * _HOUR_S
    five_minutes_keep: Annotated[Seconds, Field(ge=2 * _DAY_S)] = 30 * _DAY_S


class Watch(Options):
    """How many looks may start in a second, and how many may be under way at once."""

    starts_per_second: Annotated[int, Field(ge=1, le=100_000)] = 1000
    in_flight_max: Annotated[int, Field(ge=1, le=100_000)] = 1000


C = TypeVar("C", bound=ChannelOptions)


class Config(Options, Generic[C]):
    """A whole config file, parsed, checked and frozen; generic over the union of channel kinds.

    The routes are of whatever kinds ``load`` was told.

    ``path`` is the file it came from. A component's place in the tuple is its place on the page.
    """

    path: Path
    site: Site = Site()
    defaults: Defaults = Defaults()
    component: tuple[Component, ...] = ()
    target: tuple[Kind, ...] = ()
    anchor: tuple[Kind, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    channel: tuple[C, ...] = ()
    route: tuple[RouteOptions, ...] = ()
    person: tuple[Person, ...] = ()
    calls: Calls = Calls()
    alerts: Alerts = Alerts()
    incidents: Incidents = Incidents()
    plan: tuple[Plan, ...] = ()
    notices: Notices = Notices()
    desk: Desk = Desk()
    oidc: Oidc = Oidc()
    page: Page = Page()
    subscribers: Subscribers = Subscribers()
    metrics: Metrics = Metrics()
    storage: Storage = Storage()
    watch: Watch = Watch()
