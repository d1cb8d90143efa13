"""The scenario: everything a run is a function of, besides the commands given while it runs.

Keys and verbs are those of recordings of real clusters (format golden/1) and of lessons. All times are
microseconds of simulated time; zero is "steady", the world boots before it.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.flags import Flags

Argument = str | int | float | bool

KINDS: Final = {
    "ReplicationController": "rc",
    "ReplicaSet": "rs",
    "Deployment": "deployment",
    "StatefulSet": "statefulset",
    "DaemonSet": "daemonset",
    "Job": "job",
    "Service": "service",
    "Pod": "pod",
    "Namespace": "namespace",
}
"""Kinds of objects the model knows, and the short name that actions use: "rc/tomcat"."""

HTTP: Final = "http/1.1"
HTTP2: Final = "http/2 over tls"


class NodeSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A machine with docker, a kubelet and kube-proxy. Every node also takes 110 pods, unless a flag says
    otherwise.

    cpu: as in a resource list ("2", "500m"). ready_at: when it first reports, None: drawn from the seed.
    heartbeat_at: some moment before zero at which it reports again, None: its reports follow from ready_at.
    joins: the machine exists but its kubelet is first started by a join-node action.
    kernel: None: that of the machines of the release's time.
    flags: {component: {flag: text}} that differ on this node.
    labels, annotations, taints: what its Node object has when it registers, taints as
    "key=value:effect"; capacity: further resources it offers. clock_skew: by how much its clock is ahead.
    """

    name: str
    cpu: str = "2"
    memory_mib: int = 2048
    ready_at: Micros | None = None
    heartbeat_at: Micros | None = None
    joins: bool = False
    kernel: str | None = None
    filesystem: str = "ext4"
    flags: dict[str, dict[str, str]] = {}
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    taints: tuple[str, ...] = ()
    capacity: dict[str, str] = {}
    clock_skew: Micros = 0


class Exits(msgspec.Struct, frozen=True, kw_only=True):
    """The container ends by itself `after_ms` milliseconds after each start."""

    after_ms: int
    code: int = 0


class ContainerSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A container of a pod. pull_fails: its image cannot be pulled until an allow-image action;
    pull_fails_on: not on these nodes. program: what it does by itself, as the annotation
    program.clustersim/CONTAINER says it: "answers after 30s"."""

    name: str
    image: str
    port: int | None = None
    requests: dict[str, str] = {}
    exits: Exits | None = None
    program: str = ""
    pull_fails: bool = False
    pull_fails_on: tuple[str, ...] = ()


class TolerationSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a pod tolerates."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""
    seconds: int | None = None


class StrategySpec(msgspec.Struct, frozen=True, kw_only=True):
    """How a Deployment replaces pods, or how a StatefulSet or DaemonSet does: RollingUpdate, Recreate or
    OnDelete. Numbers of pods or percentages ("25%"); None: what the version it is created through has."""

    type: str = ""
    max_unavailable: int | str | None = None
    max_surge: int | str | None = None


class ObjectSpec(msgspec.Struct, frozen=True, kw_only=True):
    """An object to create. What a kind does not have stays at its default.

    at: when it is created, None: while the world boots. An object with at >= 0 is created by a `create`
    action; without one of its own it gets one (see `Scenario.all_actions`).
    api: the version it is created through, empty for the usual one. pod_management: of a StatefulSet,
    OrderedReady or Parallel. parallelism, completions, backoff_limit: of a Job.
    """

    kind: str
    name: str
    api: str = ""
    namespace: str = "default"
    at: Micros | None = None
    replicas: int | None = None
    selector: dict[str, str] = {}
    labels: dict[str, str] = {}
    containers: tuple[ContainerSpec, ...] = ()
    restart_policy: str = "Always"
    termination_grace_period_s: int | None = None
    node_name: str = ""
    node_selector: dict[str, str] = {}
    tolerations: tuple[TolerationSpec, ...] = ()
    port: int | None = None
    target_port: int | None = None
    cluster_ip: str = ""
    strategy: StrategySpec = StrategySpec()
    service_name: str = ""
    pod_management: str = ""
    progress_deadline_s: int | None = None
    history_limit: int | None = None
    parallelism: int | None = None
    completions: int | None = None
    backoff_limit: int | None = None

    @property
    def target(self) -> str:
        """How actions name it: "rc/tomcat", and "rc/web/tomcat" in another namespace than default."""
        short = KINDS.get(self.kind, self.kind.lower())
        path = self.name if self.namespace == "default" else f"{self.namespace}/{self.name}"
        return f"{short}/{path}"


class ClientSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody outside who calls a Service, through the nodes in turn or always through the same one.

    every: time between the starts of two requests; timeout: when it gives a request up.
    """

    name: str
    service: str
    namespace: str = "default"
    node: str = ""
    every: Micros = SECOND
    timeout: Micros = 2 * SECOND


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """Where the periodic things stand: moments before zero at which each was seen. None: drawn from the seed.

    monitor_pass: a pass of the node controller over all nodes; gc_pass: of the pod garbage collector;
    leader_since: when the controller-manager became leader. visit_order: nodes in the order in which a pass
    looks at them, those not named after them (in the real program it is that of a Go map: chance). chance:
    another way than usual in which other races fall out: pauses of candidates for a lock, and whether a
    quarantine ends just before a pass or just after.
    """

    monitor_pass: Micros | None = None
    gc_pass: Micros | None = None
    leader_since: Micros | None = None
    visit_order: tuple[str, ...] = ()
    chance: int = 0


class ActionSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Something done to the cluster at a time. label: a name by which expressions refer to it."""

    at: Micros
    do: str
    target: str | None = None
    args: dict[str, Argument] = {}
    label: str = ""


class Supervisor(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever starts these components again `after` they have exited by themselves. one_at_a_time: it notices
    the next exit only when it has dealt with the one before."""

    components: tuple[str, ...] = ()
    after: Micros = 5 * SECOND
    one_at_a_time: bool = False


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster, where it stands, and what will be done to it.

    title: {language: text}. release: "v1.7", ... flags: all settings, the release's defaults included.
    placement: {owner: {node: pods}} at zero, whatever the scheduler would choose; placement_by_name: {pod:
    node}.
    transport: how kubelets talk to the API server. until: how long a run lasts that nobody watches.
    ticking: every periodic loop runs each of its passes, also those that would find nothing to do.
    files: manifests by name, for people to apply: `kubectl apply -f NAME`. manifests: objects that are there
    at zero as well, each as JSON, created after the others.
    """

    name: str = "scenario"
    title: dict[str, str] = {}
    release: str = "v1.7"
    seed: int = 1
    flags: Flags = Flags()
    nodes: tuple[NodeSpec, ...] = ()
    objects: tuple[ObjectSpec, ...] = ()
    placement: dict[str, dict[str, int]] = {}
    placement_by_name: dict[str, str] = {}
    phase: Phase = Phase()
    supervisor: Supervisor = Supervisor()
    transport: str = HTTP
    clients: tuple[ClientSpec, ...] = ()
    actions: tuple[ActionSpec, ...] = ()
    until: Micros = 7 * MINUTE
    ticking: bool = False
    files: dict[str, str] = {}
    manifests: tuple[str, ...] = ()

    def initial_objects(self) -> tuple[ObjectSpec, ...]:
        """The objects that are there at zero, in the order of their creation."""
        return tuple(spec for spec in self.objects if spec.at is None or spec.at < 0)

    def object_of(self, target: str) -> ObjectSpec | None:
        """The object that a `create` action of this target makes."""
        return next((spec for spec in self.objects if spec.target == target), None)

    def all_actions(self) -> tuple[ActionSpec, ...]:
        """The actions, those that create the objects with a time included, in the order they happen."""
        return tuple(sorted((*self.actions, *self._creations()), key=lambda action: action.at))

    def _creations(self) -> Iterator[ActionSpec]:
        named = {action.target for action in self.actions if action.do == "create"}
        for spec in self.objects:
            if spec.at is not None and spec.at >= 0 and spec.target not in named:
                yield ActionSpec(at=spec.at, do="create", target=spec.target)

    def node(self, name: str) -> NodeSpec:
        """The node of that name. Raises KeyError."""
        for spec in self.nodes:
            if spec.name == name:
                return spec
        raise KeyError(name)

    def flags_of(self, node: str) -> Flags:
        """The settings on that node: the scenario's, except for what differs there."""
        return self.flags.with_texts(self.node(node).flags)
