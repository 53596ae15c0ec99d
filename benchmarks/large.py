"""A large provider: thousands of targets, hundreds of incidents and a year of history, with one outage of half of it.

What is open stays as it was made while a daemon looks: the targets that fail here are those that really do.
"""

import random
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from drafts import notice
from drafts.facts import Act as Fact
from drafts.facts import Affected, Facts, UpdateKind
from monitor import calls, publish
from monitor.config import Config, load
from monitor.desk import cookie
from monitor.ledger import approvals, components, deliveries, drafts, incidents, people
from monitor.ledger.samples import Samples
from monitor.ledger.store import Ledger
from monitor.models import ActKind, Flip, Incident, Member, Role, Stage, Standing
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.look import Result
from probes.reason import Reason
from probes.transcript import Line

YEAR: Final = timedelta(days=365)
OPEN: Final = 10
WAITING: Final = 40
FLIPS_A_TARGET: Final = 25
MEMBERS: Final = 6
LOOK_EVERY: Final = timedelta(minutes=2)
SAID: Final = tuple(Line(0.01 * n, "them", f"250-line {n} of a server's answer, as it was sent") for n in range(30))

HEAD: Final = """
[site]
name = "Harbour Mail"
public_url = "https://status.harbour.example"
[defaults]
interval = "30s"
[page]
listen = "127.0.0.1:{page}"
[desk]
listen = "127.0.0.1:{desk}"
url = "http://127.0.0.1:{desk}"
[metrics]
listen = "127.0.0.1:{metrics}"
[storage]
directory = "."
[[plan]]
name = "Business"
owed = [{{below = 99.9, credit = 10}}]
[[channel]]
kind = "page"
name = "page"
"""
CHANNEL: Final = '[[channel]]\nkind = "webhook"\nname = "{}"\nurl_file = "hook"\nsecret_file = "secret"\n'
COMPONENT: Final = '[[component]]\nid = "c{0}"\nname = "Component {0}"\nwhen_down = "you cannot use service {0}"\n'
TARGET: Final = """[[target]]
name = "t{number}"
kind = "http"
component = "c{component}"
url = "http://127.0.0.1:{port}/?{number}"
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How large it is; ``hit`` targets fail in the one large outage."""

    targets: int = 2000
    incidents: int = 500
    components: int = 40
    hit: int = 1000
    flips: int = FLIPS_A_TARGET
    open: int = OPEN


def config(
    directory: Path, size: Size, *, healthy: int = 8, listeners: tuple[int, int, int] = (1, 2, 3)
) -> Config[Any]:
    """Its config, written and read: what works listens at the port ``healthy``, and at port 9 nothing does."""
    page, desk, metrics = listeners
    broken = failing(size)
    parts = [HEAD.format(page=page, desk=desk, metrics=metrics)]
    parts += [CHANNEL.format(name) for name in ("chat", "list")]
    parts += [COMPONENT.format(number) for number in range(size.components)]
    parts += [
        TARGET.format(number=number, component=number % size.components, port=9 if number in broken else healthy)
        for number in range(size.targets)
    ]
    path = directory / "ownup.toml"
    path.write_text("".join(parts))
    (directory / "hook").write_text("http://127.0.0.1:9/")
    (directory / "secret").write_text(f"whsec_{b64encode(bytes(32)).decode()}")
    return load(path, publish.Kind, calls.Kind, environ={})


def parts(size: Size, number: int) -> Sequence[int]:
    """The targets of one incident: the last is of half the house, each other one of a few."""
    if number == size.incidents - 1:
        return range(size.hit)
    return [(number * 37 + step) % size.targets for step in range(MEMBERS)]


def failing(size: Size) -> frozenset[int]:
    """The targets that fail now."""
    return frozenset(
        target for number in range(size.incidents - size.open, size.incidents) for target in parts(size, number)
    )


async def fill(ledger: Ledger, settings: Config[Any], size: Size, now: datetime) -> str:
    """A year of it; gives the cookie of somebody who is signed in."""
    async with ledger.write() as s:
        await components.sync(s, settings.component, now - YEAR)
        admin = await people.add(s, "Ada", Role.ADMIN, now - YEAR)
        await people.set_password(s, admin.id, "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nobody")
        secret = cookie.fresh()
        await people.sign_in(s, admin.id, secret, now)
        await _flips(s, settings, size, now)
        for number in range(size.incidents):
            await _case(s, settings, size, number, now)
    return secret


async def _flips(s: AsyncSession, settings: Config[Any], size: Size, now: datetime) -> None:
    lot = random.Random(7)  # noqa: S311 - a story, not a secret
    exhibit, broken = result("t0", now, good=False).as_json(), failing(size)
    down = {"before": Verdict.UP, "after": Verdict.DOWN, "reason": "connect_refused", "detail": ""}
    rows = [
        {"target": one.name, "component_id": one.component, "kind": one.kind, "result": exhibit, **down}
        for one in settings.target
        for _ in range(size.flips)
    ]
    await s.execute(insert(Flip), [{**row, "at": now - YEAR * lot.random()} for row in rows])
    for number, target in enumerate(settings.target):
        verdict = Verdict.DOWN if number in broken else Verdict.UP
        s.add(Standing(target=target.name, component_id=target.component, kind=target.kind, verdict=verdict, since=now))


