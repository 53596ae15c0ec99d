"""Yes and no through the API: a named human's, to the very words they saw, or refused with what to do next."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from drafts.notice import Notice
from monitor.ledger import drafts, people, tokens
from monitor.models import AuditEntry, Delivery, Role
from tests.monitor.desk.api.conftest import MONTH, Answer, Program, Speak
from tests.monitor.desk.conftest import BOTH
from tests.monitor.desk.house import House

pytestmark = BOTH

APPROVE = "/drafts/1/approve"


async def sent(house: House) -> int:
    """How much was given to channels."""
    async with house.ledger.read() as s:
        return len((await s.scalars(select(Delivery))).all())


async def last_audit(house: House) -> AuditEntry:
    """The newest line of the audit."""
    async with house.ledger.read() as s:
        return (await s.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()


async def read(program: Program) -> dict[str, Any]:
    """The draft, as a program gets it."""
    answer = await program.get("/drafts/1")
    assert answer.status == 200, answer.told
    assert answer.headers["ETag"] == answer.told["etag"]
    return answer.told


async def approve(program: Program, draft: dict[str, Any], **changes: Any) -> Answer:
    """Say yes to what was read."""
    return await program.post(APPROVE, {"text_sha256": draft["text_sha256"], **changes}, If_Match=draft["etag"])


async def refused(house: House, answer: Answer, status: int, detail: str, *, before: int = 0) -> None:
    """A sentence and advice came back, nothing new went out, and the audit names the person and the token."""
    assert (answer.status, answer.told["status"]) == (status, status), answer.told
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert detail in answer.told["detail"]
    assert answer.told["advice"]
    assert await sent(house) == before
    line = await last_audit(house)
    assert line.action == "refused"
    assert detail in line.detail
    assert line.through
    assert line.through.endswith(": robot")


async def test_a_yes_is_the_persons_and_names_the_token(house: House, speak: Speak) -> None:
    """The approval is Maria's; the audit says what she approved, and by which token."""
    await house.fail()
    maria = await speak("Maria")
    draft = await read(maria)
    assert draft["carried_by"] == ["page", "chat"]
    assert draft["left_out"] == {"subscribers": "it needs Sending email, which fails now"}
    answer = await approve(maria, draft)
    assert answer.status == 200, answer.told
    assert answer.told["approval"]["by"] == "Maria"
    assert [one["channel"] for one in answer.told["deliveries"]] == ["chat", "page"]
    line = await last_audit(house)
    assert (line.actor, line.action, line.subject) == ("Maria", "approved", "update:1")
    assert line.through == "token 1: robot"
    assert json.loads(line.detail)["text_sha256"] == draft["text_sha256"]


async def test_a_draft_that_changed_is_not_approved(house: House, speak: Speak) -> None:
    """412 for a version that is no more; what is there now can be read, and approved."""
    await house.fail()
    maria = await speak("Maria")
    draft = await read(maria)
    await house.fail("smtp-relay")
    await refused(house, await approve(maria, draft), 412, "the draft changed since you got it: it is revision 2 now")
    changes = (await maria.get(f"/drafts/1/changes?since={draft['revision']}")).told
    assert (changes["revision"], changes["etag"]) == (2, (await read(maria))["etag"])
    spans = [(span["how"], span["text"]) for change in changes["items"] for span in change["spans"]]
    assert ("gone", "1 of its 2 checks fails") in spans
    assert ("new", "all 2 of its checks fail") in spans
    assert (await maria.get("/drafts/1/changes?since=2")).told["items"] == []
    assert (await maria.get("/drafts/1/changes?since=3")).status == 404
    assert (await approve(maria, await read(maria))).status == 200


async def test_facts_that_changed_under_edited_words_count_too(house: House, speak: Speak) -> None:
    """The words are the same, and the version is another."""
    await house.fail()
    async with house.ledger.write() as s:
        await drafts.edit(s, 1, (await house.person("Rita")).id, 1, Notice("t", "b", "s", "p"), house.now)
    maria = await speak("Maria")
    draft = await read(maria)
    await house.fail("imap-login")
    await refused(house, await approve(maria, draft, override="It must out."), 412, "the draft changed")


async def test_a_yes_after_the_end_is_refused(house: House, speak: Speak) -> None:
    """Reality has overtaken it."""
    await house.fail(confirmed=False)
    maria = await speak("Maria")
    draft = await read(maria)
    await house.blow_over()
    await refused(house, await approve(maria, draft), 409, "the draft was withdrawn")


