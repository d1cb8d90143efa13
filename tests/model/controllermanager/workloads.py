"""Workloads as tests create them."""

from typing import Any

from clustersim.api.apps import (
    DaemonSet,
    DaemonSetSpec,
    Deployment,
    DeploymentSpec,
    ReplicaSet,
    ReplicaSetSpec,
    StatefulSet,
    StatefulSetSpec,
)
from clustersim.api.batch import Job, JobSpec
from clustersim.api.core_v1 import Container, PodSpec, PodTemplateSpec
from clustersim.api.meta import LabelSelector, ObjectMeta, replace
from clustersim.api.request import Request


def template(name: str, image: str = "i", **spec: Any) -> PodTemplateSpec:
    return PodTemplateSpec(
        metadata=ObjectMeta(labels={"app": name}),
        spec=PodSpec(containers=(Container(name="c", image=image),), **spec),
    )


def selector(name: str) -> LabelSelector:
    return LabelSelector(match_labels={"app": name})


def metadata(name: str) -> ObjectMeta:
    return ObjectMeta(name=name, namespace="default")


def replica_set(name: str, replicas: int) -> ReplicaSet:
    return ReplicaSet(
        metadata=metadata(name),
        spec=ReplicaSetSpec(replicas=replicas, selector=selector(name), template=template(name)),
    )


def deployment(name: str, replicas: int, **spec: Any) -> Deployment:
    return Deployment(
        metadata=metadata(name),
        spec=DeploymentSpec(replicas=replicas, selector=selector(name), template=template(name), **spec),
    )


def stateful_set(name: str, replicas: int, **spec: Any) -> StatefulSet:
    return StatefulSet(
        metadata=metadata(name),
        spec=StatefulSetSpec(replicas=replicas, selector=selector(name), template=template(name), **spec),
    )


def daemon_set(name: str, **spec: Any) -> DaemonSet:
    return DaemonSet(
        metadata=metadata(name), spec=DaemonSetSpec(selector=selector(name), template=template(name), **spec)
    )


def job(name: str, **spec: Any) -> Job:
    return Job(metadata=metadata(name), spec=JobSpec(template=template(name, restart_policy="Never"), **spec))


def play_nodes(world: Any) -> None:
    """Do what scheduler and kubelets would: bind and start what waits, remove what is being deleted."""
    for index, pod in enumerate(world.all("pods")):
        name = pod.metadata.name
        if pod.metadata.deletion_timestamp:
            world.delete("pods", f"default/{name}", grace=0)
        elif not pod.spec.node_name:
            world.bind(name, f"n{index % 3 + 1}")
        elif pod.status.phase == "Pending":
            world.set_ready(name, True)


def settle(world: Any, rounds: int = 30) -> None:
    """Play the nodes until nothing changes any more."""
    for _ in range(rounds):
        world.run(100_000)
        play_nodes(world)
    world.run(1_000_000)


def change_set(world: Any, **spec: object) -> None:
    """Somebody changes the StatefulSet `db`."""
    found = world.get("statefulsets", "default/db")
    changed = replace(found, spec=replace(found.spec, **spec))
    world.handle(Request("update", "statefulsets", "default", "db", changed))
