"""Draws a panel as HTML and SVG from what Prometheus answered: plainly, for documents, and not as Grafana would."""

import time
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import pairwise
from math import isnan
from typing import Any, Final

from deploy.grafana.asking import Series
from deploy.grafana.figures import HUES, PALETTE, colored, ticks, written

Json = dict[str, Any]
Answers = Sequence[tuple[Json, Sequence[Series]]]

LEFT, RIGHT, TOP, BOTTOM = 70, 12, 6, 20
LEGEND_CHARS: Final = 26
LEGEND_ROW: Final = 7


class Drawing:
    """One panel, its size in pixels, the time it shows, and what was answered."""

    def __init__(self, panel: Json, answers: Answers, size: tuple[float, float], span: tuple[float, float]) -> None:
        """Take in everything; ``body`` draws."""
        self.panel, self.answers, self.span = panel, answers, span
        self.width, self.height = size
        self.defaults = panel["fieldConfig"]["defaults"]
        self.overrides = {
            one["matcher"]["options"]: {each["id"]: each["value"] for each in one["properties"]}
            for one in panel["fieldConfig"]["overrides"]
        }

    def body(self) -> str:
        """Whatever stands below the title."""
        return _SORTS[self.panel["type"]](self)

    def named(self) -> list[tuple[str, Series]]:
        """Each series with the name that its legend gives it."""
        return [(_legend(target["legendFormat"], one), one) for target, series in self.answers for one in series]

    def write(self, value: float) -> str:
        """A value in the panel's unit."""
        return escape(written(value, self.defaults, self.span[1]))

    def x(self, at: float) -> float:
        """Where a time lies."""
        begin, end = self.span
        return LEFT + (at - begin) / (end - begin) * (self.width - LEFT - RIGHT)

    def hours(self, below: float) -> str:
        """The times under the picture."""
        begin, end = self.span
        marks = [begin + (end - begin) * part for part in (0.1, 0.3, 0.5, 0.7, 0.9)]
        return "".join(
            f'<text x="{self.x(at):.1f}" y="{below:.1f}" text-anchor="middle">'
            f"{time.strftime('%H:%M', time.gmtime(at))}</text>"
            for at in marks
        )

    def svg(self, inside: str, height: float) -> str:
        """A picture of the panel's width."""
        return f'<svg width="{self.width:.0f}" height="{height:.0f}">{inside}</svg>'


def _figure(drawing: Drawing) -> str:
    series = drawing.named()
    if not series or isnan(series[0][1].points[-1][1]):
        return f'<div class="figure none">{escape(drawing.defaults.get("noValue", ""))}</div>'
    value = series[0][1].points[-1][1]
    hue = colored(value, drawing.defaults)
    filled = drawing.panel["options"]["colorMode"] == "background_solid"
    style = f"background:{hue};color:#fff" if filled else f"color:{hue}"
    return f'<div class="figure" style="{style}">{drawing.write(value)}</div>'


def _graph(drawing: Drawing) -> str:
    named = [(name, one) for name, one in drawing.named() if any(not isnan(value) for _, value in one.points)]
    custom = drawing.defaults["custom"]
    height = drawing.height - (22 if len(named) < LEGEND_ROW else 40)
    rows = _stacked(named) if custom["stacking"]["mode"] == "normal" else [(n, _flat(s)) for n, s in named]
    highest = max((top for _, row in rows for _, _, top in row), default=0.0)
    marks = ticks(highest)

    def y(value: float) -> float:
        return TOP + (1 - value / (marks[-1] or 1)) * (height - TOP - BOTTOM)

    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{drawing.width - RIGHT:.0f}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y(mark) + 4:.1f}" text-anchor="end">{drawing.write(mark)}</text>'
        for mark in marks
    )
    draw = _bars if custom["drawStyle"] == "bars" else _area
    hues = {name: _hue(drawing, name, n) for n, (name, _) in enumerate(rows)}
    drawn = "".join(draw(drawing, row, y, hues[name]) for name, row in rows)
    limits = _limits(drawing, y, marks[-1]) if custom["thresholdsStyle"]["mode"] != "off" else ""
    legend = "".join(
        f'<span><i style="background:{hues[name]}"></i>{escape(name[:LEGEND_CHARS])}</span>' for name, _ in rows
    )
    picture = drawing.svg(grid + drawn + limits + drawing.hours(height - 5), height)
    return f'{picture}<div class="legend">{legend}</div>'


_Row = list[tuple[float, float, float]]
"""Of each point its time, and from where to where it reaches."""


def _flat(series: Series) -> _Row:
    return [(at, 0.0, value) for at, value in series.points]


def _stacked(named: Sequence[tuple[str, Series]]) -> list[tuple[str, _Row]]:
    floor: dict[float, float] = {}
    rows = []
    for name, series in named:
        row = []
        for at, value in series.points:
            below = floor.get(at, 0.0)
            row.append((at, below, below + value))
            floor[at] = below + value
        rows.append((name, row))
    return rows


