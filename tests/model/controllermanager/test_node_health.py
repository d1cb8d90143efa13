"""What a node controller makes of one node: signs of life, whether it counts, when it was silent too long."""

import pytest

from clustersim.api.coordination import Lease, LeaseSpec
from clustersim.api.core_v1 import Node, NodeCondition, NodeStatus
from clustersim.api.meta import ObjectMeta
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager.node.health import grace_exceeded, is_master, observe
from clustersim.controllermanager.nodelifecycle import health as today
from clustersim.controllermanager.nodelifecycle.rules import GRACE
from clustersim.engine.time import SECOND, Micros
from clustersim.flags import ControllerManagerFlags


def node(heartbeat: Micros | None = 0, **labels: str) -> Node:
    """A node that is ready since its heartbeat, or has never reported."""
    time = rfc3339(heartbeat or 0)
    ready = NodeCondition(type="Ready", status="True", last_heartbeat_time=time, last_transition_time=time)
    return Node(
        metadata=ObjectMeta(name="n1", labels=labels, creation_timestamp=rfc3339(-100 * SECOND)),
        status=NodeStatus(conditions=() if heartbeat is None else (ready,)),
    )


def lease(renewed: Micros) -> Lease:
    return Lease(metadata=ObjectMeta(name="n1"), spec=LeaseSpec(renew_time=rfc3339(renewed)))


def test_a_node_may_be_silent_for_its_grace_period_and_not_a_moment_longer() -> None:
    flags = ControllerManagerFlags(node_monitor_grace_period=40 * SECOND)
    known = observe(None, node(), ("", True), 0)
    assert not grace_exceeded(known, GRACE, flags, 40 * SECOND).holds
    assert grace_exceeded(known, GRACE, flags, 40 * SECOND + 1).holds


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("master", True),
        ("kube-master", True),
        ("master-abc", True),
        ("master-ab", False),
        ("node-abc", False),
    ],
)
def test_masters_are_known_by_their_names(name: str, is_one: bool) -> None:
    assert is_master(name) is is_one


def test_today_a_node_counts_in_its_zone_unless_a_label_says_otherwise() -> None:
    zone = {"topology.kubernetes.io/zone": "a"}
    assert today.place_of(None, node(**zone))[1]
    assert not today.place_of(None, node(**zone, **{"node.kubernetes.io/exclude-disruption": ""}))[1]


def test_today_after_a_new_status_the_lease_that_was_known_counts_once_more() -> None:
    looks = [(0, 0), (10, 0), (20, 15), (30, 15), (40, 15)]
    probes, known = [], None
    for now, heartbeat in looks:
        known = today.observe(known, node(heartbeat * SECOND), lease(0), now * SECOND)
        probes.append(known.probe // SECOND)
    assert probes == [0, 0, 20, 30, 30]


def test_today_a_node_that_never_reported_lives_as_long_as_it_renews_its_lease() -> None:
    looks = [(0, 0), (10, 0), (20, 15), (30, 15)]
    probes, known = [], None
    for now, renewed in looks:
        known = today.observe(known, node(None), lease(renewed * SECOND), now * SECOND)
        probes.append(known.probe // SECOND)
    assert probes == [0, 0, 20, 20]
