"""``[defaults]``: what every target and anchor takes over unless it says otherwise."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from pydantic import BaseModel

from monitor.config.document import value_at
from monitor.config.problem import Complaint, Key
from monitor.config.tables import tables

LOOKED_AT: Final = ("target", "anchor")
NOWHERE: Final = "nowhere"


def inherit(document: Mapping[str, Any], model: type[BaseModel]) -> None:
    """Put into each target every default that its kind knows; of a table it takes the keys it has not set itself."""
    defaults = document.get("defaults")
    if isinstance(defaults, dict):
        for section in LOOKED_AT:
            targets = tables(model.model_fields[section].annotation, document.get(section), (section,))
            for table in [table for table in targets if len(table.key) == len((section, 0))]:
                _fill(table.values, {name: defaults[name] for name in defaults if name in table.model.model_fields})


def ground(document: Mapping[str, Any], found: list[Complaint]) -> None:
    """Put every anchor outside all components: it is a target that no customer knows."""
    anchors = document.get("anchor")
    for index, anchor in enumerate(anchors if isinstance(anchors, list) else ()):
        if isinstance(anchor, dict):
            for name in [name for name in ("component", "depends_on") if name in anchor]:
                found.append(
                    Complaint(("anchor", index, name), "an anchor belongs to no component and needs no target")
                )
                del anchor[name]
            anchor["component"] = NOWHERE


def inherited(key: Key, written: Mapping[str, Any]) -> bool:
    """Whether a target did not write this key itself but has it from ``[defaults]``, where it is complained of once."""
    own = value_at(key, written) is not None
    return (
        key[:1] in {(section,) for section in LOOKED_AT}
        and not own
        and value_at(("defaults", *key[2:]), written) is not None
    )


def _fill(values: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    for name, default in defaults.items():
        if name not in values:
            values[name] = deepcopy(default)
        elif isinstance(values[name], dict) and isinstance(default, dict):
            _fill(values[name], default)
