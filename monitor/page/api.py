"""The page for programs, in the shapes of Statuspage's public API v2, so that its clients read ours unchanged."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from monitor.page.answer import Answer
from monitor.page.links import Links
from monitor.page.moment import Case, Moment, Work
from monitor.page.shapes import as_of, components, incidents, maintenances, page, status

INCIDENTS_MAX: Final = 50
JSON: Final = "application/json"


def _summary(moment: Moment, links: Links) -> Answer:
    """Everything that is so now."""
    del links
    return _answer(
        moment,
        components=components(moment),
        incidents=incidents(moment, moment.open_cases),
        scheduled_maintenances=maintenances(moment, _ahead(moment)),
        status=status(moment),
    )


def _status(moment: Moment, links: Links) -> Answer:
    """The whole in one word, and as of when: who reads it from afar sees by that whether what they read is kept up."""
    del links
    return _answer(moment, status=status(moment), as_of=as_of(moment))


def _components(moment: Moment, links: Links) -> Answer:
    """Every component and every group of them."""
    del links
    return _answer(moment, components=components(moment))


def _incidents(chosen: Callable[[Moment], Sequence[Case]]) -> Callable[[Moment, Links], Answer]:
    def answer(moment: Moment, links: Links) -> Answer:
        del links
        return _answer(moment, incidents=incidents(moment, chosen(moment)[:INCIDENTS_MAX]))

    return answer


def _maintenances(chosen: Callable[[Moment], Sequence[Case]]) -> Callable[[Moment, Links], Answer]:
    def answer(moment: Moment, links: Links) -> Answer:
        del links
        return _answer(moment, scheduled_maintenances=maintenances(moment, chosen(moment)[:INCIDENTS_MAX]))

    return answer


def _ahead(moment: Moment) -> tuple[Case, ...]:
    """What is under way or still to come, the newest first, as all lists are."""
    return tuple(case for case in moment.works if case.work in {Work.SCHEDULED, Work.IN_PROGRESS})


def _upcoming(moment: Moment) -> tuple[Case, ...]:
    return tuple(case for case in moment.works if case.work is Work.SCHEDULED)


def _answer(moment: Moment, **more: object) -> Answer:
    text = json.dumps({"page": page(moment), **more}, ensure_ascii=False, separators=(",", ":"))
    return Answer.of(text, JSON, shared=True)


ANSWERS: Final[Mapping[str, Callable[[Moment, Links], Answer]]] = {
    "/api/v2/summary.json": _summary,
    "/api/v2/status.json": _status,
    "/api/v2/components.json": _components,
    "/api/v2/incidents.json": _incidents(lambda moment: moment.incidents),
    "/api/v2/incidents/unresolved.json": _incidents(lambda moment: moment.open_cases),
    "/api/v2/scheduled-maintenances.json": _maintenances(lambda moment: moment.works),
    "/api/v2/scheduled-maintenances/upcoming.json": _maintenances(_upcoming),
    "/api/v2/scheduled-maintenances/active.json": _maintenances(lambda moment: moment.running),
}
