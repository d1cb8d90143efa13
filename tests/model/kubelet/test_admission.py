"""Pods that were bound to a node they do not fit on."""

import pytest

from clustersim.api.core_v1 import Container, Pod, PodOS, PodSpec, ResourceRequirements
from clustersim.api.meta import ObjectMeta
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


def test_today_more_storage_than_the_node_has_is_refused_and_devices_it_does_not_have_are_not() -> None:
    world = NodeWorld("v1.36")
    world.run(10)
    world.create_pod("wide", resources=asking(**{"ephemeral-storage": "60Gi"}))
    world.create_pod("wider", resources=asking(**{"ephemeral-storage": "60Gi"}))
    gpu = {"example.com/gpu": "1"}
    world.create_pod("seeing", resources=ResourceRequirements(requests=gpu, limits=gpu))
    world.run(30)
    pod = world.pod("wider")
    assert pod is not None
    assert (pod.status.phase, pod.status.reason) == ("Failed", "OutOfephemeral-storage")
    assert pod.status.message == (
        "Pod was rejected: Node didn't have enough resource: ephemeral-storage, requested: 64424509440, "
        "used: 64424509440, capacity: 107374182400"
    )
    assert world.is_ready("wide")
    assert world.is_ready("seeing")


@pytest.mark.parametrize(
    ("labels", "system", "reason", "told"),
    [
        ({}, "windows", "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS"),
        (
            {"kubernetes.io/os": "windows"},
            "linux",
            "PodOSSelectorNodeLabelDoesNotMatch",
            "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
        ),
    ],
)
def test_today_a_pod_of_another_operating_system_is_refused(
    labels: dict[str, str], system: str, reason: str, told: str
) -> None:
    """v1.36.2 pkg/kubelet/lifecycle/predicate.go."""
    world = NodeWorld("v1.36")
    world.run(10)
    spec = PodSpec(containers=(Container(name="web", image="app:1"),), os=PodOS(name=system))
    metadata = ObjectMeta(name="web", labels=labels)
    world.ask("create", "pods", "default", "web", Pod(metadata=metadata, spec=spec))
    world.ask("bind", "pods", "default", "web", "n1")
    world.run(20)
    pod = world.pod("web")
    assert pod is not None
    assert (pod.status.phase, pod.status.reason) == ("Failed", reason)
    assert pod.status.message == f"Pod was rejected: {told}"
