"""A config to be: what an importer makes of a foreign file, with a note wherever something is not carried over.

Two rules decide: what would check *less* than before stays on, with a note; what would judge *otherwise* than before
stands there switched off, or, where our own rules cannot say it at all, as a comment.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from monitor.importers.names import Names, slug
from monitor.importers.woven import Vault, names_in
from probes.transcript import harmless

TITLE_CHARS_MAX: Final = 80
_ROOM_FOR_A_NUMBER: Final = 6

Option = object
"""A value of a key: text, ``Woven``, number, truth, or a list or table of such."""


@dataclass(slots=True)
class Sketch:
    """One target to be; ``names`` are what it may be called, the dearest first."""

    names: tuple[str, ...]
    component: str
    kind: str
    options: dict[str, Option] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lost: str = ""

    def note(self, text: str) -> None:
        """Something is not carried over, and the check is good for less."""
        self.notes.append(text)

    def unlike(self, text: str) -> None:
        """Something is not carried over without which the check would judge otherwise: it is switched off."""
        self.faults.append(text)

    def lose(self, why: str) -> None:
        """It cannot be a target of ours at all; the first reason stands."""
        self.lost = self.lost or why

    def tls(self, key: str, value: Option) -> None:
        """Set one of the ``tls.…`` options."""
        table = self.options.setdefault("tls", {})
        assert isinstance(table, dict)  # noqa: S101 - nothing else puts it there
        table[key] = value

    def file(self, key: str, path: Path) -> str | None:
        """The path as our config has it, if the file is here; else a reason why the target is off."""
        with suppress(OSError):  # such as a name that is too long for any file
            if path.is_file():
                return str(path.absolute())
        self.unlike(f'{key} = "{path}": there is no such file here')
        return None


@dataclass(frozen=True, slots=True)
class Part:
    """A component to be."""

    id: str
    name: str
    group: str


@dataclass(slots=True)
class Planned:
    """A maintenance to be; ``covers`` are the sketches that it concerns, none meaning all."""

    options: dict[str, Option]
    notes: list[str] = field(default_factory=list)
    covers: tuple[Sketch, ...] = ()


@dataclass(slots=True)
class Blueprint:
    """The whole of it. ``remarks`` are notes that concern no single target."""

    origin: str
    site: dict[str, Option] = field(default_factory=dict)
    parts: dict[tuple[str, str], Part] = field(default_factory=dict)
    sketches: list[Sketch] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    vault: Vault = field(default_factory=Vault)
    _ids: Names = field(default_factory=Names)
    _titles: Names = field(default_factory=lambda: Names("{} ({})"))

    def component(self, name: str, group: str = "") -> str:
        """The id of the component of this name, which is made if it is new."""
        key = (name, group)
        if key not in self.parts:
            title = _title(name) or "Services"
            both = _title(f"{group}: {name}") if group else title
            self.parts[key] = Part(self._ids.take(slug(name)), self._titles.take(title, both), _title(group))
        return self.parts[key].id

    def sketch(self, *names: str, component: str, kind: str) -> Sketch:
        """Begin a target."""
        sketch = Sketch(names, component, kind)
        self.sketches.append(sketch)
        return sketch

    @property
    def variables(self) -> dict[str, str | None]:
        """The variables that the targets ask for, and their values, as far as they are known."""
        asked = {name for sketch in self.sketches if not sketch.lost for name in names_in(sketch.options)}
        return {name: value for name, value in self.vault.variables.items() if name in asked}


def _title(text: str) -> str:
    return harmless(text)[: TITLE_CHARS_MAX - _ROOM_FOR_A_NUMBER].strip()
