"""The dashboard of mail: whether it gets through, how long it takes, and where it gets stuck."""

from typing import Final

from deploy.grafana.board import NONE_IS_GOOD, Board, Choice, Query, Shelf
from deploy.grafana.overview import TO_TARGET
from deploy.grafana.panels import VERDICT_NUMBERS, Column, gauges, graph, named, number, table, timeline
from deploy.grafana.promql import ANY, CHOSEN, TARGET, grown, in_force, or_none, verdict_number, worst

TRIPS: Final = f'ownup_target_info{{kind="roundtrip", {CHOSEN}}}'
OF_TRIPS: Final = f"on ({TARGET}) group_left () {TRIPS}"
TOOK: Final = f"ownup_roundtrip_seconds{{{CHOSEN}}}"
LATE: Final = ((None, "green"), (60, "orange"), (300, "red"))
SERVERS: Final = 'ownup_target_info{kind=~"smtp|imap|pop3"}'


def _of_trips(expr: str) -> str:
    return f"({expr}) * {OF_TRIPS}"


def _spent(side: str) -> str:
    phases = _of_trips(f'ownup_probe_phase_duration_seconds{{phase=~"{side}_.+", {CHOSEN}}}')
    return f"avg(sum by ({TARGET}) ({phases}))"


DOWN: Final = _of_trips(in_force("down", CHOSEN))
PHASES: Final = _of_trips(f"ownup_probe_phase_duration_seconds{{{CHOSEN}}}")
ARRIVED: Final = f"avg_over_time(probe_success{{{CHOSEN}}}[$__range])"
NOT_AS_PROMISED: Final = _of_trips(grown("ownup_results_total", f'outcome="degraded", {CHOSEN}', "$__range"))
WORST: Final = (
    f"probe_success{{{CHOSEN}}} and on ({TARGET}) "
    f"bottomk(20, avg_over_time(probe_success{{{CHOSEN}}}[$__range] @ end()) and on ({TARGET}) {TRIPS} @ end())"
)
FAILURES: Final = _of_trips(grown("ownup_failures_total", CHOSEN))


NOW: Final = (
    number("Round trips", "Ways of mail that are watched.", or_none(f"count({TRIPS})")),
    number(
        "Do not get through",
        "Round trips that are down: several looks have confirmed it.",
        or_none(f"count({DOWN})"),
        steps=NONE_IS_GOOD,
    ),
    number(
        "Arrived",
        "The share of looks in this time whose message arrived, be it late or in the spam folder.",
        f"avg({_of_trips(ARRIVED)})",
        unit="percentunit",
        steps=((None, "red"), (0.95, "orange"), (0.995, "green")),
        none="no looks",
    ),
    number(
        "Usual time",
        "Half of the round trips took no longer for their last message.",
        f"quantile(0.5, {TOOK})",
        unit="s",
        steps=LATE,
        none="nothing arrived",
    ),
    number("Slowest", "The slowest last message.", f"max({TOOK})", unit="s", steps=LATE, none="nothing arrived"),
    number(
        "In the spam folder or late",
        "Messages in this time that arrived, and not as promised.",
        or_none(f"round(sum({NOT_AS_PROMISED}))"),
        steps=((None, "green"), (1, "orange")),
    ),
)

BOARD: Final = Board(
    name="mail",
    title="Ownup: mail round trips",
    description="Messages that Ownup sends and waits for: whether and when they arrive, and where they get stuck.",
    since="6h",
    choices=[
        Choice(
            name="target",
            series='ownup_target_info{kind="roundtrip"}',
            label="target",
            title="Round trip",
            description="Which ways of mail to look at.",
        )
    ],
    shelves=[
        Shelf(4, NOW),
        Shelf(
            9,
            [
                graph(
                    "How long a message takes",
                    "From the moment a server took it until it was in the mailbox; the ten slowest. The lines are the "
                    "defaults of deliver_warn and deliver_fail.",
                    [Query(worst(10, TOOK, by=TARGET), "{{target}}")],
                    unit="s",
                    lines_at=LATE,
                ),
                graph(
                    "Where a look spends its time",
                    "The mean of all round trips, one upon the other. Handing over is what the SMTP server takes; the "
                    "rest is signing in to the mailbox, waiting for the message and removing it.",
                    [Query(_spent("smtp"), "handing over"), Query(_spent("imap"), "in the mailbox")],
                    unit="s",
                    stacked=True,
                ),
            ],
        ),
        Shelf(
            5,
            [
                timeline(
                    "Round trips over time",
                    "Whether the last message arrived; the twenty round trips on which most got lost in this time.",
                    Query(WORST, "{{target}}"),
                    mappings=named((1, "arrived", "green"), (0, "did not arrive", "red")),
                )
            ],
        ),
        Shelf(
            8,
            [
                graph(
                    "Why mail does not get through",
                    "Looks that were not ok, by reason: delivery_timeout was lost on the way, spam_folder was "
                    "taken for spam, bounced came back; the rest is one of the two servers' fault.",
                    [Query(f"sum by (reason) ({FAILURES}) > 0", "{{reason}}")],
                    unit="short",
                    stacked=True,
                    bars=True,
                ),
                gauges(
                    "Slowest phases",
                    "Of the last look at each round trip; the ten longest.",
                    [Query(f"topk(10, max by (target, phase) ({PHASES}))", "{{target}} {{phase}}", at_once=True)],
                    unit="s",
                ),
            ],
        ),
        Shelf(
            6,
            [
                table(
                    "Servers that mail goes through",
                    "The hundred worst of the targets of the kinds smtp, imap and pop3: a round trip that fails beside "
                    "one of them that is down needs no further search. A row opens the target.",
                    [
                        Column(
                            title="Verdict",
                            expr=f"topk(100, max by (component, target) (({verdict_number(ANY)}) "
                            f"* on ({TARGET}) group_left (component) {SERVERS}))",
                            unit="none",
                            mappings=VERDICT_NUMBERS,
                        )
                    ],
                    names=["target", "component"],
                    link=TO_TARGET,
                    sort=("Verdict", True),
                )
            ],
            "Beside them",
        ),
    ],
)
