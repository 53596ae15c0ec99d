"""Every key that a config file may hold, as the models have it."""

import tomllib
from collections.abc import Iterator
from typing import Final, get_args

from pydantic import BaseModel, TypeAdapter

from monitor.calls import KINDS as ROUTE_KINDS
from monitor.config import Config
from monitor.config.tables import models
from monitor.publish import KINDS as CHANNEL_KINDS
from probes.kinds import KINDS


def options(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, object, object]]:
    """Every key of a class, that of a table within it by its dotted name, with its type and its default."""
    for name, field in model.model_fields.items():
        inner = [one for one in models(field.annotation) if name == "tls"]
        if inner:
            yield from options(inner[0], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field.rebuild_annotation(), field.get_default(call_default_factory=True)


def named(section: str, *kinds: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The tables of a section, one a kind."""
    return {f"{section} {get_args(kind.model_fields['kind'].annotation)[0]}": kind for kind in kinds}


TABLES: Final = {
    **{
        name: models(field.annotation)[0]
        for name, field in Config.model_fields.items()
        if name not in {"path", "target", "anchor", "channel", "route"}
    },
    **named("target", *KINDS),
    **named("channel", *CHANNEL_KINDS),
    **named("route", *ROUTE_KINDS),
}


def is_default(told: str | None, annotation: object, default: object) -> bool:
    """Whether a default told as TOML, or as None, is the true one."""
    if told is None:
        return default is None
    return bool(TypeAdapter(annotation).validate_python(tomllib.loads(f"x = {told}")["x"]) == default)
