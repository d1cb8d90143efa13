"""A small world for tests of the controller-manager: a control plane, and a client that plays the nodes."""

from collections.abc import Callable
from typing import Any

import msgspec

from clustersim.api.core_v1 import (
    Container,
    ContainerState,
    ContainerStateRunning,
    ContainerStatus,
    Node,
    NodeCondition,
    NodeStatus,
    Pod,
    PodCondition,
    PodSpec,
    PodTemplateSpec,
    ReplicationController,
    ReplicationControllerSpec,
    Service,
    ServicePort,
    ServiceSpec,
    Taint,
    Toleration,
)
from clustersim.api.meta import ApiObject, ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.server import ApiServer, ApiServerV18, ApiServerV136
from clustersim.client.component import Component
from clustersim.controllermanager.process import ControllerManager, ControllerManagerV17
from clustersim.engine.actor import then
from clustersim.engine.engine import Engine
from clustersim.engine.process import Memory
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.etcd import Etcd
from clustersim.flags import ApiServerFlags, ControllerManagerFlags, EtcdFlags, NetworkFlags
from clustersim.network import Network

NODE_CONDITIONS = ("OutOfDisk", "MemoryPressure", "DiskPressure")
HEARTBEAT = 10 * SECOND
SERVERS = {"v1.7": ApiServer, "v1.8": ApiServerV18, "v1.36": ApiServerV136}


class BeatsMemory(Memory):
    """Which nodes beat, and what they say of Ready."""

    ready: dict[str, str] = msgspec.field(default_factory=dict)
    since: dict[str, str] = msgspec.field(default_factory=dict)
    skew: dict[str, Micros] = msgspec.field(default_factory=dict)


class Beats(Component):
    """Posts the status of nodes every ten seconds for as long as they live."""

    kind = "beats"

    def memory(self) -> Memory:
        return BeatsMemory()

    def join(self, name: str, *, status: str = "True", labels: dict[str, str] | None = None) -> None:
        """A node registers and begins to report."""
        self.state.ready[name] = status
        self.state.since[name] = rfc3339(self.now)
        node = Node(metadata=ObjectMeta(name=name, labels=labels or {}), status=self.report(name))
        self.api.create(node, then(self.ignore))
        self.post(HEARTBEAT, self.beat, name)

    def stop(self, name: str) -> None:
        """The node falls silent."""
        self.state.ready.pop(name, None)

    def say(self, name: str, status: str) -> None:
        """The node reports now and from now on: Ready is so."""
        silent = name not in self.state.ready
        self.state.ready[name] = status
        self.state.since[name] = rfc3339(self.now)
        self.api.patch_status("nodes", "", name, self.report(name), then(self.ignore), before=None)
        if silent:
            self.post(HEARTBEAT, self.beat, name)

    def beat(self, name: str) -> None:
        """The next report."""
        if name in self.state.ready:
            self.api.patch_status("nodes", "", name, self.report(name), then(self.ignore), before=None)
            self.post(HEARTBEAT, self.beat, name)

    def report(self, name: str) -> NodeStatus:
        now = rfc3339(self.now + self.state.skew.get(name, 0))
        pressures = tuple(
            NodeCondition(
                type=kind,
                status="False",
                last_heartbeat_time=now,
                last_transition_time=self.state.since[name],
            )
            for kind in (*NODE_CONDITIONS, "NetworkUnavailable")
        )
        ready = NodeCondition(
            type="Ready",
            status=self.state.ready[name],
            last_heartbeat_time=now,
            last_transition_time=self.state.since[name],
        )
        return NodeStatus(conditions=(*pressures, ready))


