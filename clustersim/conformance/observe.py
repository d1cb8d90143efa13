"""What an observer would have seen of a run of the model: its causal record as facts and changes.

Everything is taken from writes to the API (Kubernetes Events among them) and from what container runtimes and
processes did, as the observer of the recordings had it. Nothing is read from the memory of a component.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from clustersim.api import core_v1 as v1
from clustersim.api.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from clustersim.api.batch import Job
from clustersim.api.conditions import says
from clustersim.api.coordination import Lease
from clustersim.api.discovery import EndpointSlice
from clustersim.api.meta import ObjectMeta
from clustersim.api.owners import controller_of
from clustersim.conformance.observation import (
    Change,
    ContainerChange,
    EndpointsFacts,
    NodeFacts,
    Notice,
    Observation,
    PodFacts,
    ProcessChange,
    WorkloadFacts,
)
from clustersim.conformance.printed import pod_status
from clustersim.engine.record import Event, Record
from clustersim.engine.time import Micros
from clustersim.runtime.records import RUNTIMES

CONTROL_PLANE: Final = ("apiserver", "controller-manager", "scheduler")

SERVICE_NAME: Final = "kubernetes.io/service-name"
"""The label by which an EndpointSlice belongs to its Service."""

LEASES: Final = "leases/kube-node-lease/"
"""Where nodes have their Leases, as the record names them."""


class Observer:
    """Collects what can be seen while the model runs; `collect` it often enough that nothing is forgotten."""

    def __init__(self) -> None:
        self._nodes: list[Change[NodeFacts]] = []
        self._pods: list[Change[PodFacts]] = []
        self._endpoints: list[Change[EndpointsFacts]] = []
        self._sliced: list[Change[EndpointsFacts]] = []
        self._slices: dict[str, dict[str, EndpointSlice]] = {}
        self._workloads: list[Change[WorkloadFacts]] = []
        self._notices: list[Notice] = []
        self._containers: list[ContainerChange] = []
        self._processes: list[ProcessChange] = []
        self._heartbeats: dict[str, list[Micros]] = {}
        self._renewals: dict[str, list[Micros]] = {}
        self._deployments: dict[str, str] = {}
        self._exited: dict[str, Micros] = {}
        self._silenced: dict[str, Micros] = {}
        self._powered_off: dict[str, Micros] = {}
        self._left: dict[str, tuple[Any, Any]] = {}

    def collect(self, events: Iterable[Event]) -> None:
        """Take in the next events of the record."""
        for event in events:
            if event.kind == "write":
                self._write(event)
            elif event.kind == "container":
                self._container(event)
            elif event.kind == "process":
                self._process(event)
            elif event.kind == "machine" and event.verb == "powered-off":
                self._powered_off[event.object] = event.t
            elif event.kind == "decision" and event.verb == "became-leader":
                self._processes.append(ProcessChange(event.t, event.actor, "leads"))

    def look_at_routine(self, record: Record, nodes: Iterable[str]) -> None:
        """Heartbeats that changed nothing but their own time, which the record only counts: look often enough
        that no two fall in between."""
        for node in nodes:
            for known, key in ((self._heartbeats, f"nodes/{node}"), (self._renewals, f"{LEASES}{node}")):
                for run in record.state.runs.get(key, ()):
                    _heard(known, node, run.first)
                    _heard(known, node, run.last)

    def observation(self, end: Micros) -> Observation:
        """Everything seen up to `end`."""
        return Observation(
            nodes=tuple(self._nodes),
            pods=tuple(self._pods),
            endpoints=tuple(self._sliced or self._endpoints),
            workloads=tuple(self._workloads),
            notices=tuple(self._notices),
            containers=tuple(self._containers),
            processes=tuple(self._processes),
            heartbeats={node: tuple(t) for node, t in {**self._heartbeats, **self._renewals}.items()},
            end=end,
        )

    def _write(self, event: Event) -> None:
        obj = event.before if event.after is None else event.after
        match obj:
            case v1.Node():
                name = obj.metadata.name
                self._nodes.append(self._change(event, name, node_facts))
                if event.actor == f"kubelet@{name}":
                    _heard(self._heartbeats, name, event.t)
            case Lease() if event.object.startswith(LEASES) and event.after is not None:
                _heard(self._renewals, obj.metadata.name, event.t)
            case v1.Pod():
                self._pods.append(self._change(event, obj.metadata.uid, self._pod_facts))
            case v1.Endpoints() if obj.metadata.namespace != "kube-system":
                self._endpoints.append(self._change(event, obj.metadata.name, endpoints_facts))
            case EndpointSlice():
                self._slice(event, obj)
            case (
                v1.ReplicationController() | ReplicaSet() | Deployment() | StatefulSet() | DaemonSet() | Job()
            ):
                key = f"{type(obj).__name__}/{obj.metadata.name}"
                self._workloads.append(self._change(event, key, workload_facts))
                if isinstance(obj, ReplicaSet):
                    self._deployments[obj.metadata.uid] = owner_of(obj)
            case v1.Event() if event.after is not None:
                about = obj.involved_object
                self._notices.append(
                    Notice(event.t, obj.reason, about.kind, about.name, obj.message, obj.seen)
                )

    def _change(self, event: Event, key: str, facts: Any) -> Change[Any]:
        """What counts of an object before and after a write; what the last write left is known already."""
        left, before = self._left.get(key, (None, None))
        if event.before is not left:
            before = None if event.before is None else facts(event.before)
        after = None if event.after is None else facts(event.after)
        self._left[key] = event.after, after
        return Change(event.t, key, before, after)

    def _slice(self, event: Event, obj: EndpointSlice) -> None:
        """The addresses of a Service are those of all its slices; where there are slices, they tell."""
        service = obj.metadata.labels.get(SERVICE_NAME, "")
        slices = self._slices.setdefault(service, {})
        before = sliced_facts(service, slices) if slices else None
        if event.after is None:
            slices.pop(obj.metadata.name, None)
        else:
            slices[obj.metadata.name] = obj
        after = sliced_facts(service, slices)
        if obj.metadata.namespace != "kube-system" and after != before:
            self._sliced.append(Change(event.t, service, before, after))

    def _pod_facts(self, pod: v1.Pod) -> PodFacts:
        """The owner of a ReplicaSet's pod is its Deployment."""
        facts = pod_facts(pod)
        owner = next((o.uid for o in pod.metadata.owner_references if o.controller), "")
        return replace(facts, owner=self._deployments.get(owner, facts.owner))

    def _container(self, event: Event) -> None:
        what = RUNTIME_VERBS.get(event.verb)
        node = event.actor.partition("@")[2]
        if what is not None and self._silenced.get(node) != event.t:
            after = event.after or event.before
            self._containers.append(ContainerChange(event.t, node, after.pod_uid, after.name, what))

    def _process(self, event: Event) -> None:
        component, _, node = event.object.partition("@")
        if component in RUNTIMES and event.verb == "killed" and self._powered_off.get(node) != event.t:
            # Nobody reports containers that end with their runtime, unless the machine's end explains it.
            self._silenced[node] = event.t
        if component not in CONTROL_PLANE:
            return
        if event.verb == "exited":
            self._exited[component] = event.t
            self._processes.append(ProcessChange(event.t, component, "exited"))
        elif event.verb == "killed":
            self._exited.pop(component, None)
        elif event.verb == "started":
            if self._exited.pop(component, None) is not None:
                self._processes.append(ProcessChange(event.t, component, "started"))
        elif event.verb == "serving":
            self._processes.append(ProcessChange(event.t, component, "answers"))


