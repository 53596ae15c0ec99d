"""What a dashboard is made of, and how Grafana's classic JSON model says it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]

# The last version of the classic model: older Grafanas read it too, newer ones make their own of it when they load it.
SCHEMA: Final = 42
SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
TAG: Final = "ownup"
COLUMNS: Final = 24
ALL: Final = ".+"

# Each pair says from which value on which colour counts.
Steps = Sequence[tuple[float | None, str]]
CALM: Final[Steps] = ((None, "blue"),)
NONE_IS_GOOD: Final[Steps] = ((None, "green"), (1, "red"))


@dataclass(frozen=True, slots=True)
class Query:
    """One expression. ``at_once`` asks for the present only, ``as_table`` also for its labels as columns."""

    expr: str
    legend: str = ""
    at_once: bool = False
    as_table: bool = False

    def json(self, ref: str) -> Json:
        """As a target of a panel."""
        instant = self.at_once or self.as_table
        return {
            "refId": ref,
            "datasource": SOURCE,
            "editorMode": "code",
            "expr": self.expr,
            "legendFormat": self.legend or "__auto",
            "instant": instant,
            "range": not instant,
            "format": "table" if self.as_table else "time_series",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel of the grid; ``sort`` is Grafana's name of how it shows things."""

    sort: str
    title: str
    description: str
    width: int
    queries: Sequence[Query]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    overrides: Sequence[Json] = ()
    transformations: Sequence[Json] = ()

    def json(self, number: int, place: Json) -> Json:
        """With its number, at its place of the grid."""
        return {
            "id": number,
            "type": self.sort,
            "title": self.title,
            "description": self.description,
            "datasource": SOURCE,
            "gridPos": place,
            "targets": [query.json(chr(ord("A") + index)) for index, query in enumerate(self.queries)],
            "fieldConfig": {"defaults": dict(self.defaults), "overrides": [*self.overrides]},
            "options": dict(self.options),
            "transformations": [*self.transformations],
        }


@dataclass(frozen=True, slots=True)
class Shelf:
    """Panels of one height side by side, under a heading if it has one."""

    height: int
    panels: Sequence[Panel]
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A variable whose values are a label's in a series."""

    name: str
    series: str
    label: str
    title: str
    description: str
    several: bool = True

    def json(self) -> Json:
        """Everything is chosen where several may be; else the first."""
        query = f"label_values({self.series}, {self.label})"
        return {
            "type": "query",
            "name": self.name,
            "label": self.title,
            "description": self.description,
            "datasource": SOURCE,
            "definition": query,
            "query": {"qryType": 1, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
            "refresh": 2,
            "sort": 5,
            "multi": self.several,
            "includeAll": self.several,
            "hide": 0,
            **({"allValue": ALL, "current": {"text": ["All"], "value": ["$__all"]}} if self.several else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One dashboard: what it is asked about, and its shelves from top to bottom."""

    name: str
    title: str
    description: str
    since: str
    choices: Sequence[Choice]
    shelves: Sequence[Shelf]

    def json(self) -> Json:
        """The whole of it."""
        return {
            "uid": f"ownup-{self.name}",
            "title": self.title,
            "description": self.description,
            "tags": [TAG],
            "schemaVersion": SCHEMA,
            "timezone": "utc",
            "editable": True,
            "graphTooltip": 1,
            "refresh": "30s",
            "time": {"from": f"now-{self.since}", "to": "now"},
            "links": [_TO_THE_OTHERS],
            "templating": {"list": [_DATASOURCE, *(choice.json() for choice in self.choices)]},
            "annotations": {"list": []},
            "panels": [*self._panels()],
        }

    def _panels(self) -> Iterator[Json]:
        number = top = 0
        for shelf in self.shelves:
            if shelf.heading:
                number += 1
                yield _heading(number, shelf.heading, top)
                top += 1
            left = 0
            for panel in shelf.panels:
                number += 1
                yield panel.json(number, {"x": left, "y": top, "w": panel.width, "h": shelf.height})
                left += panel.width
            top += shelf.height


def _heading(number: int, title: str, top: int) -> Json:
    place = {"x": 0, "y": top, "w": COLUMNS, "h": 1}
    return {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}


_DATASOURCE: Final[Json] = {
    "type": "datasource",
    "name": "datasource",
    "label": "Data source",
    "description": "The Prometheus that scrapes Ownup and has its recording rules.",
    "query": "prometheus",
    "refresh": 1,
    "multi": False,
    "includeAll": False,
    "hide": 0,
}

_TO_THE_OTHERS: Final[Json] = {
    "type": "dashboards",
    "title": "Ownup",
    "tags": [TAG],
    "asDropdown": False,
    "includeVars": True,
    "keepTime": True,
    "targetBlank": False,
    "icon": "external link",
    "tooltip": "",
}
