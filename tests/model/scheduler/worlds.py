"""A control plane with a scheduler, and nodes that are mere objects."""

from typing import Any

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta, OwnerReference, replace
from clustersim.engine.time import SECOND, Micros
from clustersim.flags import SchedulerFlags
from clustersim.releases import release_named
from tests.model.worlds import ApiWorld

HOSTNAME = "kubernetes.io/hostname"


def node(
    name: str,
    cpu: str = "2",
    memory: str = "4Gi",
    *,
    pods: str = "110",
    ready: str = "True",
    labels: dict[str, str] | None = None,
    taints: tuple[v1.Taint, ...] = (),
    unschedulable: bool = False,
    conditions: tuple[v1.NodeCondition, ...] = (),
) -> v1.Node:
    offered = {"cpu": cpu, "memory": memory, "pods": pods}
    return v1.Node(
        metadata=ObjectMeta(name=name, labels={HOSTNAME: name} | (labels or {})),
        spec=v1.NodeSpec(taints=taints, unschedulable=unschedulable),
        status=v1.NodeStatus(
            capacity=offered,
            allocatable=offered,
            conditions=(v1.NodeCondition(type="Ready", status=ready), *conditions),
        ),
    )


def pod(
    name: str,
    requests: dict[str, str] | None = None,
    *,
    app: str = "web",
    owner: str = "",
    node_selector: dict[str, str] | None = None,
    tolerations: tuple[v1.Toleration, ...] = (),
    ports: tuple[v1.ContainerPort, ...] = (),
    **spec: Any,
) -> v1.Pod:
    resources = v1.ResourceRequirements(requests=requests or {})
    references = (
        (
            OwnerReference(
                api_version="v1",
                kind="ReplicationController",
                name=owner,
                uid=f"uid-{owner}",
                controller=True,
            ),
        )
        if owner
        else ()
    )
    return v1.Pod(
        metadata=ObjectMeta(name=name, namespace="default", labels={"app": app}, owner_references=references),
        spec=v1.PodSpec(
            containers=(v1.Container(name="main", image="image", resources=resources, ports=ports),),
            node_selector=node_selector or {},
            tolerations=tolerations,
            **spec,
        ),
    )


def service(app: str = "web") -> v1.Service:
    ports = (v1.ServicePort(port=80, target_port=8080),)
    return v1.Service(
        metadata=ObjectMeta(name=app, namespace="default"),
        spec=v1.ServiceSpec(selector={"app": app}, ports=ports),
    )


class SchedulerWorld(ApiWorld):
    """Everything is started and the scheduler leads; times count from there."""

    def __init__(
        self,
        *nodes: v1.Node,
        release: str = "v1.8",
        placement: dict[str, dict[str, int]] | None = None,
        flags: SchedulerFlags | None = None,
    ) -> None:
        known = release_named(release)
        super().__init__(release=known.name)
        self.scheduler = known.components["scheduler"](
            self.engine, self.network, "scheduler", "master", flags or known.flags.scheduler, placement
        )
        self.engine.add(self.scheduler)
        for one in nodes:
            self.ask("create", one)
        self.scheduler.start()
        self.run(5 * SECOND)

    def create(self, *objects: Any, wait: Micros = SECOND // 10) -> None:
        for obj in objects:
            assert self.ask("create", obj, wait=wait).ok

    def bindings(self, count: int, requests: dict[str, str] | None = None, **options: Any) -> list[str]:
        """Nodes of so many equal pods, created one after another."""
        names = [f"pod-{number:02}" for number in range(count)]
        self.create(*(pod(name, requests, **options) for name in names))
        return [self.where(name) for name in names]

    def where(self, name: str) -> str:
        return str(self.pod(name).spec.node_name)

    def pod(self, name: str) -> v1.Pod:
        found = self.etcd.get("pods", f"default/{name}")
        assert isinstance(found, v1.Pod)
        return found

    def events(self, reason: str) -> list[v1.Event]:
        return [event for event in self.etcd.range("events").values() if event.reason == reason]

    def change_node(self, name: str, ready: str) -> None:
        old = self.etcd.get("nodes", name)
        conditions = (v1.NodeCondition(type="Ready", status=ready),)
        self.ask("update_status", replace(old, status=replace(old.status, conditions=conditions)))
