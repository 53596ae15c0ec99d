"""Texts of a config to be, in which secrets are variables of the environment and dollars are only dollars."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Final

_STAND_IN: Final = "x" * 24
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Z0-9]+")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{20,200}")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment, and what it held, as far as we know."""

    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Woven:
    """A text made of literal parts and variables."""

    parts: tuple[str | Variable, ...]

    @property
    def written(self) -> str:
        """As the config has it: ``${NAME}``, and a dollar doubled."""
        return "".join(f"${{{it.name}}}" if isinstance(it, Variable) else it.replace("$", "$$") for it in self.parts)

    @property
    def meant(self) -> str:
        """As it will be when the variables are set; what we do not know is a stand-in."""
        return "".join((it.value or _STAND_IN) if isinstance(it, Variable) else it for it in self.parts)


@dataclass(slots=True)
class Vault:
    """Every variable that the new config asks for. One secret has one name, wherever it stands."""

    variables: dict[str, str | None] = field(default_factory=dict)

    def secret(self, stem: str, value: str | None) -> Woven:
        """A text that is a secret as a whole."""
        return Woven((self._variable(stem, value),))

    def known(self, name: str) -> Variable:
        """A variable that the foreign file names itself."""
        self.variables.setdefault(name, None)
        return Variable(name)

    def woven(self, text: str, secrets: Iterable[str], stem: str) -> Woven:
        """A text in which each of these secrets is a variable."""
        found = sorted({secret for secret in secrets if secret and secret in text}, key=len, reverse=True)
        if not found:
            return Woven((text,))
        pieces = re.split(f"({'|'.join(map(re.escape, found))})", text)
        return Woven(tuple(self._variable(stem, it) if it in found else it for it in pieces if it))

    def _variable(self, stem: str, value: str | None) -> Variable:
        name, number = variable_name(stem), 1
        while name in self.variables and self.variables[name] != value:
            number += 1
            name = f"{variable_name(stem)}_{number}"
        self.variables[name] = value
        return Variable(name, value)


def variable_name(stem: str) -> str:
    """Capitals, digits and ``_``, with a letter first."""
    name = _NOT_IN_A_NAME.sub("_", stem.upper()).strip("_")[:60].strip("_")
    return name if name[:1].isalpha() else f"SECRET_{name}".strip("_")


def names_in(value: object) -> Iterator[str]:
    """The variables of an option, however deep they stand in it."""
    if isinstance(value, Woven):
        yield from (part.name for part in value.parts if isinstance(part, Variable))
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from names_in(inner)


def heartbeat_key(token: str) -> str:
    """The token, if it can be a key of ours, so that it stays; else a new one."""
    return token if _KEY.fullmatch(token) else token_hex(20)
