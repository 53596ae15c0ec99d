"""What a reload would change."""

from pathlib import Path

import pytest

from monitor.config import Changes, Config, changes, load
from monitor.publish import Kind

COMPONENTS = '[[component]]\nid = "a"\nname = "A"\n[[component]]\nid = "b"\nname = "B"\n'
DOOR = '[[target]]\nname = "door"\nkind = "tcp"\ncomponent = "a"\nhost = "door.example"\nport = 22\n'
GATE = DOOR.replace("door", "gate")


def read(path: Path, *tables: str) -> Config[Kind]:
    """Load the tables as one file."""
    path.write_text("\n".join((COMPONENTS, *tables)))
    return load(path, Kind, environ={})


@pytest.mark.parametrize(
    ("before", "after", "added", "removed", "changed"),
    [
        ([DOOR], [DOOR], "", "", ""),
        ([], [DOOR], "door", "", ""),
        ([DOOR], [], "", "door", ""),
        ([DOOR, GATE], [GATE, DOOR], "", "", ""),
        ([DOOR], [GATE], "gate", "door", ""),
        ([DOOR, GATE], [DOOR + 'interval = "1m"', GATE], "", "", "door"),
        ([DOOR, GATE], ['[defaults]\ninterval = "1m"', DOOR, GATE], "", "", "door gate"),
        ([DOOR], ['[defaults]\ninterval = "30s"', DOOR], "", "", ""),
        ([DOOR], [DOOR + "enabled = false"], "", "door", ""),
        ([DOOR + "enabled = false"], [DOOR], "door", "", ""),
        ([DOOR], [DOOR.replace('"tcp"', '"smtp"')], "door", "door", ""),
        ([DOOR], [DOOR.replace('"a"', '"b"')], "door", "door", ""),
    ],
)
def test_each_difference_is_told(
    before: list[str], after: list[str], added: str, removed: str, changed: str, tmp_path: Path
) -> None:
    """By name: what comes, what goes, what is looked at otherwise; a default written out changes nothing."""
    path = tmp_path / "config.toml"
    names = (frozenset(words.split()) for words in (added, removed, changed))
    assert changes(read(path, *before), read(path, *after)) == Changes(*names)
