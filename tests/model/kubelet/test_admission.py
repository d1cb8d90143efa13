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


@pytest.mark.parametrize("memory", ["1Gi", "1948Mi"])
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
        "used: 64424509440, capacity: 96636764000"
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


def _static(cpu: str) -> Pod:
    container = Container(name="guard", image="guard:1", resources=asking(cpu=cpu))
    return Pod(metadata=ObjectMeta(name="guard"), spec=PodSpec(containers=(container,)))


def test_today_as_few_pods_as_possible_go_for_a_critical_pod_that_does_not_fit() -> None:
    """v1.36 pkg/kubelet/preemption/preemption.go: of the pods that ask for enough the smaller one."""
    world = NodeWorld("v1.36")
    world.run(10)
    for name, cpu in (("small", "200m"), ("middle", "600m"), ("large", "1100m")):
        world.create_pod(name, resources=asking(cpu=cpu))
    world.create_pod("idle")
    world.run(30)
    world.machine.put_manifest("/etc/kubernetes/manifests/guard.yaml", _static("500m"))
    world.run(60)
    pod = world.pod("middle")
    assert pod is not None
    assert (pod.status.phase, pod.status.reason, pod.status.message) == (
        "Failed",
        "Preempting",
        "Preempted in order to admit critical pod",
    )
    [target] = [one for one in pod.status.conditions if one.type == "DisruptionTarget"]
    assert (target.reason, target.message) == (
        "TerminationByKubelet",
        "Pod was preempted by Kubelet to accommodate a critical pod.",
    )
    assert all(world.is_ready(name) for name in ("small", "large", "idle", "guard-n1"))
    assert len(world.notices("Preempting")) == 1


def test_today_a_critical_pod_for_which_not_enough_can_go_is_refused_and_nobody_goes() -> None:
    world = NodeWorld("v1.36")
    world.run(10)
    world.create_pod("small", resources=asking(cpu="500m"))
    world.run(30)
    world.machine.put_manifest("/etc/kubernetes/manifests/guard.yaml", _static("2500m"))
    world.run(60)
    pod = world.pod("guard-n1")
    assert pod is not None
    assert (pod.status.phase, pod.status.reason) == ("Failed", "UnexpectedAdmissionError")
    assert pod.status.message == (
        "Pod was rejected: Unexpected error while attempting to recover from admission failure: preemption: "
        "error finding a set of pods to preempt: no set of running pods found to reclaim resources: "
        "[(res: cpu, q: 500), ]"
    )
    assert world.is_ready("small")
