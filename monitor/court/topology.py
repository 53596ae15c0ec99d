"""What is known of targets before any look: where they live, what they need, and who can bear witness for whom."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from ipaddress import ip_address
from typing import Final, Literal

from publicsuffixlist import PublicSuffixList

from monitor.verdict import Patience

PATIENCE: Final = Patience(failures=3, recover=2)

Way = Literal["dns", "4", "6"]
"""What a look needs to reach its target: the resolver, or one family of addresses."""


@dataclass(frozen=True, slots=True)
class Node:
    """One target as the court knows it. ``host`` is the name or the address that its looks reach, or empty.

    ``confirm_s`` are the waits until the confirming looks, ``slow_times`` how many times the usual time is slow,
    ``partial_after`` how many of the last looks must fail to be a failure in part (0: none are), ``defer_grace_s`` for
    how long it may ask us to come again later.
    """

    name: str
    component: str = ""
    host: str = ""
    depends_on: tuple[str, ...] = ()
    patience: Patience = PATIENCE
    confirm_s: tuple[float, ...] = (3.0, 8.0)
    timeout_s: float = 10.0
    ip_family: Literal["any", "4", "6"] = "any"
    slow_times: float | None = None
    partial_after: int = 0
    defer_grace_s: float = 0.0
    anchor: bool = False

    @property
    def family(self) -> Way | None:
        """The family of addresses it is reached by, or None if it lives on this very machine."""
        return _family(self.host, self.ip_family)

    @property
    def named(self) -> bool:
        """Whether a look needs the resolver."""
        return _address(self.host) is None and self.family is not None

    @property
    def ways(self) -> tuple[Way, ...]:
        """All the ways that its looks go."""
        return ("dns", self.family) if self.named and self.family else (self.family,) if self.family else ()

    def needs(self, way: Way) -> bool:
        """Whether its looks go this way."""
        return self.named if way == "dns" else self.family == way


class Topology:
    """All targets and anchors, and what follows from where they live. Built once for a config.

    Where a name leads to is learned from looks: the last few addresses at which each target was reached.
    """

    def __init__(self, nodes: Iterable[Node], component_parents: Mapping[str, Iterable[str]] | None = None) -> None:
        """Take the nodes, and for each component those that it depends on."""
        self.nodes: Final = {node.name: node for node in nodes}
        self._component_parents = {name: tuple(parents) for name, parents in (component_parents or {}).items()}
        self._ancestors: dict[str, frozenset[str]] = {}
        self._witnesses: dict[tuple[str, Way], tuple[str, ...]] = {}
        self._going: dict[tuple[Way, bool], tuple[str, ...]] = {}
        self.addresses: Final[dict[str, tuple[str, ...]]] = {}

    @cached_property
    def _by_component(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for node in self.nodes.values():
            found.setdefault(node.component, []).append(node.name)
        return {component: tuple(names) for component, names in found.items()}

    def component(self, name: str) -> str:
        """The component that a target belongs to; one that is not known stands for itself."""
        node = self.nodes.get(name)
        return node.component if node else name

    def ancestors(self, name: str) -> frozenset[str]:
        """Every target that this one depends on, directly or through others, itself left out."""
        if name not in self._ancestors:
            found: set[str] = set()
            waiting = list(self._parents(name))
            while waiting:
                parent = waiting.pop()
                if parent not in found and parent != name:
                    found.add(parent)
                    waiting.extend(self._parents(parent))
            self._ancestors[name] = frozenset(found)
        return self._ancestors[name]

    def _parents(self, name: str) -> Iterator[str]:
        node = self.nodes.get(name)
        if node is not None:
            yield from node.depends_on
            for component in self._component_parents.get(node.component, ()):
                yield from self._by_component.get(component, ())

    def learn(self, name: str, address: str) -> None:
        """Take in that a look at this target reached this address."""
        known = self.addresses.get(name, ())
        if address not in known and name in self.nodes:
            self.addresses[name] = (*known, address)[-ADDRESSES_MAX:]
            self._witnesses.clear()

    def same_host(self, one: str, other: str) -> bool:
        """Whether both are reached under the same name, or were lately reached at the same address."""
        return not self._where(one).isdisjoint(self._where(other))

    def _where(self, name: str) -> set[str]:
        host = self._host(name)
        return {host, *self.addresses.get(name, ())} if host else set()

    def same_domain(self, one: str, other: str) -> bool:
        """Whether both have names under the same registrable domain."""
        mine = registrable(self._host(one))
        return mine is not None and mine == registrable(self._host(other))

    def witnesses(self, name: str, way: Way) -> tuple[str, ...]:
        """Who can tell whether this way is open when this target cannot be reached by it.

        The anchors, if one goes this way; else one target of each other host and domain, if there are enough of them to
        tell our own failure from a large one of somebody else.
        """
        if (name, way) not in self._witnesses:
            anchors = [one for one in self._goers(way, anchors=True) if not self._kin(name, one)]
            self._witnesses[name, way] = tuple(anchors[:WITNESSES_MAX]) or self._strangers(name, way)
        return self._witnesses[name, way]

    def _strangers(self, name: str, way: Way) -> tuple[str, ...]:
        found: list[str] = []
        for other in self._goers(way, anchors=False):
            if not any(self._kin(other, one) for one in (name, *found)):
                found.append(other)
            if len(found) == WITNESSES_MAX:
                break
        return tuple(found) if len(found) >= STRANGERS_MIN else ()

    def _goers(self, way: Way, *, anchors: bool) -> tuple[str, ...]:
        """Whose looks go this way, of each domain one; first those that need no resolver, which tell more of it."""
        if (way, anchors) not in self._going:
            nodes = [node for node in self.nodes.values() if node.needs(way) and node.anchor is anchors]
            nodes.sort(key=lambda node: node.named)
            one_each = {node.name if anchors else registrable(node.host) or node.host: node.name for node in nodes}
            self._going[way, anchors] = tuple(one_each.values())
        return self._going[way, anchors]

    def _kin(self, one: str, other: str) -> bool:
        return one == other or self.same_host(one, other) or self.same_domain(one, other)

    def _host(self, name: str) -> str:
        node = self.nodes.get(name)
        return node.host if node else ""


ADDRESSES_MAX: Final = 4
WITNESSES_MAX: Final = 5
STRANGERS_MIN: Final = 4


@lru_cache(maxsize=65536)
def registrable(host: str) -> str | None:
    """The domain that somebody registered, by the public suffix list; None for an address and for a suffix itself."""
    if not host or _address(host) is not None:
        return None
    return _suffixes().privatesuffix(host.lower().rstrip("."))


@cache
def _suffixes() -> PublicSuffixList:
    """The list as it comes with its package: read when the first name is asked for, in some forty milliseconds."""
    return PublicSuffixList()


@lru_cache(maxsize=65536)
def _address(host: str) -> tuple[Way, bool] | None:
    """The family of a literal address, and whether it is on this machine."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return ("4" if address.version == 4 else "6"), address.is_loopback  # noqa: PLR2004 - IPv4


@lru_cache(maxsize=65536)
def _family(host: str, ip_family: str) -> Way | None:
    literal = _address(host)
    if literal is not None:
        return None if literal[1] else literal[0]
    if not host or host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return None
    return "6" if ip_family == "6" else "4"
