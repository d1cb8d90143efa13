"""Pods that fit nowhere: what people are told, and when they are tried again."""

import itertools

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta, replace
from clustersim.engine.actor import then
from clustersim.engine.time import MILLISECOND, SECOND, Micros, in_seconds
from clustersim.scheduler.predicates import node_problems
from tests.model.scheduler.worlds import SchedulerWorld, node, pod

BIG = {"cpu": "3"}


def _tries(world: SchedulerWorld, name: str, duration: Micros, step: Micros = 5 * MILLISECOND) -> list[float]:
    """When the number of attempts at a pod grew, in whole tenths of a second from now."""
    start, seen, moments = world.engine.now, 0, []
    while world.engine.now < start + duration:
        world.run(step)
        attempt = world.scheduler.state.attempts.by_pod.get(f"default/{name}")
        while attempt is not None and attempt.tried > seen:
            seen += 1
            moments.append(round(in_seconds(world.engine.now - start), 1))
    return moments


@pytest.mark.parametrize(("release", "fits"), [("v1.7", True), ("v1.8", True), ("v1.36", False)])
def test_in_old_releases_init_containers_keep_out_nobody_who_comes_later(release: str, fits: bool) -> None:
    world = SchedulerWorld(node("n1"), release=release)
    large = v1.Container(name="init", image="image", resources=v1.ResourceRequirements(requests=BIG))
    world.create(pod("too-large", init_containers=(large,)))
    assert world.where("too-large") == ""
    wide = v1.ResourceRequirements(requests={"cpu": "2"})
    first = pod("first", init_containers=(v1.Container(name="init", image="image", resources=wide),))
    world.create(first, pod("second", {"cpu": "1"}))
    assert world.where("first") == "n1"
    assert world.where("second") == ("n1" if fits else "")


def test_v18_counts_every_reason_on_every_node() -> None:
    world = SchedulerWorld(node("n1", ready="Unknown"), node("n2"), node("n3"))
    world.create(pod("big", BIG))
    message = (
        "No nodes are available that match all of the predicates: Insufficient cpu (3), NodeNotReady (1)."
    )
    assert {event.message for event in world.events("FailedScheduling")} == {message}
    condition = world.pod("big").status.conditions[0]
    assert (condition.type, condition.status, condition.reason) == ("PodScheduled", "False", "Unschedulable")
    assert condition.message == message


def test_v17_leaves_out_nodes_that_are_not_ready() -> None:
    world = SchedulerWorld(node("n1", ready="Unknown"), node("n2"), node("n3"), release="v1.7")
    world.create(pod("big", BIG))
    assert {event.message for event in world.events("FailedScheduling")} == {
        "No nodes are available that match all of the following predicates:: Insufficient cpu (2)."
    }


def test_v17_says_no_nodes_available_where_v18_says_not_ready() -> None:
    for release, message in (
        ("v1.7", "no nodes available to schedule pods"),
        ("v1.8", "No nodes are available that match all of the predicates: NodeNotReady (1)."),
    ):
        world = SchedulerWorld(node("n1", ready="False"), release=release)
        world.create(pod("a"))
        assert {event.message for event in world.events("FailedScheduling")} == {message}


def test_without_any_node_there_are_no_nodes_available() -> None:
    world = SchedulerWorld()
    world.create(pod("a"))
    assert world.events("FailedScheduling")[0].message == "no nodes available to schedule pods"


def test_a_new_unschedulable_pod_is_tried_twice_within_milliseconds() -> None:
    world = SchedulerWorld(node("n1"))
    world.create(pod("big", BIG))
    assert world.events("FailedScheduling")[0].count == 2
    assert world.scheduler.state.attempts.by_pod["default/big"].tried == 2


def test_the_back_off_doubles_to_60_s_and_then_begins_anew() -> None:
    world = SchedulerWorld(node("n1"))
    world.probe.api.create(pod("big", BIG), then=then(world.probe.keep))
    moments = _tries(world, "big", 130 * SECOND)
    waits = [round(after - before) for before, after in itertools.pairwise(moments)]
    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 1, 2]