def _area(drawing: Drawing, row: _Row, y: Callable[[float], float], hue: str) -> str:
    gap = 3 * min((b[0] - a[0] for a, b in pairwise(row)), default=1.0)
    parts: list[_Row] = [[]]
    for point in row:
        if isnan(point[2]) or (parts[-1] and point[0] - parts[-1][-1][0] > gap):
            parts.append([])
        if not isnan(point[2]):
            parts[-1].append(point)
    drawn, custom = "", drawing.defaults["custom"]
    for part in filter(None, parts):
        above = " ".join(f"{drawing.x(at):.1f},{y(top):.1f}" for at, _, top in part)
        under = " ".join(f"{drawing.x(at):.1f},{y(low):.1f}" for at, low, _ in reversed(part))
        drawn += f'<polygon points="{above} {under}" fill="{hue}" opacity="{_opacity(drawing)}"/>'
        drawn += f'<polyline points="{above}" stroke="{hue}" stroke-width="{custom["lineWidth"] * 1.6}"/>'
    return drawn


def _bars(drawing: Drawing, row: _Row, y: Callable[[float], float], hue: str) -> str:
    wide = max((drawing.width - LEFT - RIGHT) / max(len(row), 60) - 1, 1.5)
    return "".join(
        f'<rect x="{drawing.x(at) - wide / 2:.1f}" y="{y(top):.1f}" width="{wide:.1f}" height="{y(low) - y(top):.1f}" '
        f'fill="{hue}" opacity="{_opacity(drawing)}"/>'
        for at, low, top in row
        if top > low
    )


def _limits(drawing: Drawing, y: Callable[[float], float], highest: float) -> str:
    steps = [step for step in drawing.defaults["thresholds"]["steps"] if step["value"] and step["value"] <= highest]
    return "".join(
        f'<line x1="{LEFT}" x2="{drawing.width - RIGHT:.0f}" y1="{y(step["value"]):.1f}" y2="{y(step["value"]):.1f}" '
        f'stroke="{HUES[step["color"]]}" stroke-dasharray="6 4"/>'
        for step in steps
    )


def _timeline(drawing: Drawing) -> str:
    named = drawing.named()
    tall = min((drawing.height - 4 - TOP - BOTTOM) / max(len(named), 1), 60.0)
    drawn = ""
    for place, (name, series) in enumerate(named):
        top = TOP + place * tall
        drawn += (
            f'<text x="{LEFT - 6}" y="{top + tall / 2 + 4:.1f}" text-anchor="end">{escape(name[:LEGEND_CHARS])}</text>'
        )
        step = min((b[0] - a[0] for a, b in pairwise(series.points)), default=1.0)
        wide = drawing.x(step) - drawing.x(0) + 0.6
        drawn += "".join(
            f'<rect x="{drawing.x(at):.1f}" y="{top + 3:.1f}" width="{wide:.1f}" height="{tall - 6:.1f}" '
            f'fill="{colored(value, drawing.defaults)}"/>'
            for at, value in series.points
        )
    return drawing.svg(drawn + drawing.hours(TOP + len(named) * tall + 14), drawing.height - 4)


def _gauges(drawing: Drawing) -> str:
    shown = [(name, one.points[-1][1]) for name, one in drawing.named() if not isnan(one.points[-1][1])]
    if not shown:
        return f'<div class="figure none">{escape(drawing.defaults.get("noValue", ""))}</div>'
    largest = max(value for _, value in shown) or 1.0
    rows = "".join(
        f'<div class="gauge"><b>{escape(name[:40])}</b><u><i style="width:{max(value / largest * 100, 0.6):.1f}%;'
        f'background:{colored(value, drawing.defaults)}"></i></u><em>{drawing.write(value)}</em></div>'
        for name, value in shown
    )
    return f'<div class="gauges">{rows}</div>'


def _table(drawing: Drawing) -> str:
    organize = drawing.panel["transformations"][-1]["options"]
    titles: Mapping[str, str] = organize["renameByName"]
    names = [name for name in organize["indexByName"] if name not in titles]
    rows: dict[tuple[str, ...], dict[str, float]] = {}
    for title, (_, series) in zip(titles.values(), drawing.answers, strict=True):
        for one in series:
            rows.setdefault(tuple(one.labels.get(name, "") for name in names), {})[title] = one.points[-1][1]
    ordered = sorted(rows.items())
    for sort in drawing.panel["options"]["sortBy"]:
        missing = float("-inf") if sort["desc"] else float("inf")
        ordered.sort(key=lambda row: row[1].get(sort["displayName"], missing), reverse=sort["desc"])
    head = "".join(f"<th>{escape(name)}</th>" for name in [*names, *titles.values()])
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(word)}</td>' for word in row)}"
        f"{''.join(_cell(drawing, title, values.get(title)) for title in titles.values())}</tr>"
        for row, values in ordered
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(drawing: Drawing, title: str, value: float | None) -> str:
    if value is None or isnan(value):
        return "<td>-</td>"
    looks = drawing.overrides[title]
    hue = colored(value, looks)
    return f'<td style="color:{hue}">{escape(written(value, looks, drawing.span[1]))}</td>'


def _opacity(drawing: Drawing) -> float:
    return float(drawing.defaults["custom"]["fillOpacity"]) / 100


def _hue(drawing: Drawing, name: str, number: int) -> str:
    fixed = drawing.overrides.get(name, {}).get("color")
    return HUES[fixed["fixedColor"]] if fixed else PALETTE[number % len(PALETTE)]


def _legend(template: str, series: Series) -> str:
    for label, value in series.labels.items():
        template = template.replace(f"{{{{{label}}}}}", value)
    return template


_SORTS: Final[dict[str, Callable[[Drawing], str]]] = {
    "stat": _figure,
    "timeseries": _graph,
    "state-timeline": _timeline,
    "bargauge": _gauges,
    "table": _table,
}
