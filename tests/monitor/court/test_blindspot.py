"""What a config lacks to tell an outage of theirs from one of our own line."""

import pytest

from monitor.court.blindspot import blind_spot
from monitor.court.topology import Topology
from tests.monitor.court.trial import node

NORTH = node("north", host="203.0.113.1", anchor=True)


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        (["a.example.com", "b.example.com"], "one place (example.com)"),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"], "one place (192.0.2.0/24)"),
        (["2001:db8:1::1", "2001:db8:1:2::1"], "one place (2001:db8:1::/48)"),
        (["a.example", "b.test", "c.invalid"], "Nobody can bear witness for t0, t1, t2,"),
        (["a.example", "b.test", "c.invalid", "d.example.net"], "for t0, t1, t2 and 1 more,"),
        (["a.example", "b.test", "c.invalid", "d.example.net", "e.example.org"], None),
        (["127.0.0.1", "localhost"], None),
        ([], None),
    ],
)
def test_where_nobody_bears_witness(hosts: list[str], said: str | None) -> None:
    """All in one place, or too few of other places; what lives on this machine needs none."""
    nodes = [node(f"t{number}", host=host) for number, host in enumerate(hosts)]
    lacking = blind_spot(Topology(nodes))
    assert (lacking is None) if said is None else (lacking is not None and said in lacking)
    assert blind_spot(Topology([*nodes, NORTH])) is None