def test_a_node_that_becomes_ready_wakes_nobody() -> None:
    world = SchedulerWorld(node("n1", ready="False"))
    world.create(pod("a"))
    world.run(8 * SECOND)
    world.change_node("n1", "True")
    world.run(6 * SECOND)
    assert not world.where("a")
    world.run(2 * SECOND)
    assert world.where("a") == "n1"


def test_an_edit_of_the_pod_has_it_tried_at_once() -> None:
    world = SchedulerWorld(node("n1", ready="False"))
    world.create(pod("a"))
    world.run(8 * SECOND)
    world.change_node("n1", "True")
    world.ask("patch", "pods", "default", "a", {"metadata": {"labels": {"touched": "yes"}}})
    assert world.where("a") == "n1"


def test_a_deleted_pod_is_forgotten() -> None:
    world = SchedulerWorld(node("n1"))
    world.create(pod("big", BIG))
    world.ask("delete", "pods", "default", "big")
    world.run(120 * SECOND)
    assert world.scheduler.state.attempts.by_pod["default/big"].tried == 2
    assert not world.scheduler.state.queue.items


def test_untolerated_taints_and_missing_labels_are_named() -> None:
    taint = v1.Taint(key="gpu", value="yes", effect="NoSchedule")
    world = SchedulerWorld(node("n1", taints=(taint,)), node("n2", unschedulable=True))
    world.create(pod("a", node_selector={"disk": "ssd"}))
    assert world.events("FailedScheduling")[0].message == (
        "No nodes are available that match all of the predicates: "
        "MatchNodeSelector (2), NodeUnschedulable (1), PodToleratesNodeTaints (1)."
    )


def test_a_tolerated_taint_keeps_nobody_away() -> None:
    taint = v1.Taint(key="gpu", value="yes", effect="NoSchedule")
    world = SchedulerWorld(node("n1", taints=(taint,)))
    world.create(pod("a", tolerations=(v1.Toleration(key="gpu", operator="Exists"),)))
    assert world.where("a") == "n1"


def test_a_full_node_takes_no_pod_more() -> None:
    world = SchedulerWorld(node("n1", pods="1"))
    world.create(pod("a"), pod("b"))
    assert (world.where("a"), world.where("b")) == ("n1", "")
    assert "Insufficient pods (1)" in world.events("FailedScheduling")[0].message


def test_pressure_keeps_pods_away() -> None:
    memory = v1.NodeCondition(type="MemoryPressure", status="True")
    disk = v1.NodeCondition(type="DiskPressure", status="True")
    world = SchedulerWorld(node("n1", conditions=(memory,)), node("n2", conditions=(disk,)))
    world.create(pod("a"), pod("b", {"cpu": "1"}))
    assert (world.where("a"), world.where("b")) == ("", "n1")


@pytest.mark.parametrize(
    ("kind", "status", "problems"),
    [
        ("NetworkUnavailable", "True", ("NodeNetworkUnavailable",)),
        ("NetworkUnavailable", "Unknown", ("NodeNetworkUnavailable",)),
        ("NetworkUnavailable", "False", ()),
        ("OutOfDisk", "Unknown", ("NodeOutOfDisk",)),
        ("MemoryPressure", "Unknown", ()),
    ],
)
def test_a_node_of_which_nobody_knows_whether_it_has_a_network_or_a_disk_takes_no_pods(
    kind: str, status: str, problems: tuple[str, ...]
) -> None:
    condition = v1.NodeCondition(type=kind, status=status)
    assert node_problems(node("n1", conditions=(condition,))) == problems


