"""Draws the dashboards of a running Prometheus as pages: ``python -m deploy.grafana.draw http://127.0.0.1:9090 DIR``.

The queries, their variables and the places are those of the dashboards; the looks are our own, and plainer than
Grafana's. The pictures of the documents were made from such pages.
"""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, Final

from deploy.grafana.asking import Asker
from deploy.grafana.drawing import Drawing
from deploy.grafana.make import HERE

Json = dict[str, Any]

WIDTH: Final = 1560
GAP: Final = 8
UNIT: Final = 36
TITLE: Final = 30

STYLE: Final = """
body { margin: 0; background: #f1f3f6; color: #1f2329; font: 13px/1.35 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 21px; margin: 16px 16px 4px; } p { margin: 0 16px 12px; color: #5a626c; }
main { position: relative; margin: 0 8px; }
section { position: absolute; background: #fff; border: 1px solid #dfe3e8; border-radius: 6px; overflow: hidden; }
h2 { font-size: 13px; margin: 0; padding: 7px 10px 4px; } h3 { position: absolute; margin: 0; font-size: 15px; }
.figure { position: absolute; inset: 30px 0 0; display: grid; place-items: center; font-size: 27px; font-weight: 600; }
.none { color: #8b939d; font-size: 17px; font-weight: 400; }
svg { display: block; } svg text { font-size: 11px; fill: #5a626c; }
.grid { stroke: #e8ebef; } polyline { fill: none; }
.legend { padding: 0 10px; } .legend span { margin-right: 14px; font-size: 12px; white-space: nowrap; }
.legend i { display: inline-block; width: 12px; height: 4px; margin-right: 5px; vertical-align: middle; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 6px 10px; }
th { font-weight: 600; color: #5a626c; font-size: 12px; } td { border-top: 1px solid #eef0f3; font-weight: 500; }
.gauges { padding: 4px 10px; display: grid; height: calc(100% - 42px); align-content: space-evenly; }
.gauge { display: grid; grid-template-columns: 190px 1fr 90px; gap: 10px; }
.gauge b { font-weight: 500; } .gauge u { background: #eef0f3; border-radius: 3px; } .gauge em { font-style: normal; }
.gauge i { display: block; height: 100%; min-height: 18px; border-radius: 3px; }
"""


def page(board: Json, asker: Asker) -> str:
    """One dashboard as a page."""
    values = asker.values(board)
    inside = "".join(_heading(one) if one["type"] == "row" else _panel(one, asker, values) for one in board["panels"])
    height = max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in board["panels"]) * UNIT
    asked = ", ".join(
        f"{one['label']}: {values[one['name']]}" for one in board["templating"]["list"] if one["name"] in values
    )
    about = f"{board['description']} {asked.replace('.+', 'all')}"
    return (
        f"<!doctype html><meta charset=utf-8><title>{escape(board['title'])}</title><style>{STYLE}</style>"
        f"<h1>{escape(board['title'])}</h1><p>{escape(about)}</p><main style='height:{height}px'>{inside}</main>"
    )


def _heading(row: Json) -> str:
    return f"<h3 style='top:{row['gridPos']['y'] * UNIT + 12}px;left:8px'>{escape(row['title'])}</h3>"


def _panel(panel: Json, asker: Asker, values: Mapping[str, str]) -> str:
    place, column = panel["gridPos"], (WIDTH - 16) / 24
    width, height = place["w"] * column - GAP, place["h"] * UNIT - GAP
    where = f"left:{place['x'] * column:.0f}px;top:{place['y'] * UNIT}px;width:{width:.0f}px;height:{height}px"
    answers = [(target, asker.ask(target, values)) for target in panel["targets"]]
    span = (asker.until - asker.range_s, asker.until)
    drawing = Drawing(panel, answers, (width, height - TITLE), span)
    return f"<section style='{where}'><h2>{escape(panel['title'])}</h2>{drawing.body()}</section>"


def main() -> None:
    """Write a page for each dashboard."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prometheus", help="such as http://127.0.0.1:9090")
    parser.add_argument("directory", type=Path, help="where the pages go")
    parser.add_argument("--minutes", type=float, default=360, help="how long back (default: %(default)s)")
    parser.add_argument(
        "--scrape", type=float, default=15, help="its scrape_interval in seconds (default: %(default)s)"
    )
    parser.add_argument("--target", help="which target the dashboard of one target shows; default: the first")
    words = parser.parse_args()
    asker = Asker(url=words.prometheus, until=time.time(), range_s=words.minutes * 60, scrape_s=words.scrape)
    for path in sorted(HERE.glob("*.json")):
        board = json.loads(path.read_text())
        chosen = {"target": words.target} if words.target and path.stem == "target" else {}
        told = page(board, replace(asker, chosen=chosen))
        (words.directory / f"{path.stem}.html").write_text(told)


if __name__ == "__main__":
    main()
