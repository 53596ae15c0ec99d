"""The pages of a night: calm, an outage from the first failed look on, and words that meet the rules."""

from pathlib import Path
from typing import Final

from monitor.ledger import deliveries, halts, incidents, sightings
from monitor.models import ActKind
from tests.monitor.desk.gallery import FOR_WORDS, HOSTILE, LONG, Gallery, desk
from tests.monitor.desk.house import House

PERSONS: Final = {
    "route": [{"kind": "webhook", "name": "pager"}, {"kind": "webhook", "name": "mail", "carried_by": ["sending"]}],
    "person": [{"name": "Maria", "routes": ["pager", "mail"]}, {"name": "Rita", "routes": ["mail"]}],
}


async def calm(gallery: Gallery, directory: Path) -> None:
    """Nothing fails; and a desk at which nothing is set up yet."""
    async with desk(directory, "calm", **PERSONS) as quiet:
        vera, maria = await quiet.enter("Vera"), await quiet.enter("Maria")
        gallery.hang("overview, calm", await maria.get("/"))
        gallery.hang("brief, calm", await vera.get("/brief"))
        gallery.hang("reply, calm", await vera.get("/reply"))
        gallery.hang("checks, calm", await vera.get("/targets?component=sending"))
        gallery.hang("readiness, ready for some", await vera.get("/readiness"))
        gallery.hang("subscribers", await maria.get("/subscribers"))
        gallery.hang("new incident", await maria.get("/incidents/new"))
    async with desk(directory, "bare", component=[], target=[], channel=[]) as bare:
        ada = await bare.enter("Ada")
        gallery.hang("overview, bare", await ada.get("/"))
        gallery.hang("readiness, bare", await ada.get("/readiness"))
        gallery.hang("checks, bare", await ada.get("/targets"))


async def night(gallery: Gallery, directory: Path) -> None:
    """An outage, from the first failed look to what did not go out."""
    async with desk(directory, "night", **PERSONS) as opened:
        house, maria, rita = opened.house, await opened.enter("Maria"), await opened.enter("Rita")
        vera = await opened.enter("Vera")
        await house.fail("imap-login", confirmed=False, taken=False)
        gallery.hang("draft, being confirmed", await maria.get("/updates/1"))
        gallery.hang("overview, being confirmed", await maria.get("/"))
        await house.fail(taken=False, detail=HOSTILE + LONG)
        gallery.hang("draft, nobody looks yet", await maria.get("/updates/2"))
        await _say(house, 2)
        await house.scribe.tend()
        gallery.hang("draft", page := await maria.get("/updates/2"))
        gallery.hang("draft, for a responder", await rita.get("/updates/2"))
        gallery.hang("draft, for a viewer", await vera.get("/updates/2"))
        gallery.hang("draft, being edited", await rita.get("/updates/2/edit"))
        gallery.hang("overview, trouble", await maria.get("/"))
        await house.fail("smtp-relay", detail=HOSTILE)
        gallery.hang("draft, stale", page := await maria.submit(page, "/updates/2/approve"), 409)
        gallery.hang("draft, what changed", await maria.get("/updates/2?since=1"))
        await maria.submit(page, "/updates/2/approve", override="ok")
        await _refused(house, 2)
        gallery.hang("draft, sent", await maria.get("/updates/2"))
        gallery.hang("overview, halted", await maria.get("/"))
        house.wait(hours=2)
        maria = await opened.enter("Maria")
        gallery.hang("overview, promise broken", await maria.get("/"))
        gallery.hang("incident", await maria.get("/incidents/2"))
        gallery.hang("incident, for a viewer", await (await opened.enter("Vera")).get("/incidents/2"))
        gallery.hang("brief", await maria.get("/brief"))
        gallery.hang("checks", await maria.get("/targets"))
        gallery.hang("reply", form := await maria.get("/reply"))
        asked = f"When will it be fixed?? {HOSTILE}"
        gallery.hang("reply, answered", await maria.submit(form, "/reply", incident="2", message=asked))
        gallery.hang("reply, of nothing", await maria.submit(form, "/reply", incident="99", message=asked), 422)


async def _say(house: House, incident_id: int) -> None:
    """People take it up and say what they know, each in words that a web page would rather not hear."""
    rita = (await house.person("Rita")).id
    await house.take_up(incident_id)
    kinds = (ActKind.CHECKED, ActKind.CAUSE, ActKind.ESTIMATE, ActKind.REPAIR, ActKind.LOSS, ActKind.CUSTOMER_FIRST)
    async with house.ledger.write() as s:
        for kind in kinds:
            words = "2026-11-22T15:00:00+00:00\n" if kind is ActKind.ESTIMATE else ""
            await incidents.act(s, incident_id, rita, kind, f"{words}{HOSTILE[:FOR_WORDS]}", house.now)


async def _refused(house: House, update_id: int) -> None:
    """One channel takes it, one gives up, and one is told that it may not post at all."""
    async with house.ledger.write() as s:
        for one in await deliveries.of_update(s, update_id):
            epoch = await deliveries.claim(s, one.id)
            await deliveries.fail(s, one.id, f"it answered 401 {HOSTILE}", epoch=epoch)
            if one.channel == "page":
                await halts.halt(s, one.id, f"it answered 401 {HOSTILE}", house.now)


async def grown(gallery: Gallery, directory: Path) -> None:
    """Words that a human has edited and that no rule lets through, while the facts move under them."""
    async with desk(directory, "grown", notices={"also_in": ["de"]}) as opened:
        house, rita = opened.house, await opened.enter("Rita")
        await house.fail()
        words = {"title": f"Soon {HOSTILE}"[:100], "body": f"We will fix it soon. {HOSTILE}\n\n{HOSTILE}"}
        form = await rita.get("/updates/1/edit")
        await rita.submit(form, "/updates/1/edit", **words)
        maria = await opened.enter("Maria")
        gallery.hang("draft, against the rules", page := await maria.get("/updates/1"))
        gallery.hang("draft, not published", await maria.submit(page, "/updates/1/approve", override=" "), 409)
        await house.fail("smtp-relay")
        gallery.hang("draft, overtaken", await maria.get("/updates/1"))
        gallery.hang("draft, edited by another", await rita.submit(form, "/updates/1/edit", **words), 409)
        gallery.hang("draft, edited too long", await rita.submit(form, "/updates/1/edit", title="x" * 400), 422)
        await rita.submit(await rita.get("/updates/1"), "/updates/1/reject", reason=HOSTILE)
        gallery.hang("draft, rejected", await maria.get("/updates/1"))
        await _noticed(house)
        gallery.hang("draft, noticed by people", await maria.get("/updates/2"))
        gallery.hang("incident, noticed by people", await maria.get("/incidents/2"))
        maria.client.session.cookie_jar.clear()
        gone = await maria.post("/updates/2/approve", {"token": "x"})
        gallery.hang("session ended", gone, 401)


async def _noticed(house: House) -> None:
    """Somebody says that more fails than our checks see, and an alert from outside says so too."""
    async with house.ledger.write() as s:
        rita = (await house.person("Rita")).id
        words = HOSTILE[:FOR_WORDS]
        for kind, part in ((ActKind.NOTICED, "website"), (ActKind.ALERTED, "reading")):
            await sightings.begin(s, [part], rita, words=words, noticed_at=house.now, now=house.now, kind=kind)
    await house.scribe.tend()
