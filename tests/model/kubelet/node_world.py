"""A world of one node: etcd, an API server, a machine with docker and a kubelet; pods are bound by hand."""

from typing import Any

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.apiserver.server import ApiServer
from clustersim.engine.engine import Engine
from clustersim.engine.record import Event
from clustersim.engine.time import SECOND, Micros, seconds
from clustersim.etcd import Etcd
from clustersim.express import Express, heartbeat_of
from clustersim.flags import ApiServerFlags, DockerFlags, EtcdFlags, KubeletFlags, NetworkFlags, RuntimeDelays
from clustersim.images import ImageRegistry
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.programs import Exits, program_annotation
from clustersim.releases import release_named
from clustersim.runtime.records import Container
from clustersim.runtime.runtime import ContainerRuntime


class NodeWorld:
    """Starts everything but the kubelet at -10 s; the kubelet starts at zero."""

    def __init__(
        self,
        release: str = "v1.7",
        *,
        seed: int = 1,
        ticking: bool = False,
        docker: DockerFlags | None = None,
        kubelet: dict[str, Any] | None = None,
        name: str = "n1",
        record: bool = True,
    ) -> None:
        self.engine = Engine(seed, -10 * SECOND, ticking=ticking, record=record)
        links = NetworkFlags()
        chosen = release_named(release)
        self.network = Network(self.engine, links, multiplexed=chosen.http2, looked_after=chosen.http2)
        self.registry = ImageRegistry(self.engine)
        self.machine = Machine(self.engine, name, cpu_millicores=2000, memory_mib=2048)
        self.name = name
        flags: KubeletFlags = replace(chosen.flags.kubelet, **(kubelet or {}))
        self.etcd = Etcd(self.engine, self.network, "etcd", "master", EtcdFlags())
        self.apiserver: ApiServer = chosen.components["apiserver"](
            self.engine,
            self.network,
            "apiserver",
            "master",
            self.etcd,
            ApiServerFlags(start_delay=0),
            links,
            chosen.name_alphabet,
        )
        runtime = chosen.components["runtime"]
        self.docker: ContainerRuntime = runtime(
            self.engine,
            self.network,
            self.machine,
            docker or chosen.flags.of(runtime.kind),
            RuntimeDelays(),
            self.registry,
        )
        self.kubelet = chosen.components["kubelet"](self.engine, self.network, self.machine, flags, chosen)
        express = Express(self.engine, self.network, self.apiserver)
        express.add(heartbeat_of(self.kubelet, self.apiserver, self.network))
        self.machine.services = [self.docker, self.kubelet]
        for actor in (self.network, self.registry, self.machine):
            self.engine.add(actor)
        for process in (self.etcd, self.apiserver, self.docker, self.kubelet):
            self.engine.add(process)
        for process in (self.etcd, self.apiserver, self.docker):
            process.start()
        self.engine.run_until(0)
        self.kubelet.start()

    def run(self, until: float) -> None:
        """Run to that second."""
        self.engine.run_until(seconds(until))
        self.engine.cause = 0

    # --- the API server's side --------------------------------------------------------------------

    def ask(self, *args: Any, **fields: Any) -> Any:
        """A request that takes effect at once."""
        self.engine.cause = 0
        reply = self.apiserver.handle(Request(*args, **fields), "test")
        assert reply.ok, reply.message
        return reply.body

    def create_pod(
        self,
        name: str,
        image: str = "tomcat:8",
        *,
        exits: Exits | None = None,
        restart_policy: str = "Always",
        grace: int = 30,
        priority: int | None = None,
        node_selector: dict[str, str] | None = None,
        program: str = "",
        tolerations: tuple[v1.Toleration, ...] = (),
        **container: Any,
    ) -> v1.Pod:
        """A pod with one container of the pod's name, bound to the node."""
        annotations = program_annotation(name, exits) if exits else {}
        if program:
            annotations = {f"program.clustersim/{name}": program}
        spec = v1.PodSpec(
            containers=(v1.Container(name=name, image=image, **container),),
            restart_policy=restart_policy,
            termination_grace_period_seconds=grace,
            priority=priority,
            tolerations=tolerations,
            node_selector=node_selector or {},
        )
        metadata = ObjectMeta(name=name, namespace="default", annotations=annotations)
        self.ask("create", "pods", "default", name, v1.Pod(metadata=metadata, spec=spec))
        return self.ask("bind", "pods", "default", name, self.name)

    def delete_pod(self, name: str, grace: int | None = None) -> None:
        self.ask("delete", "pods", "default", name, grace_seconds=grace)

    def patch_pod_status(self, name: str, **changes: Any) -> None:
        """Somebody else writes into a pod's status."""
        pod = self.pod(name)
        assert pod is not None
        changed = replace(pod, status=replace(pod.status, **changes))
        self.ask("update-status", "pods", "default", name, changed)

    def pod(self, name: str) -> v1.Pod | None:
        return self.etcd.get("pods", f"default/{name}")

    def status(self, name: str) -> v1.ContainerStatus:
        pod = self.pod(name)
        assert pod is not None
        return pod.status.container_statuses[0]

    def is_ready(self, name: str) -> bool:
        pod = self.pod(name)
        assert pod is not None
        return any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions)

    @property
    def node(self) -> v1.Node | None:
        return self.etcd.get("nodes", self.name)

    def condition(self, kind: str = "Ready") -> v1.NodeCondition:
        assert self.node is not None
        return next(c for c in self.node.status.conditions if c.type == kind)

    # --- what happened ----------------------------------------------------------------------------

    def heartbeats(self) -> list[Micros]:
        """When the API server took a node status."""
        times = [e.t for e in self.events("write", f"nodes/{self.name}") if e.verb == "patch-status"]
        for run in self.engine.record.state.runs.get(f"nodes/{self.name}", ()):
            times += [run.first, run.last] if run.count > 1 else [run.first]
        return sorted(times)

    def events(self, kind: str, object_ref: str = "") -> list[Event]:
        return [e for e in self.engine.record if e.kind == kind and e.object.startswith(object_ref)]

    def container_times(self, verb: str, name: str = "") -> list[float]:
        """When containers were created, started, told-to-stop, exited or removed, in seconds."""
        return [
            e.t / SECOND
            for e in self.events("container")
            if e.verb == verb and (not name or (e.after or e.before).name == name)
        ]

    def containers(self, name: str = "") -> list[Container]:
        return [c for c in self.docker.disk.containers.values() if not name or c.name == name]

    def containers_of(self, pod: str) -> list[Container]:
        """In the order they were made."""
        return [c for c in self.docker.disk.containers.values() if c.pod == pod]

    def notices(self, reason: str = "") -> list[tuple[str, str, int]]:
        """Kubernetes Events as stored: (reason, message, count)."""
        found = [(e.reason, e.message, e.count) for e in self.etcd.range("events").values()]
        return [one for one in found if not reason or one[0] == reason]

    def journal(self, text: str = "") -> list[tuple[float, str]]:
        return [(line.t / SECOND, line.text) for line in self.kubelet.journal if text in line.text]

    def decisions(self, verb: str) -> list[Event]:
        return [e for e in self.events("decision") if e.verb == verb]
