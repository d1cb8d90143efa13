"""The pod garbage collector removes what nobody else will."""

from itertools import pairwise

import pytest

from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.controllermanager.podgc.base import PodGarbageCollector
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld


def names(world: ManagedWorld) -> list[str]:
    return [pod.metadata.name for pod in world.all("pods")]


def test_the_oldest_finished_pods_above_the_threshold_go_within_20_seconds() -> None:
    world = ManagedWorld("n1", terminated_pod_gc_threshold=3)
    for index in range(5):
        world.pod(f"job-{index}", "n1")
        world.run(SECOND)
    for index in range(5):
        world.set_ready(f"job-{index}", False, "Succeeded")
    world.pod("alive", "n1")
    world.run(20.5 * SECOND)
    assert names(world) == ["job-2", "job-3", "job-4", "alive"]
    assert world.decisions("collect-pod")[0].rule.values["surplus"] == 2


@pytest.mark.parametrize(
    ("terminated", "threshold", "surplus"), [(12_501, 12_500, 1), (12_500, 12_500, 0), (9, 0, 0), (9, -1, 0)]
)
def test_the_threshold_is_a_count_of_the_whole_cluster(terminated: int, threshold: int, surplus: int) -> None:
    world = ManagedWorld("n1", terminated_pod_gc_threshold=threshold)
    collector = world.manager.controllers["pod-gc"]
    assert isinstance(collector, PodGarbageCollector)
    verdict = collector.threshold_verdict(terminated)
    assert verdict.values["surplus"] == surplus
    assert verdict.holds == (surplus > 0)


def test_pods_of_a_deleted_node_go_within_20_seconds() -> None:
    world = ManagedWorld("n1", "n2")
    for name, node in (("a", "n1"), ("b", "n2"), ("c", "n2")):
        world.pod(name, node)
    world.stop("n2")
    world.delete("nodes", "n2")
    deleted = world.now
    world.wait(lambda: names(world) == ["a"])
    assert world.now - deleted < 20.2 * SECOND
    assert {e.rule.rule.id for e in world.decisions("collect-pod")} == {"pod-gc.orphaned"}
    assert not [event for event in world.all("events") if event.source.component == "pod-garbage-collector"]


def test_pods_of_a_silent_node_stay_as_long_as_its_object_exists() -> None:
    world = ManagedWorld("n1", "n2")
    world.pod("a", "n2")
    world.stop("n2")
    world.run(600 * SECOND)
    assert names(world) == ["a"]


def test_a_pod_that_is_being_deleted_and_was_never_bound_goes() -> None:
    world = ManagedWorld("n1")
    pod = world.pod("a")
    metadata = replace(
        pod.metadata, deletion_timestamp="2017-09-26T07:00:00Z", deletion_grace_period_seconds=30
    )
    world.apiserver.etcd.put("pods", "default/a", replace(pod, metadata=metadata))
    world.manager.kill()
    world.manager.start()
    world.run(5 * SECOND)
    assert names(world) == []


def test_nothing_is_collected_while_the_list_of_nodes_cannot_be_read() -> None:
    world = ManagedWorld("n1", leader_elect=False)
    world.pod("a", "n1")
    world.run(SECOND)
    world.apiserver.kill()
    world.run(60 * SECOND)
    world.apiserver.start()
    world.run(60 * SECOND)
    assert names(world) == ["a"]


def test_a_pass_looks_at_the_nodes_afresh() -> None:
    world = ManagedWorld("n1")
    world.run(5 * SECOND)
    passes = []
    state = world.manager.controllers["pod-gc"].state
    for _ in range(4):
        world.run(20 * SECOND)
        passes.append(state.last_pass)
    steps = [b - a for a, b in pairwise(passes)]
    assert all(20 * SECOND < step < 20.1 * SECOND for step in steps)


def test_the_request_that_collects_is_by_force() -> None:
    world = ManagedWorld("n1", "n2")
    world.pod("a", "n2")
    world.handle(Request("delete", "pods", "default", "a"))
    assert names(world) == ["a"]
    world.stop("n2")
    world.delete("nodes", "n2")
    world.run(25 * SECOND)
    assert names(world) == []


def test_the_deletion_of_a_node_is_the_cause_of_that_of_its_pods() -> None:
    world = ManagedWorld("n1", "n2")
    world.pod("a", "n2")
    world.stop("n2")
    world.delete("nodes", "n2")
    world.run(25 * SECOND)
    decision = world.decisions("collect-pod")[0]
    cause = world.engine.record.get(decision.causes[0])
    assert (cause.verb, cause.object) == ("delete", "nodes/n2")


def test_today_pods_that_were_evicted_go_before_older_ones() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136, terminated_pod_gc_threshold=1)
    for name in ("old", "younger"):
        world.pod(name, "n1")
        world.run(SECOND)
    for name in ("old", "younger"):
        world.set_ready(name, False, "Failed")
    pod = world.get("pods", "default/younger")
    evicted = replace(pod, status=replace(pod.status, reason="Evicted"))
    world.handle(Request("update-status", "pods", "default", "younger", evicted))
    world.run(21 * SECOND)
    assert names(world) == ["old"]
