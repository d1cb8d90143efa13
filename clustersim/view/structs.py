"""The view as the page reads it. Times are microseconds of simulated time; items that are equal have not
changed, so nothing in them says how long ago something was, except for what kubectl prints.
"""

import msgspec

from clustersim.engine.time import Micros
from clustersim.i18n import Message

Texts = dict[str, str]
"""A sentence by language of the page: {"en": ..., "zh": ...}."""

LANGUAGES = ("en", "zh")

FEW = 40
"""Of more nodes than these, what is equal except for the node is told together."""


def texts(message: Message) -> Texts:
    """A sentence in every language of the page."""
    return {language: message.text(language) for language in LANGUAGES}


class Item(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of everything in a view."""


class PodItem(Item, frozen=True, kw_only=True):
    """A pod as the API server believes it. owner: "rc/default/tomcat" or None; status, ready_text, restarts:
    as kubectl prints them; pod_ready: its Ready condition, which may say otherwise."""

    uid: str
    name: str
    namespace: str
    owner: str | None
    app: str
    phase: str
    status: str
    ready_text: str
    pod_ready: bool
    deleting: bool
    reason: str
    restarts: int
    ip: str
    printed: str


class ContainerItem(Item, frozen=True, kw_only=True):
    """A container as docker has it. state: running or exited, and since when; attempt: restarts before."""

    id: str
    pod_uid: str
    pod: str
    name: str
    image: str
    state: str
    since: Micros
    attempt: int


class Difference(Item, frozen=True, kw_only=True):
    """A pod whose status and containers do not agree.

    kind: orphan (a container runs whose pod is terminating or gone), ghost (the status says running, nothing
    runs), stale (another container or restart count than the status says).
    """

    kind: str
    pod_uid: str
    container: str | None
    pod: str


class PartItem(Item, frozen=True, kw_only=True):
    """A process of a node: running, stopped, hung or crash-looping. rules: of kube-proxy, in the kernel."""

    state: str
    since: Micros
    rules: int | None = None


class MachineItem(Item, frozen=True, kw_only=True):
    """The machine under a node."""

    power: str
    network: str
    kernel: str
    os: str
    cpu: str
    memory_mib: int = msgspec.field(name="memoryMiB")
    boot_id: str


class NodeItem(Item, frozen=True, kw_only=True):
    """A machine that is, or could be, a node. ready: status of the Ready condition, "Unknown" without one;
    ready_since: when that last changed, by its own time stamp; runtime: what really runs containers there,
    "docker" or "containerd"; zone and rack: as its labels say, "" without one.
    """

    name: str
    registered: bool
    state: str
    ready: str
    unschedulable: bool
    printed: str
    printed_header: str
    ready_since: Micros | None
    pods: tuple[PodItem, ...]
    containers: tuple[ContainerItem, ...]
    differs: tuple[Difference, ...]
    parts: dict[str, PartItem]
    machine: MachineItem
    runtime: str
    last_heartbeat: Micros | None
    zone: str = ""
    rack: str = ""


class LoopItem(Item, frozen=True, kw_only=True):
    """A control loop: when it last acted, and what waits for it."""

    name: str
    last_active: Micros | None
    queue: int


class ZoneQueueItem(Item, frozen=True, kw_only=True):
    """Nodes of a zone that wait for the rate limiter of evictions or taints, one by one. zone: "" where nodes
    have none. first: when it lets the first of them through, None for never."""

    zone: str
    waiting: int
    first: Micros | None


class EtcdItem(Item, frozen=True, kw_only=True):
    """etcd."""

    name: str
    state: str
    since: Micros
    revision: int
    keys: int
    health: str
    port: int


class ApiServerItem(Item, frozen=True, kw_only=True):
    """The API server. objects: how many of each resource."""

    name: str
    state: str
    since: Micros
    watches: int
    objects: dict[str, int]
    port: int


class ControllerManagerItem(Item, frozen=True, kw_only=True):
    """The controller-manager with its loops, and the zones whose nodes wait for its rate limiter."""

    name: str
    state: str
    since: Micros
    leader: bool
    loops: tuple[LoopItem, ...]
    zones: tuple[ZoneQueueItem, ...]
    port: int


class SchedulerItem(Item, frozen=True, kw_only=True):
    """The scheduler. queue: pods that wait for their turn; waiting: pods in their back-off."""

    name: str
    state: str
    since: Micros
    leader: bool
    queue: int
    waiting: int
    last_active: Micros | None
    port: int


ControlItem = EtcdItem | ApiServerItem | ControllerManagerItem | SchedulerItem


class DeadlineItem(Item, frozen=True, kw_only=True):
    """Something that will be done to a node if nothing changes.

    kind: grace or eviction. origin: what it counts from ("probe": the last heartbeat the controller saw,
    "transition": when it saw Ready change). due: the pass that will do it, or that did; length: the
    setting. frozen: why it does not happen although due.
    """

    kind: str
    node: str
    origin: Micros
    origin_kind: str
    due: Micros | None
    length: Micros
    rule: str
    fired: bool
    frozen: Texts | None


class WorkloadItem(Item, frozen=True, kw_only=True):
    """What an owner wants and what there is. active: pods that count for it; objects: all its pods, those
    being deleted included; endpoints: ready addresses of its Services, None where it has none; pending: pods
    without a node."""

    kind: str
    name: str
    namespace: str
    app: str
    wants: int
    active: int
    objects: int
    ready: int
    endpoints: int | None
    pending: tuple[PodItem, ...]


class ServiceItem(Item, frozen=True, kw_only=True):
    """A Service, its endpoints, and how the requests of all callers fared. rate: requests per second."""

    name: str
    namespace: str
    cluster_ip: str = msgspec.field(name="clusterIP")
    port: int
    endpoints: tuple[str, ...]
    not_ready: tuple[str, ...]
    succeeded: int
    refused: int
    hung: int
    rate: float


class View(Item, frozen=True, kw_only=True):
    """Everything on the stage. pod_header: what kubectl prints over pods with -o wide."""

    release: str
    version: str
    scenario: str
    origin: Micros = 0
    pod_header: str
    control: dict[str, ControlItem]
    nodes: dict[str, NodeItem]
    deadlines: dict[str, DeadlineItem]
    workloads: dict[str, WorkloadItem]
    services: dict[str, ServiceItem]


def covered(view: View) -> View:
    """The same without anything of the cluster in it."""
    return msgspec.structs.replace(view, control={}, nodes={}, deadlines={}, workloads={}, services={})