def claim(name: str, volume: str = "") -> v1.PersistentVolumeClaim:
    return v1.PersistentVolumeClaim(
        metadata=ObjectMeta(name=name, namespace="default"),
        spec=v1.PersistentVolumeClaimSpec(
            access_modes=("ReadWriteOnce",),
            resources=v1.VolumeResourceRequirements(requests={"storage": "1Gi"}),
            volume_name=volume,
        ),
    )


def volume(name: str, labels: dict[str, str] | None = None) -> v1.PersistentVolume:
    return v1.PersistentVolume(
        metadata=ObjectMeta(name=name, labels=labels or {}),
        spec=v1.PersistentVolumeSpec(
            capacity={"storage": "1Gi"},
            access_modes=("ReadWriteOnce",),
            host_path=v1.HostPathVolumeSource(path="/data"),
        ),
    )


def with_claim(name: str, claimed: str) -> v1.Pod:
    source = v1.PersistentVolumeClaimVolumeSource(claim_name=claimed)
    return pod(name, volumes=(v1.Volume(name="data", persistent_volume_claim=source),))


def test_a_claim_that_is_not_bound_is_an_error_of_every_node_that_is_looked_at() -> None:
    error = (
        'SchedulerPredicates failed due to PersistentVolumeClaim is not bound: "data", which is unexpected.'
    )
    for release, message in (
        ("v1.7", f"{error} (repeated 2 times)"),
        ("v1.8", f"{error} (repeated 3 times)"),
    ):
        world = SchedulerWorld(node("n1", ready="Unknown"), node("n2"), node("n3"), release=release)
        world.create(claim("data"), with_claim("db", "data"))
        assert {event.message for event in world.events("FailedScheduling")} == {message}
        assert world.pod("db").status.conditions[0].message == message
    world = SchedulerWorld(node("n1"))
    world.create(claim("data"), with_claim("db", "data"))
    assert {event.message for event in world.events("FailedScheduling")} == {error}


def test_a_pod_whose_claim_is_bound_is_placed_when_its_back_off_ends() -> None:
    for release in ("v1.7", "v1.8"):
        world = SchedulerWorld(node("n1"), release=release)
        world.create(claim("data"), with_claim("db", "data"))
        bound = world.etcd.get("persistentvolumeclaims", "default/data")
        world.create(volume("disk"))
        world.ask("update", replace(bound, spec=replace(bound.spec, volume_name="disk")))
        assert world.where("db") == ""
        world.run(2 * SECOND)
        assert world.where("db") == "n1"


def test_a_claim_that_does_not_exist_keeps_no_pod_away_in_old_releases() -> None:
    for release in ("v1.7", "v1.8"):
        world = SchedulerWorld(node("n1"), release=release)
        world.create(with_claim("db", "nowhere"))
        assert world.where("db") == "n1"


def test_a_volume_of_another_zone_keeps_its_pod_away() -> None:
    zone = "failure-domain.beta.kubernetes.io/zone"
    world = SchedulerWorld(node("n1", labels={zone: "a"}), node("n2", labels={zone: "b"}))
    world.create(volume("disk", {zone: "b"}), claim("data", "disk"), with_claim("db", "data"))
    assert world.where("db") == "n2"
    world.create(volume("far", {zone: "c"}), claim("lost", "far"), with_claim("stray", "lost"))
    assert {event.message for event in world.events("FailedScheduling")} == {
        "No nodes are available that match all of the predicates: NoVolumeZoneConflict (2)."
    }
    anywhere = SchedulerWorld(node("n1"))
    anywhere.create(volume("disk", {zone: "b"}), claim("data", "disk"), with_claim("db", "data"))
    assert anywhere.where("db") == "n1", "a node without a zone takes any volume"
    for release, where in (("v1.7", ""), ("v1.8", "n1")):
        several = SchedulerWorld(node("n1", labels={zone: "b"}), release=release)
        several.create(volume("disk", {zone: "a__b"}), claim("data", "disk"), with_claim("db", "data"))
        assert several.where("db") == where, "of several zones v1.7 knows nothing"
