"""A draft is in the company's own words, or in ours, and then the approver is told why."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.monitor.desk.conftest import SignInAt
from tests.monitor.desk.house import House
from tests.monitor.test_overrides import BROKEN, TITLE, words

LOOPS = "{% for a in s.phrases.saw %}{% for b in s.phrases.saw %}x{% endfor %}{% endfor %}"
RUNAWAY = "{% macro title(s) %}\n" + LOOPS + "{% endmacro %}"


async def test_a_draft_is_in_the_companys_words(tmp_path: Path, sign_in_at: SignInAt) -> None:
    """What can be used is used, and nothing is said about it."""
    async with House.open(tmp_path, notices={"overrides": words(tmp_path, en_first=TITLE)}) as house:
        await house.fail()
        page = await (await sign_in_at(house, "Rita")).get("/updates/1")
        assert '<h1 id="words">Outage: Sending email</h1>' in page.text
        assert 'id="instead"' not in page.text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BROKEN, "en/first.md.j2:2: "),
        (RUNAWAY, "en/first.md.j2:2: takes more than"),
        ("\n{% if %}", "en/first.md.j2:2: "),
    ],
)
async def test_a_broken_one_is_ours_and_says_so(tmp_path: Path, sign_in_at: SignInAt, text: str, why: str) -> None:
    """The draft is there in our words, the approver reads why, and so does the log."""
    async with House.open(tmp_path, notices={"overrides": words(tmp_path, en_first=text)}) as house:
        with capture_logs() as logs:
            await house.fail()
        page = await (await sign_in_at(house, "Rita")).get("/updates/1")
        assert "Sending email: " in page.text
        told = page.text.partition('id="instead"')[2].partition("</section>")[0]
        assert why in told
        assert [log for log in logs if log["log_level"] == "warning"] or text.startswith("\n{% if")
