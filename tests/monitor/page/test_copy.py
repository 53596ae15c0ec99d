"""The copy of the page can be read without us: whole files, links that lead somewhere, carried on by a command."""

import asyncio
import os
import re
import resource
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.models import Stage
from monitor.page.copy import LIST, Copy
from monitor.page.moment import Case, Moment
from tests.monitor.page.conftest import SETTING, Public
from tests.monitor.page.test_tellings import post
from tests.monitor.publish.story import COMPONENTS, NOON

LANGUAGES = replace(SETTING, languages=("en", "de"), promises=True)
OVER = Case(7, NOON, (post(2, 40, stage=Stage.RESOLVED), post(1, 1)), COMPONENTS[:1], total=True)
OPEN = Case(8, NOON, (post(3, 50),), COMPONENTS[1:2], total=True)


def moment(*cases: Case, minute: int = 60) -> Moment:
    """What the page shows so many minutes after noon."""
    return Moment(LANGUAGES, cases, NOON + timedelta(minutes=minute), NOON, "en")


def copy(directory: Path, *command: str) -> Copy:
    """A copy that is written at publications only."""
    return Copy(directory, command, 3600)


async def eventually(true: Callable[[], bool]) -> None:
    """Wait for what a process does, ten seconds at most."""
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within ten seconds")


def test_every_link_of_the_copy_leads_to_a_file(tmp_path: Path) -> None:
    """Relative, from every page, in every language: it may lie under any address, or on a disk."""
    copy(tmp_path).write(moment(OPEN, OVER))
    pages = sorted(tmp_path.rglob("*.html"))
    assert {str(page.relative_to(tmp_path)) for page in pages} >= {
        "index.html",
        "incidents/7/index.html",
        "history/2025-03/index.html",
        "promises/index.html",
        "de/index.html",
        "de/incidents/8/index.html",
    }
    for page in pages:
        links = [link for link in re.findall(r'(?:href|src)="([^"#]+)', page.read_text()) if ":" not in link]
        assert len(links) > 8
        for link in links:
            assert (page.parent / link).is_file(), f"{page}: {link}"
    for place in ("feed.atom", "de/feed.rss", "history.atom", "api/v2/summary.json", "badge/send.svg"):
        assert (tmp_path / place).is_file()


def test_it_tells_its_age(tmp_path: Path) -> None:
    """The front page says as of when it is."""
    copy(tmp_path).write(moment(OPEN, minute=75))
    assert "As of <time" in (tmp_path / "index.html").read_text()
    assert "3 March 2025, 14:15 CET" in (tmp_path / "index.html").read_text()


def test_what_did_not_change_is_left_as_it_is(tmp_path: Path) -> None:
    """The page of an incident that is over is the same file an hour later; the front page is another."""
    one = copy(tmp_path)
    one.write(moment(OVER))
    places = [tmp_path / "incidents/7/index.html", tmp_path / "index.html"]
    before = [place.stat().st_ino for place in places]
    one.write(moment(OVER, minute=120))
    copy(tmp_path).write(moment(OVER, minute=120))  # after a restart, too
    assert [place.stat().st_ino == inode for place, inode in zip(places, before, strict=True)] == [True, False]


def test_what_is_not_ours_stays_and_what_is_no_more_goes(tmp_path: Path) -> None:
    """A page that is gone leaves no file; a stranger's file is not touched, whatever our list was made to say."""
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/CNAME").write_text("status.example.com")
    (tmp_path / "outside").write_text("not ours")
    one = copy(tmp_path / "copy")
    one.write(moment(OPEN, OVER))
    with (tmp_path / "copy" / LIST).open("a") as written:
        written.write("../outside\n")
    one.write(moment(OVER))
    assert not (tmp_path / "copy/incidents/8/index.html").exists()
    assert (tmp_path / "copy/incidents/7/index.html").exists()
    assert (tmp_path / "copy/CNAME").exists()
    assert (tmp_path / "outside").exists()


def test_a_copy_that_cannot_be_written_is_still_whole(tmp_path: Path) -> None:
    """If a file cannot be put in place, the front page stands as it was, since it comes last; later all is mended."""
    one = copy(tmp_path)
    one.write(moment(OVER))
    before = (tmp_path / "index.html").read_text()
    (tmp_path / "incidents/8").write_text("in the way")
    with pytest.raises(OSError, match=r"incidents/8"):
        one.write(moment(OPEN, OVER))
    assert (tmp_path / "index.html").read_text() == before
    (tmp_path / "incidents/8").unlink()
    one.write(moment(OPEN, OVER))
    assert "title 3" in (tmp_path / "index.html").read_text()
    assert not list(tmp_path.rglob("*.new"))


