"""The dashboard for whoever is on call: what is wrong now, what it costs, and whether we can see at all."""

from typing import Final

from deploy.grafana.board import NONE_IS_GOOD, Board, Choice, Query, Shelf
from deploy.grafana.panels import UP_OR_NOT, VERDICT_NUMBERS, Column, gauges, graph, named, number, table, timeline
from deploy.grafana.promql import (
    ANY,
    COMPONENT,
    OF_COMPONENT,
    VERDICTS,
    chosen,
    grown,
    in_force,
    or_none,
    quantile,
    worst,
)

TO_TARGETS: Final = (
    "/d/ownup-target?${__url_time_range}&${datasource:queryparam}&var-component=${__data.fields.component}"
)
TO_TARGET: Final = f"{TO_TARGETS}&var-target=${{__data.fields.target}}"
TO_PROMISES: Final = "/d/ownup-promises?${__url_time_range}&${datasource:queryparam}"

UP: Final = f"component:ownup_up:min{{{OF_COMPONENT}}}"
SLOW: Final = f"component:probe_duration_seconds:p95_5m{{{OF_COMPONENT}}}"
EXPIRY: Final = f"last_over_time(probe_ssl_earliest_cert_expiry{{{ANY}}}[1h]) - time()"
NOT_UP: Final = " or ".join(f"{n} * ({in_force(name)})" for name, n in VERDICTS.items() if name != "up")
FAILURES: Final = chosen(grown("ownup_failures_total"))
OUTCOMES: Final = {"ok": "green", "degraded": "yellow", "failed": "red", "unknown": "purple"}
NINES: Final = ((None, "red"), (0.999, "orange"), (0.9999, "green"))


def _targets(verdict: str) -> str:
    return or_none(f"count({chosen(in_force(verdict))})")


NOW: Final = (
    number(
        "Down",
        "Targets that are down: several looks have confirmed it.",
        _targets("down"),
        steps=NONE_IS_GOOD,
        width=3,
    ),
    number(
        "Suspect",
        "Targets whose last look failed; the confirming looks are under way.",
        _targets("suspect"),
        steps=((None, "green"), (1, "orange")),
        width=3,
    ),
    number(
        "Degraded",
        "Targets that work, and not as promised.",
        _targets("degraded"),
        steps=((None, "green"), (1, "yellow")),
        width=3,
    ),
    number(
        "Unknown",
        "Targets of which we cannot tell: our own fault, and never called down.",
        _targets("unknown"),
        steps=((None, "green"), (1, "purple")),
        width=3,
    ),
    number(
        "Open incidents",
        "Planned work left out. Opens the dashboard of incidents and promises.",
        'sum(ownup_incidents_open{stage=~"investigating|identified|monitoring"})',
        steps=NONE_IS_GOOD,
        width=3,
        link=TO_PROMISES,
    ),
    number(
        "Drafts waiting",
        "Notices that are written and wait for a human's yes. Customers do not know of them yet.",
        "sum(ownup_drafts_waiting)",
        steps=((None, "green"), (1, "orange")),
        width=3,
        link=TO_PROMISES,
    ),
    number(
        "Our own line",
        "Whether we can see at all. While we are cut off, looks count as unknown and accuse nobody.",
        "max(ownup_place_isolated)",
        mappings=named((0, "we can see", "green"), (1, "cut off", "red")),
        width=3,
    ),
    number(
        "Watched",
        "Targets that are looked at.",
        or_none(f"count(target:ownup_component:info{{{OF_COMPONENT}}})"),
        width=3,
    ),
)

COMPONENTS: Final = table(
    "Components",
    "A component is as good as its worst target. Time counts, not looks; what could not be seen or was planned counts "
    "neither for nor against. A row opens the component's targets.",
    [
        Column(title="Now", expr=f"min by (component) ({UP})", unit="none", mappings=UP_OR_NOT),
        *(
            Column(
                title=f"Available {window}",
                expr=f"min by (component) (component:ownup_availability:ratio_{window}{{{OF_COMPONENT}}})",
                unit="percentunit",
                steps=NINES,
            )
            for window in ("1h", "30d")
        ),
        Column(
            title="Error budget left 30d",
            expr=f"min by (component) (component:ownup_error_budget_left:ratio_30d{{{OF_COMPONENT}}})",
            unit="percentunit",
            steps=((None, "red"), (0, "orange"), (0.25, "green")),
        ),
        Column(
            title="Spent, times as fast as allowed",
            expr=f"max by (component) (component:ownup_error_budget_burn:ratio_1h{{{OF_COMPONENT}}})",
            steps=((None, "green"), (1, "orange"), (14.4, "red")),
        ),
        Column(
            title="95 % of looks within",
            expr=f"max by (component) (component:probe_duration_seconds:p95_1h{{{OF_COMPONENT}}})",
            unit="s",
        ),
    ],
    names=["component"],
    link=TO_TARGETS,
    sort=("Error budget left 30d", False),
    width=14,
)

