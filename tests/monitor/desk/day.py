"""The pages of the days: what comes after, who agrees, drills, doors and planned work."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from drafts.facts import UpdateKind
from monitor.desk.invite import invite
from monitor.desk.rehearsals import Rehearsal, Rehearsals
from monitor.desk.seat import Seat
from monitor.ledger import follow_ups
from monitor.models import Role
from tests.monitor.desk.gallery import FOR_WORDS, HOSTILE, LONG, Gallery, desk
from tests.monitor.desk.house import START, House


async def after(gallery: Gallery, directory: Path) -> None:
    """When it is over: the review, what we do about it, and how we make it good."""
    plans = [{"name": "Business", "owed": [{"below": 99.9, "credit": 10}]}]
    async with desk(directory, "after", plan=plans) as opened:
        house = opened.house
        await house.fail("shop")
        await house.approve(await house.waiting())
        house.wait(minutes=30)
        await house.recover("shop")
        gallery.hang("draft of a recovery", await (await opened.enter("Maria")).get("/updates/2"))
        house.wait(hours=2)
        await house.scribe.tend()
        await house.approve(await house.waiting(UpdateKind.RESOLVED))
        await house.scribe.tend()
        await _planned_better(house)
        maria = await opened.enter("Maria")
        review = await house.waiting(UpdateKind.REVIEW)
        gallery.hang("draft of a review", await maria.get(f"/updates/{review.id}"))
        gallery.hang("overview, reviews and follow-ups", await maria.get("/"))
        gallery.hang("incident, over", await maria.get("/incidents/1"))
        gallery.hang("reparation", await maria.get("/incidents/1/reparation"))
        await maria.submit(
            await maria.get("/incidents/1"), "/incidents/1/acts", kind="amends", amends=HOSTILE[:FOR_WORDS]
        )
        gallery.hang("reparation, decided", await maria.get("/incidents/1/reparation"))


async def _planned_better(house: House) -> None:
    """One follow-up is late, one is done."""
    async with house.ledger.write() as s:
        rita = (await house.person("Rita")).id
        for what, days in ((HOSTILE[:FOR_WORDS], -1), ("look at the queue's disk", 3)):
            due = house.now.date() + timedelta(days=days)
            last = await follow_ups.add(s, 1, rita, what=what, owner=HOSTILE[:80], due_on=due, now=house.now)
        await follow_ups.done(s, last.id, rita, house.now)


async def seconds(gallery: Gallery, directory: Path) -> None:
    """Where two people have to agree."""
    async with desk(directory, "seconds", desk={"four_eyes": "all"}) as opened:
        await opened.house.fail()
        maria, ada = await opened.enter("Maria"), await opened.enter("Ada")
        gallery.hang("draft, a second look is needed", page := await maria.get("/updates/1"))
        gallery.hang("draft, I agree", await maria.submit(page, "/updates/1/agree"))
        gallery.hang("draft, another agreed", await ada.get("/updates/1"))


async def drill(gallery: Gallery, directory: Path) -> None:
    """A drill, and the page that starts one."""

    def told(house: House, seat: Seat, **latest: Any) -> Seat:
        rehearsals = Rehearsals(house.ledger, house.config, lambda: house.now)
        if latest:
            rehearsals.latest = Rehearsal("Maria", START, call=True, **latest)
            rehearsals.latest._said += b"This is a drill. The desk: http://127.0.0.1:8490\nsmtp is broken now.\n"
        return _with(seat, rehearsals=rehearsals)

    port = {"desk": {"drill_port": 8490}}
    for name, latest in (("none yet", {}), ("goes on", {"end": ""}), ("over", {"end": "passed"})):
        async with desk(directory, name, lambda house, seat, latest=latest: told(house, seat, **latest), **port) as one:
            gallery.hang(f"readiness, drill {name}", await (await one.enter("Maria")).get("/readiness"))
    async with desk(directory, "drill", lambda _, seat: _with(seat, drill=True)) as opened:
        gallery.hang("login of a drill", await opened.stranger().get("/login"))
        await opened.house.fail()
        maria = await opened.enter("Maria")
        gallery.hang("overview of a drill", await maria.get("/"))
        gallery.hang("draft of a drill", await maria.get("/updates/1"))


def _with(seat: Seat, **changes: Any) -> Seat:
    return replace(seat, **changes)


async def doors(gallery: Gallery, directory: Path) -> None:
    """Coming in, and being sent away."""
    async with desk(directory, "doors") as opened:
        house = opened.house
        link = await invite(house.ledger, "Nils", Role.APPROVER, url="", now=house.now)
        gallery.hang("welcome", page := await opened.stranger().get(link))
        guest = opened.stranger()
        gallery.hang(
            "welcome, refused", await guest.submit(await guest.get(link), "", password="short", again="x"), 422
        )
        gallery.hang("welcome, too late", await guest.get("/welcome/nothing"), 404)
        vera = await opened.enter("Vera")
        gallery.hang("nothing here", await vera.get("/nowhere"), 404)
        gallery.hang("signed out", await vera.submit(await vera.get("/"), "/logout"))
        rita = await opened.enter("Rita")
        token = (await rita.get("/")).forms["/logout"]["token"]
        may_not = {"token": token, "reason": HOSTILE}
        gallery.hang("not allowed", await rita.post("/updates/1/approve", may_not), 403)
        gallery.hang("not ours", await rita.post("/incidents/new", {"token": "x", "noticed": HOSTILE}), 403)
        gallery.hang("too much", await rita.post("/incidents/new", {"token": token, "noticed": LONG}), 413)
        stranger = opened.stranger()
        gallery.hang("login", page := await stranger.get("/login"))
        wrong = await stranger.submit(page, "/login", name="Maria", password="wrong")
        gallery.hang("login, refused", wrong, 401)
        for _ in range(10):
            page = await stranger.submit(wrong, "/login", name="Maria", password="wrong")
        gallery.hang("login, too often", page, 429)
    told = {"issuer": "https://id.harbour.example", "client_id": "desk", "client_secret": "secret of a test"}
    async with desk(directory, "elsewhere", desk={"passwords": True}, oidc=told) as opened:
        gallery.hang("login, here or elsewhere", await opened.stranger().get("/login"))
    proxied = {
        "passwords": False,
        "trusted_proxies": ["192.0.2.1"],
        "user_header": "X-User",
        "groups": {"mail": "approver"},
    }
    async with desk(directory, "proxied", desk=proxied) as opened:
        gallery.hang("login, behind a proxy", await opened.stranger().get("/login"))


async def planned(gallery: Gallery, directory: Path) -> None:
    """Planned work, from its announcement to the day itself."""
    start = START + timedelta(hours=3)
    work = {"name": "New disks", "start": start, "end": start + timedelta(hours=2), "components": ["reading"]}
    async with desk(directory, "planned", maintenance=[work]) as opened:
        await opened.house.scribe.tend()
        maria = await opened.enter("Maria")
        gallery.hang("draft of planned work", page := await maria.get("/updates/1"))
        gallery.hang("overview, planned work", await maria.get("/"))
        await maria.submit(page, "/updates/1/approve")
        gallery.hang("incident of planned work", await maria.get("/incidents/1"))
