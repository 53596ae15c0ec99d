"""Prometheus' relabelling: rules that rewrite the labels of a target one after the other, or drop it."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from monitor.importers.source import Foreign
from probes.pattern import Pattern, groups, search

Labels = dict[str, str]

TEMPLATE: Final = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))|\$")


def expand(template: str, found: Sequence[str], places: Mapping[str, int]) -> str:
    """What Go makes of a template such as ``$1`` or ``${name}``: a group that does not exist is nothing."""

    def put_in(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if not name:
            return "$" if match[0] == "$$" else ""
        return found[places[name]] if name in places else ""

    return TEMPLATE.sub(put_in, template)


def _known(action: str) -> str:
    if action.lower() not in _ACTIONS:
        raise ValueError(f"should be one of {', '.join(_ACTIONS)}")
    return action.lower()


class Rule(Foreign):
    """One of ``relabel_configs``."""

    source_labels: list[str] = Field(default_factory=list)
    separator: str = ";"
    regex: Pattern = "(.*)"
    modulus: int = 1
    target_label: str = ""
    replacement: str = "$1"
    action: Annotated[str, AfterValidator(_known)] = "replace"

    def of(self, labels: Mapping[str, str]) -> str:
        """What the rule looks at."""
        return self.separator.join(labels.get(name, "") for name in self.source_labels)

    def match(self, text: str) -> tuple[str, ...] | None:
        """The groups of the pattern, which must match the whole of a text."""
        return search(f"^(?s:{self.regex})$", text)

    def rendered(self, template: str, found: tuple[str, ...]) -> str:
        """A template with the groups put in."""
        return expand(template, found, groups(self.regex))


def relabel(labels: Labels, rules: Sequence[Rule]) -> Labels | None:
    """The labels after all rules, or None for a target that is dropped."""
    for rule in rules:
        changed = _ACTIONS[rule.action](rule, labels)
        if changed is None:
            return None
        labels = {name: value for name, value in changed.items() if value}
    return labels


def _replace(rule: Rule, labels: Labels) -> Labels:
    found = rule.match(rule.of(labels))
    if found is None:
        return labels
    return {**labels, rule.rendered(rule.target_label, found): rule.rendered(rule.replacement, found)}


def _kept(wanted: bool) -> Callable[[Rule, Labels], Labels | None]:  # noqa: FBT001 - the two are one but for this
    return lambda rule, labels: labels if (rule.match(rule.of(labels)) is not None) == wanted else None


def _equal(wanted: bool) -> Callable[[Rule, Labels], Labels | None]:  # noqa: FBT001 - likewise
    return lambda rule, labels: labels if (rule.of(labels) == labels.get(rule.target_label, "")) == wanted else None


def _cased(change: Callable[[str], str]) -> Callable[[Rule, Labels], Labels]:
    return lambda rule, labels: {**labels, rule.target_label: change(rule.of(labels))}


def _hashed(rule: Rule, labels: Labels) -> Labels:
    number = int.from_bytes(hashlib.md5(rule.of(labels).encode(), usedforsecurity=False).digest()[8:])
    return {**labels, rule.target_label: str(number % max(rule.modulus, 1))}


def _mapped(rule: Rule, labels: Labels) -> Labels:
    matches = ((rule.match(name), value) for name, value in labels.items())
    return {**labels, **{rule.rendered(rule.replacement, found): value for found, value in matches if found}}


def _named(wanted: bool) -> Callable[[Rule, Labels], Labels]:  # noqa: FBT001 - likewise
    return lambda rule, labels: {
        name: value for name, value in labels.items() if (rule.match(name) is not None) == wanted
    }


_ACTIONS: Final[Mapping[str, Callable[[Rule, Labels], Labels | None]]] = {
    "replace": _replace,
    "keep": _kept(wanted=True),
    "drop": _kept(wanted=False),
    "keepequal": _equal(wanted=True),
    "dropequal": _equal(wanted=False),
    "lowercase": _cased(str.lower),
    "uppercase": _cased(str.upper),
    "hashmod": _hashed,
    "labelmap": _mapped,
    "labelkeep": _named(wanted=True),
    "labeldrop": _named(wanted=False),
}
