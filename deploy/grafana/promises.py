"""The dashboard for those who speak to customers: what is open, what was promised, and whether it was kept."""

from typing import Final

from deploy.grafana.board import NONE_IS_GOOD, Board, Query, Shelf
from deploy.grafana.panels import Column, gauges, graph, number, table
from deploy.grafana.promql import or_none, quantile

STAGES: Final = {"investigating": "red", "identified": "orange", "monitoring": "yellow"}
OPEN: Final = 'ownup_incidents_open{stage=~"investigating|identified|monitoring"}'
DUE: Final = "ownup_next_update_due_timestamp_seconds"
WAITS: Final = ((None, "green"), (1, "orange"))

STEPS_OF_A_NOTICE: Final = {
    "until it was confirmed": "ownup_time_to_detect_seconds",
    "until a draft lay ready": "ownup_time_to_draft_seconds",
    "until somebody took it up": "ownup_time_to_acknowledge_seconds",
    "until a human said yes": "ownup_time_to_approve_seconds",
    "until a channel had it": "ownup_time_to_publish_seconds",
}


def _how_long(share: float) -> list[Query]:
    """How long each step took, by what was counted in the chosen time."""
    return [Query(quantile(share, name, "$__range"), step, at_once=True) for step, name in STEPS_OF_A_NOTICE.items()]


NOW: Final = (
    number(
        "Open incidents",
        "What customers may notice now. Planned work is not counted.",
        f"sum({OPEN})",
        steps=NONE_IS_GOOD,
    ),
    number(
        "Drafts waiting for you",
        "Notices that are written and wait for a human's yes. Nothing is published by itself.",
        "sum(ownup_drafts_waiting)",
        steps=WAITS,
    ),
    number(
        "Next update due",
        "When we told customers that we would write again, at the latest.",
        f"min({DUE}) * 1000",
        unit="dateTimeFromNow",
        none="nothing promised",
    ),
    number(
        "Updates overdue",
        'Promised updates that are late. An honest "nothing new, and we write again at …" keeps a promise too.',
        "sum(ownup_updates_overdue)",
        steps=NONE_IS_GOOD,
    ),
    number(
        "Promises kept",
        "Of all promises to write again, over the whole record; one that is late counts as broken.",
        'sum(ownup_promises_total{outcome="kept"}) / (sum(ownup_promises_total) > 0)',
        unit="percentunit",
        steps=((None, "red"), (0.9, "orange"), (1, "green")),
        none="none made yet",
    ),
    number(
        "Customers told us first",
        "Incidents that customers told us of before our checks did, by a responder's word, over the whole record.",
        "sum(ownup_customer_first_total)",
        steps=WAITS,
    ),
)

AFTERWARDS: Final = (
    number(
        "Reviews to publish",
        "Incidents that are over, and of which customers have not been told yet what came of them.",
        "sum(ownup_reviews_waiting)",
        steps=WAITS,
    ),
    number(
        "Follow-ups overdue",
        "Things we said we would do after an incident, whose day is over.",
        "sum(ownup_follow_ups_overdue)",
        steps=NONE_IS_GOOD,
    ),
    number(
        "Notices on their way",
        "Approved, and not yet with every channel.",
        or_none("sum(ownup_deliveries_pending)"),
        steps=WAITS,
    ),
    number(
        "Channels that stand still",
        "Channels that were refused. What was approved waits until somebody lets them try again on the desk.",
        or_none("count(ownup_channel_halted == 1)"),
        steps=NONE_IS_GOOD,
    ),
    number(
        "Calls on their way",
        "People who are being called to the desk right now.",
        or_none("sum(ownup_calls_pending)"),
    ),
    number(
        "Planned work",
        "Planned work that customers were told of, and that is not over.",
        'sum(ownup_incidents_open{stage=~"scheduled|in_progress"})',
    ),
)

BOARD: Final = Board(
    name="promises",
    title="Ownup: incidents and promises",
    description="For those who speak to customers: what is open, what was promised, and whether it was kept.",
    since="7d",
    choices=[],
    shelves=[
        Shelf(4, NOW),
        Shelf(4, AFTERWARDS),
        Shelf(
            7,
            [
                gauges(
                    "How soon, usually",
                    "Half of what was counted in this time took no longer. The first two count from the first failed "
                    "look, the third from the confirmation, the fourth from the draft, the last from the yes.",
                    _how_long(0.5),
                    unit="s",
                ),
                gauges(
                    "How soon, at worst",
                    "95 % of what was counted in this time took no longer. The steps are those beside this.",
                    _how_long(0.95),
                    unit="s",
                ),
            ],
        ),
        Shelf(
            8,
            [
                graph(
                    "Open incidents",
                    "By stage, as customers were told.",
                    [Query(f"sum by (stage) ({OPEN})", "{{stage}}")],
                    unit="short",
                    stacked=True,
                    colors=STAGES,
                ),
                graph(
                    "What waited for a human",
                    "Drafts without an answer, and promised updates that were late.",
                    [Query("sum(ownup_drafts_waiting)", "drafts"), Query("sum(ownup_updates_overdue)", "late updates")],
                    unit="short",
                    colors={"drafts": "orange", "late updates": "red"},
                ),
            ],
        ),
        Shelf(
            7,
            [
                table(
                    "What we promised",
                    "The incidents that customers wait to hear of, by the number that they have on the desk.",
                    [Column(title="Next update due", expr=f"min by (incident) ({DUE}) * 1000", unit="dateTimeFromNow")],
                    names=["incident"],
                    sort=("Next update due", False),
                    width=6,
                ),
                table(
                    "Ways to customers",
                    "Attempts to send since Ownup was last started. What was retried went out later, or still tries.",
                    [
                        Column(title="Attempts", expr="sum by (channel, outcome) (ownup_deliveries_total)"),
                    ],
                    names=["channel", "outcome"],
                    width=9,
                ),
                table(
                    "Ways to the people on call",
                    "Attempts to call one of us since Ownup was last started, by route.",
                    [Column(title="Attempts", expr="sum by (route, outcome) (ownup_calls_total)")],
                    names=["route", "outcome"],
                    width=9,
                ),
            ],
        ),
    ],
)
