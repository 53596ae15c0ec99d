"""Recordings through today's rules: one incident a cause, with its times and its members."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from monitor.replay.play import Setting, play
from monitor.replay.recording import Recording, RecordingError, parse
from probes.reason import Reason
from probes.target import Manner

BEGIN = datetime(2026, 3, 12, tzinfo=UTC)
HOUR = 3600.0
RULES = Setting(Manner.model_validate({"interval": 30.0, "confirm": (3.0, 8.0), "recover": 2}))


def after(seconds: float) -> datetime:
    """A moment, counted from the beginning."""
    return BEGIN + timedelta(seconds=seconds)


def recording(target: str, rows: Iterable[tuple[float, str]]) -> Recording:
    """A recording from moments in seconds and words such as ``up`` or ``down 403``."""
    told = [(after(at).isoformat(), *word.split()) for at, word in rows]
    lines = [f"{time},{status},{','.join(code)}," for time, status, *code in told]
    return parse(
        target, ["time,status,code,response_ms", *(line if line.count(",") > 2 else f"{line}," for line in lines)]
    )


def hourly(target: str, word: str, *, first_s: float = 0.0) -> Recording:
    """A dense recording: one letter an hour, ``u`` for up, ``d`` for down and ``r`` for a refusal."""
    words = {"u": "up", "d": "down", "r": "down 403"}
    return recording(target, [(first_s + number * HOUR, words[letter]) for number, letter in enumerate(word)])


def test_a_shared_outage_is_one_incident_with_all_its_members() -> None:
    """Three sites of one host that go down in the same round, and one in the round after, are one cause."""
    sites = [
        hourly("blog", "uuudddduu"),
        hourly("maps", "uuudddduu", first_s=60),
        hourly("shop", "uuudddduu", first_s=420),
        hourly("late", "uuuuddduu", first_s=420),
    ]
    (incident,) = play(sites, RULES)
    assert incident.members == ("blog", "maps", "shop", "late")
    assert incident.opened_at == after(3 * HOUR)
    assert incident.called_at == after(3 * HOUR + 8)
    assert incident.recovered_at == after(7 * HOUR + 420)


def test_what_began_at_another_time_is_another_incident() -> None:
    """A site that fails half a day after another one is not laid to the same cause, although both are down now."""
    sites = [hourly("blog", "u" + "d" * 20), hourly("maps", "u" * 12 + "d" * 9)]
    assert [incident.members for incident in play(sites, RULES)] == [("blog",), ("maps",)]


def test_hosts_that_are_told_apart_stay_apart() -> None:
    """Nothing joins two hosts of different domains but the moment, and that is not enough."""
    sites = [hourly("blog", "uuddduu"), hourly("maps", "uuddduu")]
    apart = Setting(RULES.manner, hosts={"blog": "blog.example.com", "maps": "maps.example.org"})
    assert [incident.members for incident in play(sites, apart)] == [("blog",), ("maps",)]


def test_a_check_that_is_refused_is_no_outage() -> None:
    """401, 403 and 429 say that our check is refused; the reason says so."""
    (incident,) = play([hourly("dashboard", "uurrrruu")], RULES)
    assert incident.reason is Reason.REFUSED


def test_looks_as_dense_as_ours_are_the_looks() -> None:
    """One failed look between two good ones opens a draft that clears: nobody is called."""
    words = ["up"] * 20 + ["down 0"] + ["up"] * 20
    (incident,) = play([recording("shop", [(30.0 * n, word) for n, word in enumerate(words)])], RULES)
    assert (incident.opened_at, incident.called_at, incident.recovered_at) == (after(600), None, after(630))
    assert incident.reason is Reason.TIMEOUT


def test_between_changes_things_stay_as_they_were_recorded() -> None:
    """A list of changes tells an outage by two rows, and the confirming looks between them see what the first says."""
    changes = [(0.0, "up 200"), (5 * HOUR, "down 503"), (5 * HOUR + 900, "up 200")]
    (incident,) = play([recording("shop", changes)], RULES)
    assert (incident.called_at, incident.recovered_at) == (after(5 * HOUR + 8), after(5 * HOUR + 900))
    assert incident.reason is Reason.STATUS


def test_an_outage_that_the_recording_does_not_end_is_not_over() -> None:
    """Nothing is said of what was not seen."""
    (incident,) = play([hourly("shop", "uudd")], RULES)
    assert incident.recovered_at is None


def test_flapping_is_one_incident() -> None:
    """A target that comes and goes within minutes is one incident, and a recording tells how many runs that were."""
    flapping = recording("shop", [(30.0 * n, "down 0" if n % 4 in (1, 2, 3) and n < 80 else "up") for n in range(200)])
    assert flapping.failures == 20
    assert len(play([flapping], RULES)) == 1


def test_changed_rules_change_the_outcome() -> None:
    """The same recording calls nobody when more looks must confirm."""
    words = ["up"] * 5 + ["down 0"] * 3 + ["up"] * 20
    seen = recording("shop", [(30.0 * n, word) for n, word in enumerate(words)])
    patient = Setting(Manner.model_validate({"confirm": (3.0, 8.0, 20.0, 40.0)}))
    assert play([seen], RULES)[0].called_at == after(5 * 30 + 60)
    assert play([seen], patient)[0].called_at is None


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "1: the columns must be time,status,code,response_ms"),
        (["time,status"], "1: the columns must be time,status,code,response_ms; missing: code, response_ms"),
        (["time,status,code,response_ms", "yesterday,up,200,1"], "2: not a row"),
        (
            ["time,status,code,response_ms", "2026-03-12T00:00:00Z,up,200,1", "2026-03-12T01:00:00Z,fine,,"],
            "3: not a row",
        ),
        (["time,status,code,response_ms", "2026-03-12T00:00:00Z"], "2: not a row"),
    ],
)
def test_what_is_no_recording_is_told_with_its_line(lines: list[str], told: str) -> None:
    """One sentence, and never a guess."""
    with pytest.raises(RecordingError, match=f"^{told}"):
        parse("shop", lines)
