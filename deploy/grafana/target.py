"""The dashboard of one target in depth: its verdict, each phase of its looks, and why they fail."""

from typing import Final

from deploy.grafana.board import Board, Choice, Query, Shelf
from deploy.grafana.overview import NINES, OUTCOMES
from deploy.grafana.panels import VERDICT_NUMBERS, graph, number, timeline
from deploy.grafana.promql import OF_COMPONENT, TARGET, grown, verdict_number

ONE: Final = 'target="$target"'
SEEN: Final = (
    f'sum by ({TARGET}) (ownup_verdict{{{ONE}, verdict=~"up|degraded"}}) '
    f'unless on ({TARGET}) ownup_verdict{{{ONE}, verdict="unknown"}} == 1 '
    f"unless on ({TARGET}) ownup_target_maintenance{{{ONE}}} == 1"
)
TOOK: Final = f"probe_duration_seconds{{{ONE}}}"

NOW: Final = (
    number(
        "Verdict",
        "Our opinion of it now.",
        f"max({verdict_number(ONE)})",
        unit="none",
        mappings=VERDICT_NUMBERS,
    ),
    number(
        "Available in this time",
        "Time counts, not looks. What could not be seen or was planned counts neither for nor against; a suspicion "
        "counts against.",
        f"min(avg_over_time(({SEEN})[$__range:]))",
        unit="percentunit",
        steps=NINES,
    ),
    number("Last look", "How long ago it was.", f"min(time() - ownup_result_timestamp_seconds{{{ONE}}})", unit="s"),
    number("It took", "How long the last look took.", f"max({TOOK})", unit="s"),
    number(
        "Found at worst after",
        "How long a fault of it can go unnoticed by its own settings, until several looks have confirmed it.",
        f'max(ownup_detection_budget_seconds{{{ONE}, bound="worst"}})',
        unit="s",
    ),
    number(
        "Certificate expires in",
        "The earliest expiry of the chain that it sent.",
        f"min(last_over_time(probe_ssl_earliest_cert_expiry{{{ONE}}}[1h]) - time())",
        unit="dtdurations",
        steps=((None, "red"), (2 * 86_400, "orange"), (14 * 86_400, "green")),
        none="no TLS",
    ),
)

PHASES: Final = graph(
    "Where the time goes",
    "Each phase of the last look, one upon the other: a name resolution that is slow looks unlike a server that is.",
    [Query(f"max by (phase) (ownup_probe_phase_duration_seconds{{{ONE}}})", "{{phase}}")],
    unit="s",
    width=24,
    stacked=True,
)

BELOW: Final = (
    graph(
        "How long looks take",
        "The last look, and what half and 95 % of the looks of the last half hour took at most.",
        [
            Query(f"max({TOOK})", "a look"),
            Query(f"max(quantile_over_time(0.5, {TOOK}[30m]))", "half"),
            Query(f"max(quantile_over_time(0.95, {TOOK}[30m]))", "95 %"),
        ],
        unit="s",
        width=8,
    ),
    graph(
        "Looks by outcome",
        "What they came to. A suspicion is followed by extra looks.",
        [Query(f"sum by (outcome) ({grown('ownup_results_total', ONE)})", "{{outcome}}")],
        unit="short",
        width=8,
        stacked=True,
        bars=True,
        colors=OUTCOMES,
    ),
    graph(
        "Failures by reason",
        "Why looks were not ok: a closed set, explained in docs/reasons.md.",
        [Query(f"sum by (reason) ({grown('ownup_failures_total', ONE)}) > 0", "{{reason}}")],
        unit="short",
        width=8,
        stacked=True,
        bars=True,
    ),
)

WEB: Final = (
    graph(
        "Status of the answer",
        "0 if there was none.",
        [Query(f"max(probe_http_status_code{{{ONE}}})", "status")],
        unit="none",
    ),
    graph(
        "Redirects",
        "How many the look met on its way.",
        [Query(f"max(probe_http_redirects{{{ONE}}})", "redirects")],
        unit="none",
    ),
)

BOARD: Final = Board(
    name="target",
    title="Ownup: one target",
    description="One target in depth: its verdict, each phase of its looks, and why they fail.",
    since="6h",
    choices=[
        Choice(
            name="component",
            series="target:ownup_component:info",
            label="component",
            title="Component",
            description="Narrows down the targets to choose from.",
        ),
        Choice(
            name="target",
            series=f"target:ownup_component:info{{{OF_COMPONENT}}}",
            label="target",
            title="Target",
            description="The one to look into.",
            several=False,
        ),
    ],
    shelves=[
        Shelf(4, NOW),
        Shelf(
            4,
            [
                timeline(
                    "Verdict over time",
                    "Suspect is the time in which looks confirm or clear a failure; unknown is our own fault.",
                    Query(f"max by (target) ({verdict_number(ONE)})", "{{target}}"),
                    mappings=VERDICT_NUMBERS,
                )
            ],
        ),
        Shelf(10, [PHASES]),
        Shelf(8, BELOW),
        Shelf(6, WEB, "Only of the kind http"),
    ],
)
