"""One look at a cluster: what expressions read of its objects, its machines and its past. Changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from clustersim.api import core_v1 as v1
from clustersim.api.conditions import condition_of
from clustersim.api.timestamp import micros
from clustersim.cluster import Cluster
from clustersim.conformance.printed import node_status
from clustersim.engine.time import Micros
from clustersim.lesson.expressions.kinds import Single
from clustersim.lesson.expressions.typed_lines import TypedLine
from clustersim.lesson.watch import Watch
from clustersim.runtime.records import RUNNING, Container
from clustersim.traffic import TrafficMemory
from clustersim.workloads import WORKLOADS


class Given(msgspec.Struct, frozen=True):
    """What was answered to a question. chosen: what was given, and nothing more often; right: at least half
    of the answers were, None while nobody can tell.
    """

    chosen: tuple[str, ...] = ()
    right: bool | None = None


class Look:
    """A cluster as it is now, and what was watched of it. `began`: when the present step did; `remembered`:
    what the lesson called by a name (`let`); `typed`: on the console since the step began; `given`: what was
    answered, by question.
    """

    def __init__(
        self,
        cluster: Cluster,
        watch: Watch,
        began: Micros = 0,
        remembered: Mapping[str, Single] | None = None,
        typed: Sequence[TypedLine] = (),
        given: Mapping[str, Given] | None = None,
    ) -> None:
        self.cluster = cluster
        self.watch = watch
        self.began = began
        self.remembered = remembered or {}
        self.typed = typed
        self.given = given or {}

    # --- nodes -------------------------------------------------------------------------------------

    def node(self, name: str) -> v1.Node | None:
        """The Node object."""
        found = self.cluster.object("nodes", name)
        return found if isinstance(found, v1.Node) else None

    def condition(self, name: str, kind: str = "Ready") -> v1.NodeCondition | None:
        """A condition of a node."""
        node = self.node(name)
        return condition_of(node.status, kind) if node else None

    def node_status(self, name: str) -> str:
        """What kubectl prints under STATUS; nothing where there is no such object."""
        node, ready = self.node(name), self.condition(name)
        if node is None:
            return ""
        return node_status(ready.status if ready else "", unschedulable=node.spec.unschedulable)

    def heartbeat_age(self, name: str) -> Micros | None:
        """How long ago the node's kubelet last reported, by its status or by its Lease."""
        ready = self.condition(name)
        if ready is None or not ready.last_heartbeat_time:
            return None
        known = self.cluster.record.state.runs
        runs = (*known.get(f"nodes/{name}", ()), *known.get(f"leases/kube-node-lease/{name}", ()))
        last: Micros = max([micros(ready.last_heartbeat_time), *(run.last for run in runs)])
        return self.cluster.now - last

    def containers(self, node: str) -> Mapping[str, Container]:
        """What docker has on its disk, by id."""
        containers: Mapping[str, Container] = self.cluster.machines[node].state.disk["runtime"].containers
        return containers

    def running(self, node: str) -> tuple[Container, ...]:
        """The containers that run on a machine, whoever knows of them."""
        return tuple(c for c in self.containers(node).values() if c.state == RUNNING)

    def images(self, node: str) -> tuple[str, ...]:
        """The images on a machine's disk."""
        return tuple(self.cluster.machines[node].state.disk["runtime"].images)

    def process_state(self, kind: str, node: str | None = None) -> str:
        """running, stopped or hung."""
        return self.cluster.process(kind, node).status.phase

    # --- pods --------------------------------------------------------------------------------------

    def pods(self) -> Iterator[v1.Pod]:
        """All pods of people, oldest first."""
        pods: list[v1.Pod] = list(self.cluster.objects("pods").values())
        pods.sort(key=lambda pod: (pod.metadata.creation_timestamp, pod.metadata.name))
        return (pod for pod in pods if pod.metadata.namespace != "kube-system")

    def container_runs(self, pod: v1.Pod) -> bool:
        """A container of that pod runs on its machine."""
        node = pod.spec.node_name
        return node in self.cluster.machines and any(
            container.pod_uid == pod.metadata.uid for container in self.running(node)
        )

    # --- services and workloads --------------------------------------------------------------------

    def _subsets(self, service: str) -> tuple[v1.EndpointSubset, ...]:
        found = self.cluster.object("endpoints", f"default/{service}")
        return found.subsets if isinstance(found, v1.Endpoints) else ()

    def endpoints(self, service: str) -> tuple[int, int]:
        """Ready and not ready addresses of a Service."""
        subsets = self._subsets(service)
        return sum(len(s.addresses) for s in subsets), sum(len(s.not_ready_addresses) for s in subsets)

    def addresses(self, service: str) -> tuple[str, ...]:
        """The ready addresses of a Service with their ports."""
        subsets = self._subsets(service)
        return tuple(f"{a.ip}:{port.port}" for s in subsets for a in s.addresses for port in s.ports)

    def backends(self, service: str, node: str) -> tuple[str, ...]:
        """The addresses to which the rules in a node's kernel send requests for a Service."""
        rules = self.cluster.machines[node].state.kernel_rules.get(f"default/{service}", ())
        return tuple(sorted({backend.address: True for port in rules for backend in port.backends}))

    def workload(self, name: str) -> Any:
        """A workload by name, whatever its kind; None if there is none."""
        found = (self.cluster.object(resource, f"default/{name}") for resource in WORKLOADS)
        return next((workload for workload in found if workload is not None), None)

    def requests(self, service: str, outcome: str) -> int:
        """How many requests of all callers of a Service ended that way since they began."""
        return sum(getattr(memory, outcome) for memory in self._callers(service))

    def requests_within(self, service: str, outcome: str, span: Micros) -> int:
        """How many of them in the last time, by the tens of seconds in which callers count."""
        since = self.cluster.now - span
        windows = (window for memory in self._callers(service) for window in memory.windows)
        return sum(getattr(window, outcome) for window in windows if window.start >= since)

    def _callers(self, service: str) -> list[TrafficMemory]:
        names = [spec.name for spec in self.cluster.scenario.clients if spec.service == service]
        return [self.cluster.process("client", name).state for name in names]
