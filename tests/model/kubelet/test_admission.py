"""Pods that were bound to a node they do not fit on."""

import pytest

from clustersim.api.core_v1 import ResourceRequirements
from tests.model.kubelet.node_world import NodeWorld


def asking(**requests: str) -> ResourceRequirements:
    return ResourceRequirements(requests=requests)


def test_a_pod_that_asks_for_more_cpu_than_is_left_fails_at_once() -> None:
    world = NodeWorld()
    world.run(10)
    world.create_pod("big", resources=asking(cpu="1800m"))
    world.create_pod("small", resources=asking(cpu="500m"))
    world.run(20)
    pod = world.pod("small")
    assert pod is not None
    assert (pod.status.phase, pod.status.reason) == ("Failed", "OutOfcpu")
    assert pod.status.message == (
        "Pod Node didn't have enough resource: cpu, requested: 500, used: 1800, capacity: 2000"
    )
    assert world.is_ready("big")


def test_a_node_takes_no_more_than_its_number_of_pods() -> None:
    world = NodeWorld(kubelet={"max_pods": 2})
    world.run(10)
    for name in ("a", "b", "c"):
        world.create_pod(name)
    world.run(30)
    pods = [world.pod(name) for name in ("a", "b", "c")]
    assert [pod and pod.status.reason for pod in pods] == ["", "", "OutOfpods"]


def test_a_pod_bound_against_its_selector_fails() -> None:
    world = NodeWorld()
    world.run(10)
    world.create_pod("picky", node_selector={"disk": "ssd"})
    world.run(20)
    pod = world.pod("picky")
    assert pod is not None
    assert (pod.status.phase, pod.status.reason) == ("Failed", "MatchNodeSelector")


@pytest.mark.parametrize("memory", ["1Gi", "2Gi"])
def test_memory_is_counted_to_the_last_byte(memory: str) -> None:
    world = NodeWorld()
    world.run(10)
    world.create_pod("web", resources=asking(memory=memory))
    world.run(20)
    assert world.is_ready("web")
