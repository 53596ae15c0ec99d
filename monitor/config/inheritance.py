"""``[defaults]``: what every target takes over unless it says otherwise."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel

from monitor.config.document import value_at
from monitor.config.problem import Key
from monitor.config.tables import tables


def inherit(document: Mapping[str, Any], model: type[BaseModel]) -> None:
    """Put into each target every default that its kind knows; of a table it takes the keys it has not set itself."""
    defaults = document.get("defaults")
    if isinstance(defaults, dict):
        targets = tables(model.model_fields["target"].annotation, document.get("target"), ("target",))
        for table in [table for table in targets if len(table.key) == len(("target", 0))]:
            _fill(table.values, {name: defaults[name] for name in defaults if name in table.model.model_fields})


def inherited(key: Key, written: Mapping[str, Any]) -> bool:
    """Whether a target did not write this key itself but has it from ``[defaults]``, where it is complained of once."""
    own = value_at(key, written) is not None
    return key[:1] == ("target",) and not own and value_at(("defaults", *key[2:]), written) is not None


def _fill(values: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    for name, default in defaults.items():
        if name not in values:
            values[name] = deepcopy(default)
        elif isinstance(values[name], dict) and isinstance(default, dict):
            _fill(values[name], default)