def git(*words: str, at: Path) -> str:
    """What git says."""
    who = {"GIT_AUTHOR_NAME": "o", "GIT_AUTHOR_EMAIL": "o@t", "GIT_COMMITTER_NAME": "o", "GIT_COMMITTER_EMAIL": "o@t"}
    done = subprocess.run(
        ["git", *words], cwd=at, check=True, capture_output=True, text=True, env={**os.environ, **who}
    )
    return done.stdout


PUBLISH = """#!/bin/sh
export GIT_AUTHOR_NAME=ownup GIT_AUTHOR_EMAIL=o@example.com GIT_COMMITTER_NAME=ownup GIT_COMMITTER_EMAIL=o@example.com
git add --all && { git diff --cached --quiet || git commit --quiet --message "Status" ; } && git push --quiet
"""


async def test_a_publication_reaches_a_git_host(public: Public, tmp_path: Path) -> None:
    """The command of the manual pushes it to a real repository, from where anybody can read it without us."""
    git("init", "--quiet", "--bare", "--initial-branch=main", "host.git", at=tmp_path)
    git("clone", "--quiet", "host.git", "copy", at=tmp_path)
    git("checkout", "-q", "-b", "main", at=tmp_path / "copy")
    git("commit", "--allow-empty", "-q", "-m", "begin", at=tmp_path / "copy")
    git("push", "-q", "--set-upstream", "origin", "main", at=tmp_path / "copy")
    (tmp_path / "publish").write_text(PUBLISH)
    (tmp_path / "publish").chmod(0o755)

    def there() -> str:
        try:
            return git("show", "main:index.html", at=tmp_path / "host.git")
        except subprocess.CalledProcessError:
            return ""

    pages = await public.pages()
    async with asyncio.TaskGroup() as tasks:
        keepers = [tasks.create_task(pages.keep()), tasks.create_task(_kept(tmp_path, pages))]
        await eventually(lambda: "No incident is reported." in there())
        await public.post(await public.story.incident(), "You cannot send mail", minute=0, promise=30)
        await eventually(lambda: "You cannot send mail" in there())
        for keeper in keepers:
            keeper.cancel()


async def _kept(tmp_path: Path, pages: object) -> None:
    with suppress(asyncio.CancelledError):
        await copy(tmp_path / "copy", str(tmp_path / "publish")).keep(pages)  # type: ignore[arg-type] # it is Pages


@pytest.mark.parametrize(
    ("command", "why"), [(["/nowhere/publish"], "cannot be run"), (["sh", "-c", "echo no route; exit 3"], "no route")]
)
async def test_a_command_that_fails_is_told_and_ends_nothing(
    public: Public, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], why: str
) -> None:
    """The log says why; the copy is there all the same, and the next is tried."""
    pages = await public.pages()
    one = copy(tmp_path, *command)
    keeper = asyncio.create_task(one.keep(pages))
    said = ""

    def told() -> bool:
        nonlocal said
        said += capsys.readouterr().out
        return why in said

    await eventually(told)
    await eventually(lambda: one.trouble.startswith("its command "))
    assert "no route" not in one.trouble  # what a command says may hold a password
    assert not keeper.done()
    assert (tmp_path / "index.html").exists()
    keeper.cancel()
    with suppress(asyncio.CancelledError):
        await keeper


async def test_a_copy_that_fails_says_so_until_it_is_mended(public: Public, tmp_path: Path) -> None:
    """A disk that takes nothing, or a place that is none: the desk and a metric read why, and then that it is over."""
    (tmp_path / "copy").write_text("a file in the way")
    one, pages = copy(tmp_path / "copy"), await public.pages()
    one.every_s = 0.05
    keeper = asyncio.create_task(one.keep(pages))
    await eventually(lambda: one.trouble == f"it cannot be written to {tmp_path}/copy (File exists)")
    (tmp_path / "copy").unlink()
    await eventually(lambda: not one.trouble)
    assert (tmp_path / "copy/index.html").exists()
    keeper.cancel()
    with suppress(asyncio.CancelledError):
        await keeper


def test_a_full_disk_leaves_what_is_there_and_says_so(tmp_path: Path) -> None:
    """Nothing is cut short: the front page stands as it was."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    one = copy(tmp_path)
    one.write(moment(OVER))
    before = (tmp_path / "index.html").read_bytes()
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            one.write(moment(OPEN, OVER))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert (tmp_path / "index.html").read_bytes() == before