async def _case(s: AsyncSession, settings: Config[Any], size: Size, number: int, now: datetime) -> None:
    """One incident with its words; the last ones are open, and each has a draft that waits."""
    is_open = number >= size.incidents - size.open
    began = now - (timedelta(minutes=200) if is_open else YEAR * (1 - number / size.incidents) + timedelta(hours=4))
    incident = await incidents.begin(s, f"component:large/{number}", began)
    s.add_all(
        _member(incident.id, settings.target[place], 1 + place * size.flips, began, over=not is_open)
        for place in parts(size, number)
    )
    incident.confirmed_at = began + timedelta(seconds=20)
    act = await incidents.act(s, incident.id, 1, ActKind.ACKNOWLEDGED, "", began)
    for step in range(5):
        at = began + timedelta(minutes=step * 40)
        facts = told(at, f"act:{act.id}")
        kind = UpdateKind.FIRST if step == 0 else UpdateKind.SCOPE
        words = notice.write(kind, facts)
        update = await drafts.write(s, incident.id, kind, Stage.INVESTIGATING, "en", words, facts, at)
        if step < 4 or not is_open:
            await _publish(s, update.id, update.text_sha256, at)
    if not is_open:
        await _end(s, incident, number, size, began + timedelta(hours=4))


async def _publish(s: AsyncSession, update_id: int, text_sha256: str, at: datetime) -> None:
    await approvals.approve(
        s,
        update_id=update_id,
        person_id=1,
        revision=1,
        text_sha256=text_sha256,
        channels=["page", "chat", "list"],
        left_out={},
        now=at,
    )
    for delivery in await deliveries.of_update(s, update_id):
        await deliveries.claim(s, delivery.id)
        await deliveries.delivered(s, delivery.id, "accepted", at)


async def _end(s: AsyncSession, incident: Incident, number: int, size: Size, at: datetime) -> None:
    """The last word, and with it the end; the reviews of the newest ones wait."""
    facts = told(at - timedelta(hours=2), "act:1", recovered_at=at)
    words = notice.write(UpdateKind.RESOLVED, facts)
    update = await drafts.write(s, incident.id, UpdateKind.RESOLVED, Stage.RESOLVED, "en", words, facts, at)
    await _publish(s, update.id, update.text_sha256, at)
    review = await drafts.write(s, incident.id, UpdateKind.REVIEW, Stage.RESOLVED, "en", words, facts, at)
    if number < size.incidents - size.open - WAITING:
        await _publish(s, review.id, review.text_sha256, at)


def _member(incident_id: int, target: Any, flip_id: int, began: datetime, *, over: bool) -> Member:  # noqa: ANN401 - a target of any kind
    return Member(
        incident_id=incident_id,
        target=target.name,
        component_id=target.component,
        kind=target.kind,
        reason="connect_refused",
        flip_id=flip_id,
        first_failed_at=began,
        confirmed_at=began + timedelta(seconds=20),
        recovered_at=began + timedelta(hours=1) if over else None,
    )


def told(began: datetime, act: str, **more: Any) -> Facts:  # noqa: ANN401 - facts differ in type
    """The facts of one message."""
    part = Affected("Component 1", "smtp", "greeting", failing=3, targets=50, total=False, evidence=("flip:1",))
    return Facts(
        timezone="UTC",
        language="en",
        since=began,
        last_good=began - timedelta(seconds=30),
        affected=(part,),
        evidence=("flip:1",),
        acknowledged=Fact("Ada", began, (act,)),
        signature="Ada",
        next_update=began + timedelta(minutes=40),
        at=began,
        **more,
    )


def result(target: str, at: datetime, *, good: bool, took_s: float = 0.05) -> Result:
    """What a look gave."""
    return Result(
        target=target,
        kind="http",
        outcome=Outcome.OK if good else Outcome.FAILED,
        reason=None if good else Reason.CONNECT_REFUSED,
        detail="" if good else "127.0.0.1 port 9",
        started_at=at,
        duration_s=took_s,
        phases={},
        certificate=None,
        evidence=SAID,
        numbers={},
    )


def look(samples: Samples, settings: Config[Any], size: Size, now: datetime) -> dict[str, Verdict]:
    """The last hour of all targets; gives the verdicts in force."""
    lot, broken = random.Random(3), failing(size)  # noqa: S311 - as above
    for number, target in enumerate(settings.target):
        for at in (now - timedelta(hours=1) + LOOK_EVERY * step for step in range(30)):
            samples.add(result(target.name, at, good=number not in broken, took_s=lot.random() / 9))
    return {
        target.name: Verdict.DOWN if number in broken else Verdict.UP for number, target in enumerate(settings.target)
    }
