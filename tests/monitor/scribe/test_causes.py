"""From Results to drafts on a real record: one cause, planned work, slowness, blindness and restarts."""

from datetime import timedelta
from pathlib import Path

from drafts.facts import Facts, UpdateKind
from monitor.config import Component, Maintenance
from monitor.judge import remember
from monitor.ledger import flips, incidents
from monitor.ledger.samples import Sample
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.reason import Reason
from probes.target import Target
from tests.monitor.scribe.company import CONFIG, LETTERS, Company, opened, target


async def facts(company: Company) -> Facts:
    """What the one waiting draft states."""
    return Facts.from_json((await company.draft()).facts)


async def changed(company: Company, **update: object) -> None:
    """Begin anew with another config."""
    company.config = company.config.model_copy(update=update)
    await company.begin()


def on_one_host(*names: tuple[str, str]) -> tuple[Target, ...]:
    """Targets of these components that live on one host."""
    return tuple(target(name, component).model_copy(update={"host": "mail.example.com"}) for name, component in names)


async def test_one_host_is_one_incident_with_two_components(company: Company) -> None:
    """A later joiner extends the draft, and each component has its own beginning."""
    await changed(company, target=on_one_host(("smtp-1", "sending"), ("imap", "reading")))
    await company.saw("smtp-1", "SFFF")
    before = await company.draft()
    await company.saw("imap", "SFFF")
    after = await company.draft()
    assert (after.id, len(await company.incidents())) == (before.id, 1)
    affected = (await facts(company)).affected
    assert [part.component for part in affected] == ["Sending email", "Reading email"]
    assert affected[0].since
    assert affected[1].since
    assert affected[0].since < affected[1].since


async def test_what_depends_on_a_failing_component_joins_it(company: Company) -> None:
    """However much later, as long as it fails."""
    parts = (*CONFIG.component[:1], Component(id="reading", name="Reading email", depends_on=("sending",)))
    await changed(company, component=(*parts, *CONFIG.component[2:]))
    await company.saw("smtp-1", "FFF")
    await company.wait(minutes=20)
    await company.saw("imap", "FFF")
    assert len(await company.incidents()) == 1


async def test_a_blip_that_comes_back_is_the_same_incident(company: Company) -> None:
    """And if it lasts this time, its notice tells of this time only."""
    await company.saw("smtp-1", "FS")
    await company.saw("smtp-1", "F")
    began = company.now
    await company.saw("smtp-1", "FF")
    (incident,) = await company.incidents()
    assert incident.confirmed_at == company.now
    assert incident.opened_at == began
    assert (await facts(company)).since == began


async def test_a_confirmed_outage_that_was_closed_is_never_opened_again(company: Company) -> None:
    """A human said no to that one; this one is another."""
    await company.saw("smtp-1", "FFF")
    await company.reject()
    await company.saw("smtp-1", "SS")
    await company.saw("smtp-1", "FFF")
    assert len(await company.incidents()) == 2


async def test_a_relapse_tells_of_its_own_beginning(company: Company) -> None:
    """While it fails the notice says since when it does now; once over, the whole time is told."""
    await company.saw("smtp-1", "SF")
    began = company.now
    await company.saw("smtp-1", "FFSS")
    await company.saw("smtp-1", "F")
    relapsed = company.now
    await company.saw("smtp-1", "FF")
    now = await facts(company)
    assert now.since == relapsed
    assert now.last_good == relapsed - timedelta(seconds=5)
    await company.saw("smtp-1", "SSSS")
    assert (await facts(company)).since == began


async def test_planned_work_is_quiet_until_it_is_over(company: Company) -> None:
    """CASES X12: the flips are kept, nothing is drafted, and what still fails opens at the end."""
    ends = company.now + timedelta(minutes=1)
    planned = Maintenance(name="updates", announce="0s", start=company.now, end=ends, components=("sending",))
    await changed(company, maintenance=(planned,))
    await company.saw("smtp-1", "SFFFFF")
    assert (await company.incidents(), company.judge.verdicts()["smtp-1"]) == ([], Verdict.DOWN)
    await company.wait(minutes=1)
    await company.saw("smtp-1", "F")
    (incident,) = await company.incidents()
    assert (incident.opened_at, incident.confirmed_at) == (company.now, company.now)
    async with company.ledger.read() as session:
        assert (await flips.standings(session))["smtp-1"].verdict is Verdict.DOWN


async def test_planned_work_outlives_a_restart(company: Company) -> None:
    """Down by plan is down by plan; past the end it opens, since then."""
    planned = Maintenance(name="updates", announce="0s", start=company.now, end=company.now + timedelta(minutes=1))
    await changed(company, maintenance=(planned,))
    await company.saw("smtp-1", "SFFF")
    await company.begin()
    await company.wait(minutes=2)
    await company.saw("smtp-1", "F")
    (incident,) = await company.incidents()
    assert incident.opened_at == company.now


async def test_slowness_that_lasts_has_its_own_reason(company: Company) -> None:
    """It opens confirmed, since the first slow look, with the confirming look as its evidence."""
    await company.saw("web", "S")
    await company.saw("web", "DDD", reason=Reason.LATENCY)
    told = await facts(company)
    assert told.affected[0].reason == "latency"
    assert told.since == company.now - timedelta(seconds=10)
    assert told.last_good == told.since - timedelta(seconds=5)
    await company.saw("web", "SS")
    assert await company.kinds() == [UpdateKind.RECOVERY]


