"""What the kubelet of v1.36 tells of its node: the Lease, the status, being ready soon after the start."""

from itertools import pairwise

import pytest

from clustersim.engine.time import SECOND, seconds
from tests.model.kubelet.node_world import NodeWorld


def _world(until: float = 8) -> NodeWorld:
    world = NodeWorld("v1.36")
    world.run(until)
    return world


def _writes(world: NodeWorld, reference: str, since: float = 0) -> list[tuple[float, str]]:
    return [
        (event.t / 1_000_000, event.verb)
        for event in world.engine.record
        if event.kind == "write" and event.object == reference and event.t >= seconds(since)
    ]


def test_a_lease_lasts_40_seconds_and_is_renewed_every_10_with_up_to_4_percent_more() -> None:
    world = _world(300)
    lease = world.etcd.get("leases", "kube-node-lease/n1")
    assert lease.spec.lease_duration_seconds == 40
    assert lease.spec.holder_identity == "n1"
    runs = world.engine.record.state.runs["leases/kube-node-lease/n1"]
    renewals = sum(run.count for run in runs)
    assert 27 <= renewals <= 29


def test_without_jitter_lease_and_status_come_on_time_too() -> None:
    world = NodeWorld("v1.36", kubelet={"heartbeat_jitter": 0.0})
    world.run(700)
    runs = world.engine.record.state.runs["leases/kube-node-lease/n1"]
    assert sum(run.count for run in runs) == 68
    assert len(world.heartbeats()) >= 2


def test_the_lease_of_a_new_node_is_made_at_the_second_pass_since_the_first_finds_no_node() -> None:
    created = next(t for t, verb in _writes(_world(30), "leases/kube-node-lease/n1") if verb == "create")
    assert 10 <= created <= 11


def test_a_healthy_node_writes_no_status_for_minutes() -> None:
    world = _world(60)
    before = world.etcd.get("nodes", "n1").metadata.resource_version
    world.run(120)
    assert world.etcd.get("nodes", "n1").metadata.resource_version == before


@pytest.mark.parametrize("name", ["n1", "n2", "n3"])
def test_after_a_change_the_status_is_written_within_150_to_450_seconds_then_every_300(name: str) -> None:
    world = NodeWorld("v1.36", name=name)
    world.run(1800)
    (_made, _), (ready, _) = _writes(world, f"nodes/{name}")
    written = [run.first / SECOND for run in world.engine.record.state.runs[f"nodes/{name}"]]
    first, *rest = [later - earlier for earlier, later in pairwise([ready, *written])]
    assert 150 <= first <= 465
    assert all(300 <= gap <= 311 for gap in rest)


def test_a_pulled_image_changes_the_status_of_the_node_within_40_seconds() -> None:
    world = _world(60)
    world.create_pod("web", image="shop:2")
    world.run(105)
    node = world.etcd.get("nodes", "n1")
    assert [image.names for image in node.status.images] == [("docker.io/library/shop:2",)]


def test_conditions_of_today_have_pids_and_no_out_of_disk() -> None:
    node = _world().etcd.get("nodes", "n1")
    assert [one.type for one in node.status.conditions] == [
        "MemoryPressure",
        "DiskPressure",
        "PIDPressure",
        "Ready",
    ]
    assert node.status.node_info.container_runtime_version.startswith("containerd://")


def test_a_new_node_is_not_ready_for_a_third_of_a_second_since_its_csi_node_is_missing() -> None:
    """Recorded: v1.36.2 node-deleted."""
    world = _world(0.4)
    assert (world.condition().status, world.condition().reason) == ("False", "KubeletNotReady")
    assert world.condition().message == "CSINode is not yet initialized"
    world.run(5)
    assert world.condition().status == "True"
    (_, made), (ready, _) = ((t, t) for t, _ in _writes(world, "nodes/n1"))
    assert 0.25 < ready - made < 0.4
    assert world.notices("NodeReady") == [("NodeReady", "Node n1 status is now: NodeReady", 1)]


def test_a_node_that_was_there_before_has_its_csi_node() -> None:
    world = _world(8)
    world.kubelet.kill()
    world.kubelet.start()
    world.run(20)
    assert not world.decisions("NodeNotReady")
    assert len(world.notices("NodeReady")) == 1


def test_a_kubelet_whose_node_object_was_deleted_does_not_register_again_before_a_restart() -> None:
    world = _world(30)
    world.ask("delete", "nodes", "", "n1")
    world.run(90)
    assert world.etcd.get("nodes", "n1") is None
    world.kubelet.kill()
    world.kubelet.start()
    world.run(92)
    assert world.etcd.get("nodes", "n1") is not None


# --- fast at the start -------------------------------------------------------------------------------------


def _started_without_lists(until: float) -> NodeWorld:
    """The runtime answers, but does not list its containers, until then. Rounds are exactly 10 s apart."""
    world = NodeWorld("v1.36", kubelet={"heartbeat_jitter": 0.0})
    world.docker.hang_list()
    world.run(until)
    assert world.condition().status == "False"
    world.docker.resume_list()
    return world


def _told(world: NodeWorld, reason: str) -> float:
    return world.journal(f'node="n1" event="{reason}"')[-1][0]


def test_in_the_first_two_minutes_a_node_that_can_be_ready_is_told_at_once() -> None:
    world = _started_without_lists(63.4)
    world.run(80)
    assert 63.4 < _told(world, "NodeReady") < 63.6


def test_later_a_node_waits_for_the_next_round_and_the_log_says_that_it_took_long() -> None:
    world = _started_without_lists(123.4)
    world.run(140)
    said = [t for t, _ in world.journal("Node not becoming ready in time after startup")]
    assert said == [pytest.approx(120.2, abs=0.1)]
    assert _told(world, "NodeReady") == pytest.approx(130.3, abs=0.2)


def test_looking_for_readiness_leaves_the_regular_rounds_where_they_are() -> None:
    world = _started_without_lists(63.4)
    world.machine.fill_disk(95)
    world.run(100)
    assert _told(world, "NodeHasDiskPressure") % 10 == pytest.approx(0.3, abs=0.2)