class ManagedWorld:
    """etcd, an API server, a controller-manager and nodes played by `beats`.

    After construction the nodes have joined at whole seconds and the controller-manager leads.
    """

    def __init__(
        self,
        *nodes: str,
        release: type[ControllerManager] = ControllerManagerV17,
        ticking: bool = False,
        seed: int = 1,
        admission: tuple[str, ...] = ("AlwaysAdmit",),
        **flags: Any,
    ) -> None:
        self.engine = engine = Engine(seed, -60 * SECOND, ticking=ticking)
        links = NetworkFlags()
        self.network = Network(engine, links)
        engine.add(self.network)
        self.etcd = Etcd(engine, self.network, "etcd", "master", EtcdFlags())
        server_flags = ApiServerFlags(start_delay=0, admission_control=admission)
        self.apiserver = SERVERS[release.traits.release](
            engine, self.network, "apiserver", "master", self.etcd, server_flags, links, "bcdfghjklmnp"
        )
        self.manager = release(
            engine, self.network, "controller-manager", "master", ControllerManagerFlags(**flags)
        )
        self.beats = Beats(engine, self.network, "beats", "n1")
        for process in (self.etcd, self.apiserver, self.manager, self.beats):
            engine.add(process)
        for process in (self.etcd, self.apiserver, self.beats):
            process.start()
            self.run(100 * MILLISECOND)
        self.join(*nodes)
        self.manager.start()
        self.until(-40 * SECOND)

    # --- time -------------------------------------------------------------------------------------

    @property
    def now(self) -> Micros:
        return self.engine.now

    def run(self, duration: Micros) -> None:
        self.engine.run_until(self.engine.now + duration)
        self.engine.cause = 0

    def until(self, t: Micros) -> None:
        self.engine.run_until(t)
        self.engine.cause = 0

    # --- what is done -----------------------------------------------------------------------------

    def join(self, *nodes: str, **options: Any) -> None:
        for name in nodes:
            self.beats.join(name, **options)
            self.run(SECOND)

    def stop(self, *nodes: str) -> None:
        for name in nodes:
            self.beats.stop(name)

    def handle(self, request: Request) -> Any:
        """Something done past the network, at once."""
        reply = self.apiserver.handle(request, "test")
        self.engine.cause = 0
        return reply

    def create(self, obj: ApiObject, resource: str) -> Any:
        return self.handle(Request("create", resource, obj.metadata.namespace, obj.metadata.name, obj)).body

    def pod(
        self,
        name: str,
        node: str = "",
        *,
        ready: bool = True,
        tolerations: tuple[Toleration, ...] = (),
        **metadata: Any,
    ) -> Pod:
        """A pod, bound and running if a node is given."""
        spec = PodSpec(containers=(Container(name="c", image="i"),), tolerations=tolerations)
        meta = ObjectMeta(name=name, namespace="default", **metadata)
        self.create(Pod(metadata=meta, spec=spec), "pods")
        if node:
            self.bind(name, node, ready=ready)
        return self.get("pods", f"default/{name}")

    def bind(self, name: str, node: str, *, ready: bool = True) -> None:
        self.handle(Request("bind", "pods", "default", name, node))
        self.set_ready(name, ready)

    def set_ready(self, name: str, ready: bool, phase: str = "Running") -> None:
        pod = self.get("pods", f"default/{name}")
        text = rfc3339(self.now)
        condition = PodCondition(type="Ready", status="True" if ready else "False", last_transition_time=text)
        running = ContainerState(running=ContainerStateRunning(started_at=text))
        container = ContainerStatus(name="c", state=running, ready=ready, restart_count=0, image="i")
        number = sum(map(ord, name)) % 250
        status = replace(
            pod.status,
            phase=phase,
            pod_ip=f"172.17.1.{number}",
            conditions=(condition,),
            container_statuses=(container,),
        )
        self.handle(Request("update-status", "pods", "default", name, replace(pod, status=status)))

    def delete(self, resource: str, key: str, grace: int | None = None, propagation: str = "") -> Any:
        namespace, _, name = key.rpartition("/")
        return self.handle(
            Request("delete", resource, namespace, name, grace_seconds=grace, propagation=propagation)
        )

    def taint(self, node: str, *taints: Taint) -> None:
        """Set a node's taints."""
        found = self.get("nodes", node)
        self.handle(
            Request(
                "update", "nodes", name=node, body=replace(found, spec=replace(found.spec, taints=taints))
            )
        )

    def controller(self, name: str, replicas: int, **labels: str) -> None:
        template = PodTemplateSpec(
            metadata=ObjectMeta(labels=labels or {"app": name}),
            spec=PodSpec(containers=(Container(name="c", image="i"),)),
        )
        spec = ReplicationControllerSpec(
            replicas=replicas, template=template, selector=labels or {"app": name}
        )
        metadata = ObjectMeta(name=name, namespace="default")
        self.create(ReplicationController(metadata=metadata, spec=spec), "replicationcontrollers")

    def scale(self, name: str, replicas: int) -> None:
        found = self.get("replicationcontrollers", f"default/{name}")
        changed = replace(found, spec=replace(found.spec, replicas=replicas))
        self.handle(Request("update", "replicationcontrollers", "default", name, changed))

    def service(self, name: str, **selector: str) -> None:
        spec = ServiceSpec(
            ports=(ServicePort(port=80, target_port=8080),), selector=selector or {"app": name}
        )
        self.create(Service(metadata=ObjectMeta(name=name, namespace="default"), spec=spec), "services")

    # --- what is seen -----------------------------------------------------------------------------

    def get(self, resource: str, key: str) -> Any:
        return self.etcd.get(resource, key)

    def all(self, resource: str) -> list[Any]:
        return list(self.etcd.range(resource).values())

    def condition(self, node: str, kind: str = "Ready") -> str:
        return next(c.status for c in self.get("nodes", node).status.conditions if c.type == kind)

    def wait(self, happened: Callable[[], object], limit: Micros = 600 * SECOND) -> Micros:
        """Run until something is so; returns the time."""
        give_up = self.now + limit
        while not happened():
            due = self.engine.next_due()
            assert due is not None
            assert due < give_up, "it never happened"
            self.until(due)
        return self.now

    def decisions(self, verb: str) -> list[Any]:
        return [event for event in self.engine.record if event.kind == "decision" and event.verb == verb]

    def events(self, reason: str) -> list[Any]:
        return [event for event in self.all("events") if event.reason == reason]

    def evicted_at(self, verb: str = "evict-node") -> list[tuple[str, float]]:
        return [(event.object.removeprefix("nodes/"), event.t / SECOND) for event in self.decisions(verb)]
