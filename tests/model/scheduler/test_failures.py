"""Pods that fit nowhere: what people are told, and when they are tried again."""

import itertools

from clustersim.api import core_v1 as v1
from clustersim.engine.actor import then
from clustersim.engine.time import MILLISECOND, SECOND, Micros, in_seconds
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
