"""A copy of the page in a directory: plain files that lead to one another wherever they lie, so that it outlives us.

Each file is put in place whole, and the front page last, so that nobody who reads meanwhile finds a link to nothing.
What we wrote and is no more part of the page is removed; what others put there (``.git``, ``CNAME``) is not ours to
touch.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn, Self

import structlog

from monitor.config import Page
from monitor.page import render, routes
from monitor.page.furniture import furniture
from monitor.page.links import INDEX, Links, file_of
from monitor.page.moment import Case, Moment
from monitor.page.pages import Pages

log = structlog.get_logger("ownup.page")

LIST: Final = ".ownup-files"
"""What we wrote, one path a line."""

COMMAND_S: Final = 120.0
SAID_CHARS_MAX: Final = 500


@dataclass(slots=True)
class Copy:
    """Writes the copy, and lets a command carry it further. ``trouble`` says why the last time failed, if it did."""

    directory: Path
    command: tuple[str, ...]
    every_s: float
    trouble: str = ""
    _past: dict[str, tuple[Case, bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, page: Page) -> Self | None:
        """As the config has it; None if it wants none."""
        return cls(page.export, page.export_command, page.export_every) if page.export else None

    async def keep(self, pages: Pages) -> NoReturn:
        """Keep the copy true for ever: written at every publication, and now and then, since it tells its age."""
        while True:
            moment = pages.moment
            try:
                await asyncio.to_thread(self.write, moment)
            except OSError as error:
                log.warning("the copy of the page cannot be written", directory=str(self.directory), why=str(error))
                self.trouble = f"it cannot be written to {self.directory} ({error.strerror})"
            else:
                self.trouble = await self._carry()
            await self._news(pages, moment)

    def write(self, moment: Moment) -> None:
        """Bring every file up to date. Raises OSError; then what is there is still whole, and a later one mends it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        before = self._written()
        files = dict(self._files(moment))
        (self.directory / LIST).write_text("".join(f"{place}\n" for place in sorted({*before, *files})))
        for place in sorted(files, key=lambda place: (place == INDEX, place)):
            _put(self.directory / place, files[place])
        for place in before - files.keys():
            (self.directory / place).unlink(missing_ok=True)
        (self.directory / LIST).write_text("".join(f"{place}\n" for place in sorted(files)))

    def _written(self) -> set[str]:
        with suppress(FileNotFoundError):
            return {place for place in (self.directory / LIST).read_text().splitlines() if _within(place)}
        return set()

    def _files(self, moment: Moment) -> Iterator[tuple[str, bytes]]:
        yield from ((path.lstrip("/"), kept.body) for path, kept in furniture(moment.setting.theme).items())
        for language in moment.setting.languages:
            telling = moment.told_in(language)
            prefix = render.prefix(telling, language)
            for path in routes.pages(telling):
                yield file_of(prefix + path), self._page(telling, prefix, path)
            for path in routes.files(telling):
                yield f"{prefix}{path}".lstrip("/"), _body(telling, path, Links(prefix))

    def _page(self, moment: Moment, prefix: str, path: str) -> bytes:
        """One page; that of an incident which is over changes only with its words, so it is not drawn again."""
        place = file_of(prefix + path)
        case = routes.case(moment, path)
        if case is None or case.is_open:
            return _body(moment, path, Links(prefix, place))
        if place not in self._past or self._past[place][0] != case:
            self._past[place] = case, _body(moment, path, Links(prefix, place))
        return self._past[place][1]

    async def _news(self, pages: Pages, seen: Moment) -> None:
        """Until something is told that the copy does not tell, or its time is up."""
        moment = seen
        with suppress(TimeoutError):
            async with asyncio.timeout(self.every_s):
                while (moment.cases, moment.readings) == (seen.cases, seen.readings):
                    moment = await pages.changed(moment)

    async def _carry(self) -> str:
        """Run the command; says what went wrong, without its words: they may hold a password."""
        if not self.command:
            return ""
        try:
            process = await asyncio.create_subprocess_exec(
                *self.command, cwd=self.directory, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
        except OSError as error:
            log.warning("the export command cannot be run", why=str(error))
            return f"its command cannot be run ({error.strerror})"
        try:
            async with asyncio.timeout(COMMAND_S):
                said, _ = await process.communicate()
        except TimeoutError:
            said = b"it took too long"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            told = said.decode(errors="replace").strip()[-SAID_CHARS_MAX:]
            log.warning("the export command failed", code=process.returncode, said=told)
            return f"its command failed with code {process.returncode}; the log holds what it said"
        return ""


def _body(moment: Moment, path: str, links: Links) -> bytes:
    make = routes.found(moment, path)
    assert make is not None  # noqa: S101 - the path comes from the list of those that are there
    return make(moment, links).body


def _put(file: Path, body: bytes) -> None:
    with suppress(FileNotFoundError):
        if file.read_bytes() == body:
            return
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_bytes(body)
    os.replace(fresh, file)  # noqa: PTH105 - the name says that what is there is replaced at once


def _within(place: str) -> bool:
    """Whether a line of our list is a place in the directory; somebody else may have written into it."""
    path = Path(place)
    return bool(place) and not path.is_absolute() and ".." not in path.parts
