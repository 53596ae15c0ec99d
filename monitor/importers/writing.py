"""Writes a blueprint as our TOML: each table with its notes as comments, whoever is lost as a comment alone."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import tomlkit

from monitor.importers.blueprint import Blueprint, Option, Part, Planned, Sketch
from monitor.importers.fitting import fit, fits
from monitor.importers.names import Names, slug
from monitor.importers.woven import Woven
from probes.transcript import harmless

WIDTH: Final = 118
_FIRST: Final = ("url", "host", "port", "server", "query", "record", "enabled")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_REFERENCE: Final = re.compile(r"\$(?=[${])")


def write(blueprint: Blueprint) -> str:
    """The whole file. Names are given here, and what does not fit is taken out, with a note."""
    names = Names()
    called = {id(sketch): names.take(*map(slug, sketch.names)) for sketch in blueprint.sketches}
    for sketch in blueprint.sketches:
        fit(sketch, called[id(sketch)])
    blocks = [
        list(_head(blueprint)),
        ["[site]", *_pairs(blueprint.site)] if blueprint.site else [],
        *(list(_part(part)) for part in blueprint.parts.values() if _used(part, blueprint)),
        *(list(_sketch(sketch, called[id(sketch)])) for sketch in blueprint.sketches),
        *(list(_planned(planned, called)) for planned in blueprint.planned),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _used(part: Part, blueprint: Blueprint) -> bool:
    return any(sketch.component == part.id and not sketch.lost for sketch in blueprint.sketches)


def _head(blueprint: Blueprint) -> Iterator[str]:
    yield from _comment(
        f"Made from {blueprint.origin}. What could not be carried over stands as a comment where it belongs; see"
        " docs/import.md. The components below are what your customers will read: give them their words."
    )
    if blueprint.variables:
        yield "#"
        yield from _wrapped(f"Passwords are not written here. It needs: {', '.join(blueprint.variables)}")
    for remark in blueprint.remarks:
        yield "#"
        yield from _comment(remark)


def _part(part: Part) -> Iterator[str]:
    yield "[[component]]"
    yield from _pairs({"id": part.id, "name": part.name, **({"group": part.group} if part.group else {})})


def _sketch(sketch: Sketch, name: str) -> Iterator[str]:
    if sketch.lost:
        yield from _comment(f"Not carried over: {sketch.names[0]}: {sketch.lost}")
        return
    yield "[[target]]"
    for fault in sketch.faults:
        yield from _comment(f"Switched off, since it would judge otherwise than before: {fault}")
    for note in sketch.notes:
        yield from _comment(f"Not carried over: {note}")
    told: dict[str, Option] = {"name": name, "kind": sketch.kind, "component": sketch.component}
    told |= {key: sketch.options[key] for key in _FIRST if key in sketch.options}
    yield from _pairs(told | sketch.options | ({"enabled": False} if sketch.faults else {}))


def _planned(planned: Planned, called: Mapping[int, str]) -> Iterator[str]:
    targets = [called[id(sketch)] for sketch in planned.covers if not sketch.lost]
    why = fits(planned) or ("what it concerned was not carried over" if planned.covers and not targets else "")
    if why:
        whys = "; ".join((*planned.notes, why))
        yield from _comment(f'Not carried over: the maintenance "{planned.options["name"]}": {whys}')
        return
    yield "[[maintenance]]"
    for note in planned.notes:
        yield from _comment(f"Not carried over: {note}")
    yield from _pairs(planned.options | ({"targets": targets} if targets else {}))


def _comment(text: str) -> Iterable[str]:
    return _wrapped(harmless(text))


def _wrapped(text: str) -> Iterable[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)


def _pairs(options: Mapping[str, Option], prefix: str = "") -> Iterator[str]:
    for key, value in options.items():
        name = f"{prefix}{_key(key)}"
        if key == "tls" and isinstance(value, dict):
            yield from _pairs(value, f"{name}.")
        else:
            yield f"{name} = {_value(value, len(name))}"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else tomlkit.item(key).as_string()


def _value(value: Option, indent: int = 0) -> str:
    if isinstance(value, Woven):
        return tomlkit.item(value.written).as_string()
    if isinstance(value, str):
        return tomlkit.item(_REFERENCE.sub("$$", value)).as_string()
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {_value(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, list | tuple):
        return _list([_value(inner) for inner in value], indent)
    return tomlkit.item(value).as_string()


def _list(items: list[str], indent: int) -> str:
    line = f"[{', '.join(items)}]"
    if len(line) + indent < WIDTH or len(items) <= 1:
        return line
    return "\n".join(("[", *(f"  {item}," for item in items), "]"))
