"""Holds what an importer made against our own rules, so that the config always passes ``ownup check``.

An option that our rules refuse is left out with the reason as a note; a target that cannot do without it is lost.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from monitor.config import Maintenance, UnreadableError, read_text
from monitor.importers.blueprint import Option, Planned, Sketch
from monitor.importers.woven import Woven
from probes.kinds import KINDS
from probes.target import Target

TEXT_BYTES_MAX: Final = 1024 * 1024

_CLASSES: Final[Mapping[str, type[Target]]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in KINDS
}


def fit(sketch: Sketch, name: str) -> None:
    """Take from a sketch what a target of its kind cannot hold."""
    model = _CLASSES[sketch.kind]
    while not sketch.lost and (refused := _refusal(sketch, model, name)):
        option, why = refused
        field = model.model_fields.get(option.removesuffix("_file"))
        if option not in sketch.options or (field and field.is_required()):
            sketch.lose(f"{option}: {why}" if option else why)
        else:
            del sketch.options[option]
            sketch.unlike(f"{option}: {why}")


def _refusal(sketch: Sketch, model: type[Target], name: str) -> tuple[str, str] | None:
    """The first option that is refused, and why."""
    values = _meant(sketch.options)
    for option in [key for key in values if key.endswith("_file") and key not in model.model_fields]:
        try:
            values[option.removesuffix("_file")] = read_text(Path(values.pop(option)), TEXT_BYTES_MAX).strip("\r\n")
        except UnreadableError as error:
            return option, str(error)
    refused = _refused(model, {**values, "name": name, "component": sketch.component, "kind": sketch.kind})
    if refused and f"{refused[0]}_file" in sketch.options:
        return f"{refused[0]}_file", refused[1]
    return refused


def fits(planned: Planned) -> str:
    """Why a maintenance is refused, or nothing."""
    refused = _refused(Maintenance, _meant(planned.options))
    return ": ".join(filter(None, refused)) if refused else ""


def _refused(model: type[BaseModel], values: object) -> tuple[str, str] | None:
    try:
        model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        why = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
        return (str(first["loc"][0]) if first["loc"] else ""), why
    return None


def _meant(value: Option) -> Any:  # noqa: ANN401 - likewise
    if isinstance(value, Woven):
        return value.meant
    if isinstance(value, dict):
        return {key: _meant(inner) for key, inner in value.items()}
    return [_meant(inner) for inner in value] if isinstance(value, list | tuple) else value
