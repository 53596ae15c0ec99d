"""The sorts of panels that our dashboards are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deploy.grafana.board import CALM, Json, Panel, Query, Steps
from deploy.grafana.promql import VERDICTS


def named(*values: tuple[float, str, str]) -> list[Json]:
    """Words and colours for values."""
    shown = {f"{value:g}": {"text": text, "color": color, "index": n} for n, (value, text, color) in enumerate(values)}
    return [{"type": "value", "options": shown}]


UP_OR_NOT: Final = named((1, "up", "green"), (0, "not up", "red"))
VERDICT_COLORS: Final = ("green", "yellow", "purple", "orange", "red")
VERDICT_NUMBERS: Final = named(
    *((n, name, color) for (name, n), color in zip(VERDICTS.items(), VERDICT_COLORS, strict=True))
)


def number(  # noqa: PLR0913 - all of this is on the panel
    title: str,
    description: str,
    expr: str,
    *,
    unit: str = "short",
    steps: Steps = CALM,
    mappings: Sequence[Json] = (),
    none: str = "none",
    width: int = 4,
    link: str = "",
) -> Panel:
    """One large figure of the present."""
    return Panel(
        sort="stat",
        title=title,
        description=description,
        width=width,
        queries=[Query(expr, at_once=True)],
        defaults=_defaults(unit, steps) | {"mappings": [*mappings], "noValue": none} | _linked(link, title),
        options={
            "colorMode": "background_solid" if steps is not CALM or mappings else "value",
            "graphMode": "none",
            "justifyMode": "center",
            "textMode": "value",
            "orientation": "auto",
            "wideLayout": True,
            "showPercentChange": False,
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        },
    )


def graph(  # noqa: PLR0913 - all of this is on the panel
    title: str,
    description: str,
    queries: Sequence[Query],
    *,
    unit: str,
    width: int = 12,
    stacked: bool = False,
    bars: bool = False,
    lines_at: Steps = (),
    most: float | None = None,
    colors: Mapping[str, str] | None = None,
) -> Panel:
    """Lines over time; ``lines_at`` draws thresholds across."""
    custom = {
        "drawStyle": "bars" if bars else "line",
        "lineInterpolation": "stepAfter" if stacked else "linear",
        "lineWidth": 0 if stacked else 1,
        "fillOpacity": 100 if bars else 70 if stacked else 8,
        "showPoints": "never",
        "spanNulls": False,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": "dashed" if lines_at else "off"},
    }
    return Panel(
        sort="timeseries",
        title=title,
        description=description,
        width=width,
        queries=queries,
        defaults=_defaults(unit, lines_at or CALM)
        | {"color": {"mode": "palette-classic"}, "custom": custom, "min": 0}
        | ({"max": most} if most is not None else {}),
        options={
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        overrides=[_override(name, color={"mode": "fixed", "fixedColor": it}) for name, it in (colors or {}).items()],
    )


def timeline(title: str, description: str, query: Query, *, mappings: Sequence[Json], width: int = 24) -> Panel:
    """A bar for each series, in the colour of its value at each time."""
    return Panel(
        sort="state-timeline",
        title=title,
        description=description,
        width=width,
        queries=[query],
        defaults=_defaults("none", CALM)
        | {"mappings": [*mappings], "custom": {"fillOpacity": 85, "lineWidth": 0, "spanNulls": False}},
        options={
            "mergeValues": True,
            "showValue": "never",
            "alignValue": "left",
            "rowHeight": 0.8,
            "perPage": 20,
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "single", "sort": "none"},
        },
    )


def gauges(
    title: str, description: str, queries: Sequence[Query], *, unit: str, steps: Steps = CALM, width: int = 12
) -> Panel:
    """A horizontal bar for each series of the present."""
    return Panel(
        sort="bargauge",
        title=title,
        description=description,
        width=width,
        queries=queries,
        defaults=_defaults(unit, steps) | {"min": 0, "noValue": "nothing in this time"},
        options={
            "displayMode": "basic",
            "orientation": "horizontal",
            "valueMode": "color",
            "namePlacement": "left",
            "showUnfilled": True,
            "sizing": "auto",
            "minVizHeight": 16,
            "minVizWidth": 8,
            "maxVizHeight": 40,
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A value column of a table: what is asked for it, and how it looks."""

    title: str
    expr: str
    unit: str = "short"
    steps: Steps = ()
    mappings: Sequence[Json] = ()


def table(  # noqa: PLR0913 - all of this is on the panel
    title: str,
    description: str,
    columns: Sequence[Column],
    *,
    names: Sequence[str],
    link: str = "",
    sort: tuple[str, bool] | None = None,
    width: int = 24,
) -> Panel:
    """A row for each set of labels (``names``), which are its first columns; ``link`` is where the first one leads.

    ``sort`` is a column, and whether the largest value comes first.
    """
    values = [f"Value #{chr(ord('A') + index)}" for index in range(len(columns))] if columns[1:] else ["Value"]
    shown = dict(zip(values, (column.title for column in columns), strict=True))
    order = {name: index for index, name in enumerate([*names, *values])}
    return Panel(
        sort="table",
        title=title,
        description=description,
        width=width,
        queries=[Query(column.expr, as_table=True) for column in columns],
        defaults={"custom": {"align": "auto", "cellOptions": {"type": "auto"}}, "noValue": "-"},
        options={
            "showHeader": True,
            "cellHeight": "sm",
            "enablePagination": True,
            "sortBy": [{"displayName": sort[0], "desc": sort[1]}] if sort else [],
        },
        overrides=[
            *([_override(names[0], **_linked(link, "Open"))] if link else []),
            *(_column(column) for column in columns),
        ],
        transformations=[
            {"id": "merge", "options": {}},
            {
                "id": "organize",
                "options": {"excludeByName": {"Time": True}, "indexByName": order, "renameByName": shown},
            },
        ],
    )


def _column(column: Column) -> Json:
    colored = column.steps or column.mappings
    looks = {
        "unit": column.unit,
        "mappings": [*column.mappings],
        "custom.cellOptions": {"type": "color-text" if colored else "auto"},
    }
    return _override(column.title, **looks, **({"thresholds": _steps(column.steps)} if column.steps else {}))


def _override(name: str, **properties: Any) -> Json:  # noqa: ANN401 - whatever Grafana knows
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
    }


def _linked(url: str, title: str) -> Json:
    return {"links": [{"title": title, "url": url, "targetBlank": False}]} if url else {}


def _defaults(unit: str, steps: Steps) -> Json:
    return {"unit": unit, "color": {"mode": "thresholds"}, "thresholds": _steps(steps)}


def _steps(steps: Steps) -> Json:
    return {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in steps]}
