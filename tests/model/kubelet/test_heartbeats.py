"""The node as its kubelet reports it."""

import pytest

from clustersim.api.core_v1 import Taint
from clustersim.api.meta import replace
from clustersim.engine.time import SECOND
from tests.model.kubelet.node_world import NodeWorld


def patches(world: NodeWorld, *, since: float = 0) -> int:
    """Node status writes so far, the routine ones included."""
    runs = world.engine.record.state.runs.get("nodes/n1", [])
    return sum(run.count for run in runs if run.last > since * SECOND)


def test_a_healthy_kubelet_posts_six_times_a_minute() -> None:
    world = NodeWorld()
    world.run(20)
    before = patches(world)
    world.run(80)
    assert patches(world) - before == 6


def test_heartbeats_are_ten_seconds_and_a_little_apart() -> None:
    world = NodeWorld()
    world.run(1000)
    run = world.engine.record.state.runs["nodes/n1"][-1]
    assert 10.0 < (run.last - run.first) / SECOND / (run.count - 1) < 10.02


def test_the_first_status_is_posted_a_third_of_a_second_after_the_start() -> None:
    world = NodeWorld()
    world.run(0.35)
    assert world.condition().status == "True"


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_conditions_of_a_new_node_come_in_the_order_of_the_era(release: str) -> None:
    world = NodeWorld(release)
    world.run(1)
    assert world.node is not None
    kinds = [condition.type for condition in world.node.status.conditions]
    assert kinds == ["OutOfDisk", "MemoryPressure", "DiskPressure", "Ready"]


def test_a_node_born_ready_has_no_event_of_becoming_ready() -> None:
    world = NodeWorld()
    world.run(30)
    reasons = [reason for reason, _, _ in world.notices()]
    assert reasons == [
        "Starting",
        "NodeHasSufficientDisk",
        "NodeHasSufficientMemory",
        "NodeHasNoDiskPressure",
    ]


def test_conditions_set_to_unknown_come_back_with_events() -> None:
    world = NodeWorld()
    world.run(15)
    assert world.node is not None
    unknown = tuple(replace(c, status="Unknown") for c in world.node.status.conditions)
    world.ask("patch-status", "nodes", "", "n1", replace(world.node.status, conditions=unknown))
    world.run(25)
    assert {c.status for c in world.node.status.conditions} == {"True", "False"}
    events = {reason: count for reason, _, count in world.notices()}
    assert events["NodeReady"] == 1
    assert (
        events["NodeHasSufficientMemory"] == events["NodeHasNoDiskPressure"] == 3
    )  # Two of them at its birth.


def test_a_refused_heartbeat_is_tried_five_times_and_given_up() -> None:
    world = NodeWorld()
    world.run(5)
    world.apiserver.kill()
    world.run(15)
    assert len(world.journal("Error updating node status, will retry")) == 5
    assert len(world.journal("update node status exceeds retry count")) == 1


def test_a_heartbeat_into_a_cut_ends_after_ten_seconds_in_v1_8_and_never_in_v1_7() -> None:
    tries = {}
    for release in ("v1.7", "v1.8"):
        world = NodeWorld(release)
        world.run(5)
        world.network.cut("n1")
        world.run(64)
        tries[release] = [round(t, 1) for t, _ in world.journal("Error updating node status")]
    assert tries == {"v1.7": [], "v1.8": [20.3, 30.3, 40.3, 50.3, 60.3]}


def test_a_restart_leaves_cordon_taints_and_labels_alone() -> None:
    world = NodeWorld()
    world.run(5)
    assert world.node is not None
    taint = Taint(key="gpu", effect="NoSchedule")
    labels = {**world.node.metadata.labels, "disk": "ssd"}
    changed = replace(
        world.node,
        metadata=replace(world.node.metadata, labels=labels),
        spec=replace(world.node.spec, unschedulable=True, taints=(taint,)),
    )
    world.ask("update", "nodes", "", "n1", changed)
    world.kubelet.kill()
    world.kubelet.start()
    world.run(20)
    assert world.node.spec.unschedulable
    assert world.node.spec.taints == (taint,)
    assert world.node.metadata.labels["disk"] == "ssd"
    assert world.journal("Node n1 was previously registered")


def test_a_kubelet_whose_node_was_deleted_registers_it_only_after_a_restart() -> None:
    world = NodeWorld()
    world.run(15)
    world.ask("delete", "nodes", "", "n1")
    world.run(60)
    assert world.node is None
    world.kubelet.kill()
    world.kubelet.start()
    world.run(61)
    assert world.condition().status == "True"


def test_a_kubelet_restarted_every_15_seconds_posts_a_third_of_a_second_after_each_start() -> None:
    world = NodeWorld()
    for start in range(15, 120, 15):
        world.run(start)
        world.kubelet.kill()
        world.kubelet.start()
        before = patches(world)
        world.run(start + 0.35)
        assert patches(world) == before + 1


def test_a_reboot_is_told_by_its_boot_id() -> None:
    world = NodeWorld()
    world.run(15)
    world.machine.power_off()
    world.run(25)
    world.machine.power_on()
    world.run(27)
    assert world.notices("Rebooted") == [("Rebooted", "Node n1 has been rebooted, boot id: n1-boot-2", 1)]


def test_a_cordon_is_told_as_an_event() -> None:
    world = NodeWorld()
    world.run(5)
    world.ask("patch", "nodes", "", "n1", {"spec": {"unschedulable": True}})
    world.run(20)
    assert world.notices("NodeNotSchedulable")
