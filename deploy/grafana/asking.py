"""Asks a Prometheus what Grafana would ask it for a dashboard, with the variables filled in as Grafana does."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

Json = dict[str, Any]

TIMEOUT_S: Final = 30
POINTS: Final = 240
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)")
_LABEL_VALUES: Final = re.compile(r"label_values\((.+), (\w+)\)")


@dataclass(frozen=True, slots=True)
class Series:
    """One answer: its labels, and its values by time."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A Prometheus, and the time that is looked at; ``scrape_s`` is what its data source is told in Grafana."""

    url: str
    until: float
    range_s: float
    scrape_s: float = 15.0
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def step_s(self) -> float:
        """The pause between two points."""
        return max(self.range_s / POINTS, self.scrape_s, 1.0)

    def ask(self, target: Json, values: Mapping[str, str]) -> list[Series]:
        """What an expression gives. Raises ValueError with Prometheus' own words if it does not parse."""
        query = filled(target["expr"], values)
        if target["instant"]:
            data = self._get("query", query=query, time=str(self.until))
        else:
            begin = self.until - self.range_s
            step = str(self.step_s)
            data = self._get("query_range", query=query, start=str(begin), end=str(self.until), step=step)
        return [_series(one) for one in data["result"]]

    def now(self, expr: str) -> list[Series]:
        """What an expression without variables gives at this very moment."""
        return [_series(one) for one in self._get("query", query=expr)["result"]]

    def values(self, board: Json) -> dict[str, str]:
        """What stands for each variable: everything where several may be chosen, else the first that there is."""
        found = {
            "__range": f"{self.range_s:.0f}s",
            "__interval": f"{self.step_s:.0f}s",
            "__rate_interval": f"{max(self.step_s + self.scrape_s, 4 * self.scrape_s):.0f}s",
        }
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                found[variable["name"]] = self._value(variable, found)
        return found

    def options(self, variable: Json, values: Mapping[str, str]) -> list[str]:
        """What there is to choose from."""
        series, label = _LABEL_VALUES.fullmatch(variable["query"]["query"]).groups()  # type: ignore[union-attr]
        matched = {"match[]": filled(series, values), "start": str(self.until - self.range_s), "end": str(self.until)}
        return list(self._get(f"label/{label}/values", **matched))

    def _value(self, variable: Json, values: Mapping[str, str]) -> str:
        there_are = self.options(variable, values)
        if not there_are:
            raise ValueError(f"there is nothing to choose from: {variable['query']['query']}")
        everything = variable.get("allValue", there_are[0])
        return self.chosen.get(variable["name"], everything)

    def _get(self, path: str, **parameters: str) -> Any:  # noqa: ANN401 - whatever Prometheus knows
        where = f"{self.url}/api/v1/{path}?{urlencode(parameters)}"
        try:
            with urllib.request.urlopen(where, timeout=TIMEOUT_S) as answer:  # noqa: S310 - a URL of the caller's
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(f"{parameters}: {error.read().decode()}") from error


def panels(board: Json) -> Iterator[Json]:
    """Those that show something."""
    return (panel for panel in board["panels"] if panel["type"] != "row")


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its variables replaced. Raises KeyError for one that has no value."""
    return _VARIABLE.sub(lambda found: values[found[1] or found[2]], text)


def _series(one: Json) -> Series:
    points = one["values"] if "values" in one else [one["value"]]
    return Series(one["metric"], tuple((float(at), float(value)) for at, value in points))
