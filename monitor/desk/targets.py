"""The page of all checks: what each target is held for, how its last hour went, and why it is not good if it is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from monitor.desk.evidence import sentence
from monitor.desk.number import number
from monitor.desk.seat import Seat
from monitor.desk.spark import WINDOW, Spark, draw
from monitor.desk.visit import Visit
from monitor.ledger.samples import Sample
from monitor.verdict import Verdict

PAGE: Final = 40
WORST_FIRST: Final = (Verdict.DOWN, Verdict.SUSPECT, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.UP)


@dataclass(frozen=True, slots=True)
class Check:
    """One target as a row: ``reason`` is why its last look was not good, empty if it was."""

    name: str
    kind: str
    component: str
    verdict: Verdict
    reason: str
    last: datetime | None
    spark: Spark | None


async def get(visit: Visit) -> web.Response:
    """Show all checks, the worst first, a page at a time, of one component or of all."""
    wanted = visit.request.query.get("component", "")
    found = order(visit.seat, wanted)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(number(visit.request.query.get("page", "")) or 1, 1), pages)
    return visit.page(
        "targets.html",
        again=visit.request.path_qs,
        checks=await rows(visit.seat, found[(page - 1) * PAGE : page * PAGE], visit.now),
        total=len(found),
        number=page,
        pages=pages,
        components=visit.seat.config.component,
        chosen=wanted,
    )


def order(seat: Seat, component: str = "") -> Sequence[Any]:
    """The targets of a component, or all, the worst first and else as the config has them."""
    verdicts = seat.verdicts()
    found = [one for one in seat.config.target if one.enabled and component in {"", one.component}]
    return sorted(found, key=lambda one: WORST_FIRST.index(verdicts.get(one.name, Verdict.UNKNOWN)))


async def rows(seat: Seat, targets: Sequence[Any], now: datetime) -> list[Check]:
    """Each of these as a row, with its last hour."""
    names = {component.id: component.name for component in seat.config.component}
    samples = await seat.samples.recent_of([one.name for one in targets], now - WINDOW) if seat.samples else {}
    verdicts = seat.verdicts()
    return [
        _row(one, names, verdicts.get(one.name, Verdict.UNKNOWN), draw(seen, now), seen)
        for one in targets
        for seen in [samples.get(one.name, ())]
    ]


def _row(
    target: Any,  # noqa: ANN401 - a target of any kind
    names: Mapping[str, str],
    verdict: Verdict,
    spark: Spark | None,
    seen: Sequence[Sample],
) -> Check:
    last = seen[-1] if seen else None
    return Check(
        name=target.name,
        kind=target.kind,
        component=names.get(target.component, target.component),
        verdict=verdict,
        reason=sentence(last.reason, "") if last and last.reason else "",
        last=last.at if last else None,
        spark=spark,
    )
