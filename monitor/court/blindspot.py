"""Where nobody could bear witness: what a config lacks to tell an outage of theirs from one of our own line."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from monitor.court.topology import Node, Topology, registrable

NETWORK_BITS = {4: 24, 6: 48}
NAMED_MAX = 3


def blind_spot(topology: Topology) -> str | None:
    """What cannot be told apart, in one sentence that says what to do, or None."""
    nodes = list(topology.nodes.values())
    afar = [node for node in nodes if node.family and not node.anchor]
    if any(node.anchor for node in nodes) or not afar:
        return None
    places = {place(node) for node in afar}
    if len(places) == 1:
        return (
            f"All targets stand in one place ({places.pop()}) and no [[anchor]] is configured: an outage of that place "
            "and a cut of our own line look the same. Add two or three anchors elsewhere."
        )
    alone = [node.name for node in afar if not all(topology.witnesses(node.name, way) for way in node.ways)]
    if alone:
        return (
            f"Nobody can bear witness for {_listed(alone)}, and no [[anchor]] is configured: a cut of our own line "
            "would be taken for an outage of theirs. Add two or three anchors elsewhere."
        )
    return None


def place(node: Node) -> str:
    """Where a target stands, as far as a config tells: its registrable domain, or the network of its address."""
    try:
        address = ip_address(node.host)
    except ValueError:
        return registrable(node.host) or node.host
    return str(ip_network((address, NETWORK_BITS[address.version]), strict=False))


def _listed(names: Iterable[str]) -> str:
    first, rest = list(names)[:NAMED_MAX], list(names)[NAMED_MAX:]
    return ", ".join(first) + (f" and {len(rest)} more" if rest else "")