NOT_UP_NOW: Final = table(
    "Targets that are not up",
    "The hundred worst, with the verdict in force. A row opens the target.",
    [
        Column(
            title="Verdict",
            expr=f"topk(100, max by (component, target) ({chosen(NOT_UP)}))",
            unit="none",
            mappings=VERDICT_NUMBERS,
        )
    ],
    names=["target", "component"],
    link=TO_TARGET,
    sort=("Verdict", True),
    width=10,
)

HISTORY: Final = timeline(
    "Components over time",
    "The twenty that were least available in this time. Gaps are time in which we could not see, or planned work.",
    Query(worst(20, UP, by=COMPONENT, lowest=True), "{{component}}"),
    mappings=UP_OR_NOT,
)

OVER_TIME: Final = (
    graph(
        "Slowest components",
        "95 % of the looks at a component's slowest target took no longer, over five minutes. The ten slowest.",
        [Query(worst(10, SLOW, by=COMPONENT), "{{component}}")],
        unit="s",
        width=8,
    ),
    graph(
        "Looks by outcome",
        "How many looks a second came to what.",
        [Query("sum by (outcome) (rate(ownup_results_total[$__rate_interval]))", "{{outcome}}")],
        unit="ops",
        width=8,
        stacked=True,
        colors=OUTCOMES,
    ),
    graph(
        "Failures by reason",
        "Looks that were not ok, by reason: a closed set, explained in docs/reasons.md.",
        [Query(f"sum by (reason) ({FAILURES}) > 0", "{{reason}}")],
        unit="short",
        width=8,
        bars=True,
        stacked=True,
    ),
)

OURSELVES: Final = (
    graph(
        "Our own pace",
        "99 of 100 looks start, and wake-ups of the event loop come, no later than this. Above 250 ms an alert is due: "
        "durations are too long by the lag.",
        [
            Query(quantile(0.99, "ownup_schedule_lag_seconds", "$__rate_interval"), "looks start late by"),
            Query(quantile(0.99, "ownup_loop_lag_seconds", "$__rate_interval"), "the loop wakes late by"),
        ],
        unit="s",
        width=8,
        lines_at=((None, "green"), (0.25, "red")),
    ),
    graph(
        "Longest since a look",
        "The age of the stalest result, beside the longest time that a fault may go unnoticed by the settings.",
        [
            Query(f"max(time() - ownup_result_timestamp_seconds{{{ANY}}})", "stalest result"),
            Query('max(ownup_detection_budget_seconds{bound="worst"})', "worst detection budget"),
        ],
        unit="s",
        width=8,
    ),
    graph(
        "What was left out",
        "Slots without a look, and samples that came faster than the disk took them. Both should be nothing.",
        [
            Query("sum(increase(ownup_slots_skipped_total[$__rate_interval]))", "slots without a look"),
            Query("sum(increase(ownup_samples_dropped_total[$__rate_interval]))", "samples dropped"),
        ],
        unit="short",
        width=8,
        bars=True,
    ),
    graph(
        "CPU",
        "Cores that the process uses.",
        [
            Query(
                "rate(process_cpu_seconds_total[$__rate_interval]) and on (job, instance) ownup_build_info",
                "{{instance}}",
            )
        ],
        unit="none",
        width=8,
    ),
    graph(
        "Memory",
        "What the process holds.",
        [Query("process_resident_memory_bytes and on (job, instance) ownup_build_info", "{{instance}}")],
        unit="bytes",
        width=8,
    ),
    graph(
        "Tripwires",
        "Idle connections that tell at once when a server goes away, and the looks that they brought about.",
        [
            Query("sum(ownup_tripwires)", "tripwires"),
            Query("sum(increase(ownup_trips_total[$__rate_interval]))", "looks by a tripwire"),
        ],
        unit="short",
        width=8,
    ),
)

BOARD: Final = Board(
    name="overview",
    title="Ownup: overview",
    description="What is wrong now, what it costs, and whether we can see at all.",
    since="6h",
    choices=[
        Choice(
            name="component",
            series="target:ownup_component:info",
            label="component",
            title="Component",
            description="What customers call it; its targets come with it.",
        )
    ],
    shelves=[
        Shelf(4, NOW),
        Shelf(7, [COMPONENTS, NOT_UP_NOW]),
        Shelf(7, [HISTORY]),
        Shelf(8, OVER_TIME),
        Shelf(
            6,
            [
                gauges(
                    "Certificates that expire next",
                    "The twenty whose chain, as the server sends it, expires first.",
                    [Query(f"bottomk(20, max by (target) ({chosen(EXPIRY)}))", "{{target}}", at_once=True)],
                    unit="dtdurations",
                    steps=((None, "red"), (2 * 86_400, "orange"), (14 * 86_400, "green")),
                    width=24,
                )
            ],
        ),
        Shelf(7, OURSELVES[:3], "Ownup itself"),
        Shelf(7, OURSELVES[3:]),
    ],
)