async def test_an_expiring_certificate_drafts_nothing(company: Company) -> None:
    """However long it does."""
    await company.saw("web", "DDDDDDDD", reason=Reason.CERT_EXPIRING)
    assert await company.incidents() == []


async def test_slowness_goes_on_over_a_restart(company: Company) -> None:
    """It is not over because we forgot how long it had lasted."""
    await company.saw("web", "DDD", reason=Reason.LATENCY)
    await company.begin()
    await company.saw("web", "D", reason=Reason.LATENCY)
    (incident,) = await company.incidents()
    assert incident.recovered_at is None


async def test_a_flapping_target_must_be_good_for_longer_after_a_restart_too(company: Company) -> None:
    """Relapses are read from the record."""
    await company.saw("smtp-1", "FFFSS")
    await company.saw("smtp-1", "FFF")
    await company.begin()
    await company.saw("smtp-1", "SS")
    assert company.judge.verdicts()["smtp-1"] is Verdict.DOWN
    await company.saw("smtp-1", "SS")
    assert company.judge.verdicts()["smtp-1"] is Verdict.UP


async def test_runs_and_usual_times_come_back_from_the_samples(company: Company) -> None:
    """Two failures before a restart and one after it are three."""
    await company.saw("smtp-1", "SFF")
    told = [Sample(company.now, Outcome.OK, None, 0.2)] * 40
    told += [Sample(company.now, Outcome.FAILED, "greeting", 0.1)] * 2
    async with company.ledger.read() as session:
        minds = await remember(session, ["smtp-1"], lately=company.now, samples={"smtp-1": told})
    mind = minds["smtp-1"]
    assert (mind.verdict, mind.belief.failures, len(mind.usual.whole)) == (Verdict.SUSPECT, 2, 40)
    assert mind.usual.whole.limit_s(5.0) is not None


async def test_greylisting_gets_no_new_grace_by_a_restart(company: Company) -> None:
    """Eight minutes of it before, and two after, are the ten that it has."""
    sampled = [Sample(company.now + timedelta(seconds=30 * n), Outcome.DEGRADED, "deferred", 0.2) for n in range(16)]
    mail = company.config.target[0].model_copy(update={"defer_grace": 600.0})
    await changed(company, target=(mail, *company.config.target[1:]))
    await company.saw("smtp-1", "SD", reason=Reason.DEFERRED)
    await company.begin(samples={"smtp-1": sampled})
    company.now = sampled[-1].at
    await company.saw("smtp-1", "DDDD", every_s=30, reason=Reason.DEFERRED)
    assert await company.incidents() == []
    await company.saw("smtp-1", "D", every_s=30, reason=Reason.DEFERRED)
    (incident,) = await company.incidents()
    assert incident.confirmed_at == company.now
    assert (await facts(company)).since == sampled[0].at


async def test_a_failure_in_part_goes_on_over_a_restart(company: Company) -> None:
    """What the last looks showed is among the samples, and so is that it was hardly better."""
    await company.saw("web", "SSF" * 7, every_s=30)
    begun = company.now - timedelta(seconds=30 * 20)
    looks = [LETTERS[letter] for letter in "SSF" * 7]
    sampled = [Sample(begun + timedelta(seconds=30 * n), one, None, 0.2) for n, one in enumerate(looks)]
    await company.begin(samples={"web": sampled})
    await company.saw("web", "SS", every_s=30)
    (incident,) = await company.incidents()
    assert (incident.recovered_at, company.judge.minds["web"].share.partly) == (None, True)


async def test_being_cut_off_drafts_nothing_and_alarms_once(tmp_path: Path) -> None:
    """CASES X10 on a record: verdicts become unknown, with the reason isolated, and healing brings no storm."""
    async with opened(tmp_path) as company:
        many = tuple(target(f"t{number}", "website") for number in range(50))
        await changed(company, target=many)
        for one in many:
            await company.saw(one.name, "S", every_s=0.1)
        for one in many:
            await company.saw(one.name, "F", every_s=0.1, reason=Reason.CONNECT_TIMEOUT)
        assert company.judge.isolated()
        for one in many[:10]:
            await company.saw(one.name, "FFF", every_s=0.1, reason=Reason.CONNECT_TIMEOUT)
        assert company.judge.verdicts()["t0"] is Verdict.UNKNOWN
        assert await company.incidents() == []
        for one in many:
            await company.saw(one.name, "SS", every_s=0.1)
        assert company.judge.isolated() is None
        assert await company.incidents() == []
        async with company.ledger.read() as session:
            assert await incidents.open_all(session) == []


async def test_a_failure_in_part_is_told_as_one(company: Company) -> None:
    """One server of three is broken: nobody is told that nothing works, or that it began only now."""
    began = company.now + timedelta(seconds=3 * 30)
    await company.saw("web", "SSF" * 7 + "S", every_s=30)
    told = await facts(company)
    assert told.affected[0].reason == "partial"
    assert (told.last_good, told.since) == (began - timedelta(seconds=30), began)
    draft = await company.draft()
    assert "failing at times" in draft.title
    assert "not working" not in draft.title + draft.body
    await company.saw("web", "S" * 24, every_s=30)
    assert await company.kinds() == [UpdateKind.RECOVERY]
