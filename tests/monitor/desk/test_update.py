"""The draft page: the notice as customers will see it, and beside it why we believe it."""

from html import unescape
from pathlib import Path

import pytest

from monitor.desk.evidence import TRANSCRIPT_CHARS_MAX, transcript
from monitor.models import Flip
from probes.look import Line
from tests.monitor.desk.browser import Page
from tests.monitor.desk.conftest import SignIn, SignInAt
from tests.monitor.desk.house import CONFIG, House

PAGE_BYTES_MAX = 60_000


def says(page: Page, *sentences: str) -> None:
    """Each of these stands on the page, however it is broken into lines."""
    text = " ".join(unescape(page.text).split())
    for sentence in sentences:
        assert sentence in text, sentence


async def test_the_draft_stands_beside_its_evidence(house: House, sign_in: SignIn) -> None:
    """One page tells what will be said, to whom, why, what still works, what nobody knows, and when we write again."""
    await house.fail()
    house.wait(seconds=40)
    page = await (await sign_in("Maria")).get("/updates/1")
    says(
        page,
        "<strong>You may be unable to send mail.</strong>",
        "Short form",
        "Spoken, for the telephone line",
        "The server refused STARTTLS (454 4.7.0 TLS not available).",
        "14:02:11 UTC</time> (40 s ago)",
        "14:01:41 UTC</time>",
        "<li>Website <small>passes its checks</small></li>",
        "<li>What the cause is.</li>",
        "promises the next one by <strong>",
        "<li>page <small>page</small></li>",
        "left out: it needs Sending email, which fails now",
        "as Maria, over 2 channels",
    )
    assert len(page.text.encode()) <= PAGE_BYTES_MAX


async def test_the_dialogue_is_there_for_whoever_wants_it(house: House, sign_in: SignIn) -> None:
    """What was said on the wire is folded away, and what the server sent in it is only text."""
    await house.fail()
    page = await (await sign_in("Vera")).get("/updates/1")
    says(page, "<summary>What was said on the wire</summary>", "→ EHLO ownup.example")
    assert "<script>" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


async def test_an_unconfirmed_draft_cannot_be_approved_yet(house: House, sign_in: SignIn) -> None:
    """While the confirming looks run there is no button, but the words can be read; then it stands there."""
    await house.fail(confirmed=False)
    browser = await sign_in("Maria")
    page = await browser.get("/updates/1")
    says(page, "being confirmed", "the button to approve stands here")
    assert "/updates/1/approve" not in page.forms
    await house.confirm()
    assert "/updates/1/approve" in (await browser.get("/updates/1")).forms


@pytest.mark.parametrize(
    ("name", "offered"),
    [("Vera", set()), ("Rita", {"edit", "reject"}), ("Maria", {"edit", "reject", "approve"})],
)
async def test_a_page_offers_what_its_reader_may_do(
    house: House, sign_in: SignIn, name: str, offered: set[str]
) -> None:
    """A viewer reads, a responder edits and rejects, an approver publishes; who may not is told to call one who may."""
    await house.fail()
    page = await (await sign_in(name)).get("/updates/1")
    marks = {
        "edit": 'href="/updates/1/edit"',
        "reject": 'action="/updates/1/reject"',
        "take": 'action="/incidents/1/acknowledge"',
        "approve": 'action="/updates/1/approve"',
    }
    assert {deed for deed, mark in marks.items() if mark in page.text} == offered
    assert ("Only an approver can publish this." in page.text) is ("approve" not in offered)


@pytest.mark.parametrize("name", ["Rita", "Maria"])
async def test_what_nobody_looks_at_cannot_be_approved(house: House, sign_in: SignIn, name: str) -> None:
    """The one clear button then says that you are looking at it; the draft bears your name, and can be approved."""
    await house.fail(taken=False)
    browser = await sign_in(name)
    page = await browser.get("/updates/1")
    assert "/updates/1/approve" not in page.forms
    await browser.submit(page, "/incidents/1/acknowledge")
    await house.scribe.tend()
    page = await (await sign_in("Maria")).get("/updates/1")
    assert "/updates/1/approve" in page.forms
    says(page, f"{name} has taken it up")


async def test_hostile_text_is_harmless(house: House, sign_in: SignIn) -> None:
    """What a server says can neither run, nor be filled in, nor turn the line: it is shown as it was sent."""
    hostile = "<script>alert(1)</script> {{7*7}} {% raw %} \u202egnp.exe \x1b[2J"
    await house.fail(detail=hostile)
    browser = await sign_in("Maria")
    for path in ("/updates/1", "/incidents/1", "/", "/updates/1/edit"):
        page = await browser.get(path)
        assert "<script" not in page.text.replace('<script src="/static/desk.', "")
        assert "\u202e" not in page.text
        assert "\x1b" not in page.text
    page = await browser.get("/updates/1")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} {% raw %} \\u202egnp.exe \\x1b[2J" in page.text


async def test_a_line_of_a_megabyte_breaks_no_page(house: House, sign_in: SignIn) -> None:
    """However much a server says, and with whatever line ends, every page stays small and whole."""
    await house.fail(detail="<b>\r\n" * 200_000)
    browser = await sign_in("Maria")
    for path in ("/updates/1", "/incidents/1", "/", "/targets", "/brief"):
        page = await browser.get(path)
        assert page.status == 200
        assert len(page.text.encode()) <= PAGE_BYTES_MAX, path
        assert page.text.rstrip().endswith("</html>")


def test_a_long_dialogue_is_cut_to_what_a_page_can_bear() -> None:
    """Two hundred lines of markup do not make a page that a phone cannot load; what is left out is counted."""
    said = tuple(Line(0.1 * number, "them", "<" * 512) for number in range(200))
    shown = transcript(flip(said))
    assert sum(len(line.text) * 4 for line in shown) <= TRANSCRIPT_CHARS_MAX + 200
    assert shown[-1].text == f"{200 - len(shown) + 1} more lines are left out here"


def test_a_result_of_another_version_shows_no_dialogue() -> None:
    """What the record holds and we cannot read is left out; the sentence beside it still stands."""
    strange = flip(())
    strange.result = '{"evidence": [{"said": "in another shape"}]}'
    assert transcript(strange) == ()
    assert transcript(None) == ()


def flip(said: tuple[Line, ...]) -> Flip:
    """A flip that rests on a dialogue."""
    lines = ",".join(f'{{"at_s":{line.at_s},"who":"{line.who}","text":"{line.text}"}}' for line in said)
    return Flip(target="t", result=f'{{"evidence":[{lines}]}}')


async def test_many_failing_targets_fit_a_page(tmp_path: Path, sign_in_at: SignInAt) -> None:
    """Of many failing checks the first three are shown, the rest are counted, and the page stays small."""
    targets = [
        {"name": f"smtp-{number}", "kind": "smtp", "component": "sending", "host": "127.0.0.1"} for number in range(12)
    ]
    async with House.open(tmp_path, target=targets, component=CONFIG["component"]) as house:
        for target in targets:
            await house.fail(target["name"])
        page = await (await sign_in_at(house, "Maria")).get("/updates/1")
    says(page, "And 9 more")
    assert len(page.text.encode()) <= PAGE_BYTES_MAX