RUNTIME_VERBS: Final = {
    "started": "started",
    "told-to-stop": "told to stop",
    "exited": "exited",
    "removed": "removed",
}


def node_facts(node: v1.Node) -> NodeFacts:
    """What counts of a Node."""
    ready = says(node.status, "Ready")
    taints = tuple((taint.effect, taint.key) for taint in node.spec.taints)
    return NodeFacts(node.metadata.name, ready, taints, node.spec.unschedulable)


def pod_facts(pod: v1.Pod) -> PodFacts:
    """What counts of a Pod."""
    owner = controller_of(pod)
    conditions = {condition.type: condition.status for condition in pod.status.conditions}
    statuses = sorted(pod.status.container_statuses, key=lambda status: status.name)
    return PodFacts(
        uid=pod.metadata.uid,
        name=pod.metadata.name,
        owner=owner_name(pod),
        owner_kind=owner.kind if owner is not None else "",
        node=pod.spec.node_name,
        phase=pod.status.phase,
        ready=conditions.get("Ready") == "True",
        reason=pod.status.reason,
        deleting=bool(pod.metadata.deletion_timestamp),
        grace=pod.metadata.deletion_grace_period_seconds,
        unschedulable=conditions.get("PodScheduled") == "False",
        ip=pod.status.pod_ip,
        waiting=tuple(s.state.waiting.reason if s.state.waiting else "" for s in statuses),
        running=any(s.state.running is not None for s in statuses),
        restarts=sum(s.restart_count for s in statuses),
        printed=pod_status(pod),
    )


def owner_name(pod: v1.Pod) -> str:
    """The name of its controller; a pod of nobody's is its own."""
    owner = controller_of(pod)
    return owner.name if owner is not None else pod.metadata.name


def _heard(known: dict[str, list[Micros]], node: str, t: Micros) -> None:
    times = known.setdefault(node, [])
    if not times or times[-1] < t:
        times.append(t)


def endpoints_facts(endpoints: v1.Endpoints) -> EndpointsFacts:
    """What counts of an Endpoints object."""
    return EndpointsFacts(
        endpoints.metadata.name,
        sum(len(subset.addresses) for subset in endpoints.subsets),
        sum(len(subset.not_ready_addresses) for subset in endpoints.subsets),
    )


def sliced_facts(service: str, slices: Mapping[str, EndpointSlice]) -> EndpointsFacts:
    """The same of the EndpointSlices of a Service."""
    conditions = [endpoint.conditions for one in slices.values() for endpoint in one.endpoints]
    ready = sum(condition.ready is not False for condition in conditions)
    return EndpointsFacts(service, ready, len(conditions) - ready)


def workload_facts(workload: Any) -> WorkloadFacts:
    """What counts of a workload of any kind."""
    spec, status = workload.spec, workload.status
    replicas = getattr(spec, "replicas", None) or 0
    complete = isinstance(workload, Deployment) and (
        status.updated_replicas == status.available_replicas == status.replicas == replicas
    )
    finished = ""
    if isinstance(workload, Job):
        done = [c for c in status.conditions if c.status == "True" and c.type in ("Complete", "Failed")]
        finished = "" if not done else done[0].type if done[0].type == "Complete" else done[0].reason
    kind = type(workload).__name__
    return WorkloadFacts(kind, workload.metadata.name, owner_of(workload), replicas, complete, finished)


def owner_of(workload: Any) -> str:
    """The name of the controller that manages it, its own where nobody does."""
    metadata: ObjectMeta = workload.metadata
    return next((o.name for o in metadata.owner_references if o.controller), metadata.name)