@pytest.mark.parametrize("shown", ["", "*"])
async def test_a_yes_says_what_was_read(house: House, speak: Speak, shown: str) -> None:
    """428 where no version is named; any version is none."""
    await house.fail()
    maria = await speak("Maria")
    headers = {"If_Match": shown} if shown else {}
    answer = await maria.post(APPROVE, {"text_sha256": (await read(maria))["text_sha256"]}, **headers)
    await refused(house, answer, 428, "Which version of the draft you have read is not said")


@pytest.mark.parametrize("path", ["/drafts/1/approve", "/drafts/1/reject", "/incidents/1/acknowledge"])
async def test_a_viewer_does_nothing(house: House, speak: Speak, path: str) -> None:
    """403, whatever the body."""
    await house.fail()
    await refused(house, await (await speak("Vera")).post(path), 403, "This token is viewer, and this needs")


async def test_a_token_may_be_less_than_its_person(house: House, speak: Speak) -> None:
    """Maria may approve, and this program of hers may not."""
    await house.fail()
    robot = await speak("Maria", Role.RESPONDER)
    answer = await approve(robot, await read(robot))
    await refused(house, answer, 403, "This token is responder, and this needs approver")


async def test_an_expired_token_opens_nothing(house: House, speak: Speak) -> None:
    """401 with the sentence, and the audit knows whose it was."""
    await house.fail()
    maria = await speak("Maria")
    draft = await read(maria)
    house.now += MONTH
    answer = await approve(maria, draft)
    await refused(house, answer, 401, "This token has expired")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="ownup", error="invalid_token"'


async def test_a_removed_token_and_that_of_somebody_gone_open_nothing(house: House, speak: Speak) -> None:
    """From the moment on."""
    maria, rita = await speak("Maria"), await speak("Rita")
    async with house.ledger.write() as s:
        await tokens.remove(s, 1, house.now)
        await people.disable(s, (await house.person("Rita")).id, house.now)
    await refused(house, await maria.post("/incidents/1/acknowledge"), 401, "This token was removed")
    await refused(house, await rita.post("/incidents/1/acknowledge"), 401, "The person of this token is here no more")


async def test_poor_words_need_a_reason(house: House, speak: Speak) -> None:
    """The findings are told with the draft; without a reason they block, and with one the audit keeps it."""
    await house.fail()
    maria = await speak("Maria")
    words = {"title": "Mail", "body": "We will fix it soon.", "short": "Soon.", "spoken": "Soon."}
    edited = await maria.send("PUT", "/drafts/1", words, If_Match=(await read(maria))["etag"])
    assert edited.status == 200, edited.told
    draft = await read(maria)
    assert "T01" in draft["blocked_by"]
    assert draft["edited_by"] == "Maria"
    await refused(house, await approve(maria, draft), 409, "its words need a change, or a reason why they may stay")
    assert (await approve(maria, draft, override="Our lawyer insists.")).status == 200
    line = await last_audit(house)
    assert (line.actor, line.action, line.through) == ("Maria", "overrode", "token 1: robot")
    assert json.loads(line.detail)["reason"] == "Our lawyer insists."


async def test_a_no_is_kept_with_its_reason(house: House, speak: Speak) -> None:
    """And counted as a false alarm if it was one."""
    await house.fail()
    rita = await speak("Rita")
    draft = await read(rita)
    answer = await rita.post("/drafts/1/reject", {"reason": "A test.", "false_alarm": True}, If_Match=draft["etag"])
    assert (answer.status, answer.told["rejected_by"], answer.told["waits"]) == (200, "Rita", False)
    assert (await (await speak("Maria")).get("/incidents/1")).told["acts"][-1]["kind"] == "false_alarm"


async def test_two_programs_of_two_people_make_four_eyes(house: House, speak: Speak) -> None:
    """A second yes is a second person's."""
    await house.fail()
    maria, ada = await speak("Maria"), await speak("Ada")
    draft = await read(maria)
    agreed = {"text_sha256": draft["text_sha256"]}
    answer = await ada.post("/drafts/1/agree", agreed, If_Match=draft["etag"])
    assert (answer.status, answer.told["agreed_by"]) == (200, ["Ada"])
    assert await sent(house) == 0
    assert (await approve(maria, draft)).status == 200
