"""Heartbeats that nothing disturbs are done in one turn, and nobody can tell: what interferes with one, at
whatever moment, finds its messages where they would be."""

from collections.abc import Callable

import pytest

from clustersim.engine.state import digest
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.releases import RELEASES
from tests.model.kubelet.node_world import NodeWorld

Trouble = Callable[[NodeWorld], object]


def write_node(world: NodeWorld) -> None:
    """Somebody cordons the node."""
    node = world.node
    assert node is not None
    patch = {"spec": {"unschedulable": True}, "metadata": {"labels": {"seen": "yes"}}}
    world.ask("patch", "nodes", "", node.metadata.name, patch)


def write_lease(world: NodeWorld) -> None:
    """Somebody else holds the node's Lease, where there is one."""
    if world.etcd.get("leases", f"kube-node-lease/{world.name}") is not None:
        patch = {"spec": {"holderIdentity": "another"}}
        world.ask("patch", "leases", "kube-node-lease", world.name, patch)


TROUBLES: dict[str, Trouble] = {
    "kubelet-killed": lambda world: world.kubelet.kill(),
    "kubelet-hangs": lambda world: world.kubelet.hang(),
    "docker-killed": lambda world: world.docker.kill(),
    "cut": lambda world: world.network.cut(world.name),
    "master-cut": lambda world: world.network.cut("master"),
    "slow": lambda world: world.network.set_delay(world.name, 7 * MILLISECOND),
    "apiserver-killed": lambda world: world.apiserver.kill(),
    "apiserver-hangs": lambda world: world.apiserver.hang(),
    "etcd-killed": lambda world: world.etcd.kill(),
    "etcd-hangs": lambda world: world.etcd.hang(),
    "network-plugin-lost": lambda world: world.machine.lose_network_plugin(lost=True),
    "node-written": write_node,
    "lease-written": write_lease,
    "memory-taken": lambda world: world.machine.take_memory(2000),
    "clock-set": lambda world: world.machine.set_clock(-10 * SECOND),
    "pod-created": lambda world: world.create_pod("p"),
}

CURES: dict[str, Trouble] = {
    "kubelet-killed": lambda world: world.kubelet.start(),
    "kubelet-hangs": lambda world: world.kubelet.resume(),
    "docker-killed": lambda world: world.docker.start(),
    "cut": lambda world: world.network.heal(world.name),
    "master-cut": lambda world: world.network.heal("master"),
    "slow": lambda world: world.network.set_delay(world.name, 0),
    "apiserver-killed": lambda world: world.apiserver.start(),
    "apiserver-hangs": lambda world: world.apiserver.resume(),
    "etcd-killed": lambda world: world.etcd.start(),
    "etcd-hangs": lambda world: world.etcd.resume(),
    "network-plugin-lost": lambda world: world.machine.lose_network_plugin(lost=False),
    "memory-taken": lambda world: world.machine.take_memory(0),
}

MOMENTS = (
    (300, 2 * MILLISECOND),
    (1200, 20 * SECOND),
    (4600, 2 * MILLISECOND),
    (4700, 20 * SECOND),
    (9000, 20 * SECOND),
)
"""After the begin of a heartbeat: on its way, answered, on its way again, stored; and how long the trouble
lasts."""


def heartbeat_at(release: str) -> Micros:
    """When a heartbeat begins, half a minute after the start."""
    world = NodeWorld(release)
    world.run(30)
    due: Micros | None = world.kubelet.loops["heartbeat"].state.due
    assert due is not None
    return due


def told(release: str, trouble: str, at: Micros, *, ticking: bool, lasts: Micros) -> tuple[object, ...]:
    """What happened, what is stored, and when which heartbeats were seen."""
    world = NodeWorld(release, ticking=ticking)
    world.run(at / SECOND)
    TROUBLES[trouble](world)
    world.run((at + lasts) / SECOND)
    CURES.get(trouble, lambda _: None)(world)
    world.run((at + lasts) / SECOND + 90)
    events = [(e.id, e.t, e.kind, e.actor, e.verb, e.object, e.causes) for e in world.engine.record]
    runs = world.engine.record.state.runs
    return (*events, runs, digest(world.etcd.store.objects), world.kubelet.status.journal)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_finds_the_messages_of_a_heartbeat_where_they_would_be(release: str, trouble: str) -> None:
    begins = heartbeat_at(release)
    for offset, lasts in MOMENTS:
        lazy = told(release, trouble, begins + offset, ticking=False, lasts=lasts)
        assert lazy == told(release, trouble, begins + offset, ticking=True, lasts=lasts), offset


@pytest.mark.parametrize("release", RELEASES)
def test_a_heartbeat_at_rest_is_one_entry_of_the_queue_and_one_delivery(release: str) -> None:
    world = NodeWorld(release)
    world.run(60)
    handled = world.engine.handled
    world.run(160)
    assert world.engine.handled - handled < 35
