"""The core group, v1: the objects of this model with the fields that matter in it."""

import msgspec

from clustersim.api.meta import ApiObject, ApiStruct, ObjectMeta, ObjectReference


class ContainerPort(ApiStruct, frozen=True, kw_only=True):
    """A port a container listens on."""

    container_port: int
    name: str = ""
    protocol: str = "TCP"


class ResourceRequirements(ApiStruct, frozen=True, kw_only=True):
    """Requests and limits, quantities as texts."""

    requests: dict[str, str] = {}
    limits: dict[str, str] = {}


class HttpGetAction(ApiStruct, frozen=True, kw_only=True):
    """A probe by HTTP GET."""

    port: int
    path: str = "/"


class Probe(ApiStruct, frozen=True, kw_only=True):
    """A probe; seconds. Defaults: pkg/api/v1/defaults.go."""

    http_get: HttpGetAction | None = None
    initial_delay_seconds: int = 0
    timeout_seconds: int = 1
    period_seconds: int = 10
    success_threshold: int = 1
    failure_threshold: int = 3


class Container(ApiStruct, frozen=True, kw_only=True):
    """A container of a pod's specification."""

    name: str
    image: str
    ports: tuple[ContainerPort, ...] = ()
    resources: ResourceRequirements = ResourceRequirements()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    image_pull_policy: str = ""


class Toleration(ApiStruct, frozen=True, kw_only=True):
    """What a pod tolerates."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""
    toleration_seconds: int | None = None


class PodSpec(ApiStruct, frozen=True, kw_only=True):
    """What a pod should be."""

    containers: tuple[Container, ...]
    init_containers: tuple[Container, ...] = ()
    restart_policy: str = "Always"
    termination_grace_period_seconds: int = 30
    node_selector: dict[str, str] = {}
    node_name: str = ""
    host_network: bool = False
    tolerations: tuple[Toleration, ...] = ()
    scheduler_name: str = "default-scheduler"


class ContainerStateWaiting(ApiStruct, frozen=True, kw_only=True):
    """Not started: why."""

    reason: str = ""
    message: str = ""


class ContainerStateRunning(ApiStruct, frozen=True, kw_only=True):
    """Running since."""

    started_at: str = ""


class ContainerStateTerminated(ApiStruct, frozen=True, kw_only=True):
    """Ended: with what."""

    exit_code: int
    reason: str = ""
    message: str = ""
    started_at: str = ""
    finished_at: str = ""
    container_id: str = msgspec.field(default="", name="containerID")


class ContainerState(ApiStruct, frozen=True, kw_only=True):
    """One of the three is set."""

    waiting: ContainerStateWaiting | None = None
    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None


class ContainerStatus(ApiStruct, frozen=True, kw_only=True):
    """What the kubelet reports of a container."""

    name: str
    state: ContainerState
    ready: bool
    restart_count: int
    image: str
    last_state: ContainerState = ContainerState()
    image_id: str = msgspec.field(default="", name="imageID")
    container_id: str = msgspec.field(default="", name="containerID")


class PodCondition(ApiStruct, frozen=True, kw_only=True):
    """Initialized, Ready, PodScheduled."""

    type: str
    status: str
    last_probe_time: str | None = None
    last_transition_time: str = ""
    reason: str = ""
    message: str = ""


class PodStatus(ApiStruct, frozen=True, kw_only=True):
    """What a pod is, as last reported."""

    phase: str = ""
    conditions: tuple[PodCondition, ...] = ()
    message: str = ""
    reason: str = ""
    host_ip: str = msgspec.field(default="", name="hostIP")
    pod_ip: str = msgspec.field(default="", name="podIP")
    start_time: str = ""
    container_statuses: tuple[ContainerStatus, ...] = ()
    qos_class: str = ""


class Pod(ApiObject, frozen=True, kw_only=True):
    """A pod."""

    spec: PodSpec
    status: PodStatus = PodStatus()


class Taint(ApiStruct, frozen=True, kw_only=True):
    """A taint of a node."""

    key: str
    effect: str
    value: str = ""
    time_added: str = ""


class NodeSpec(ApiStruct, frozen=True, kw_only=True):
    """What an administrator sets on a node."""

    pod_cidr: str = msgspec.field(default="", name="podCIDR")
    external_id: str = msgspec.field(default="", name="externalID")
    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()


class NodeCondition(ApiStruct, frozen=True, kw_only=True):
    """One condition of a node."""

    type: str
    status: str
    last_heartbeat_time: str = ""
    last_transition_time: str = ""
    reason: str = ""
    message: str = ""


class NodeAddress(ApiStruct, frozen=True, kw_only=True):
    """An address of a node."""

    type: str
    address: str


class NodeSystemInfo(ApiStruct, frozen=True, kw_only=True):
    """What the kubelet found on its machine."""

    machine_id: str = msgspec.field(default="", name="machineID")
    boot_id: str = msgspec.field(default="", name="bootID")
    kernel_version: str = ""
    os_image: str = ""
    container_runtime_version: str = ""
    kubelet_version: str = ""
    kube_proxy_version: str = ""
    operating_system: str = "linux"
    architecture: str = "amd64"


class NodeStatus(ApiStruct, frozen=True, kw_only=True):
    """What a node is, as last reported."""

    capacity: dict[str, str] = {}
    allocatable: dict[str, str] = {}
    conditions: tuple[NodeCondition, ...] = ()
    addresses: tuple[NodeAddress, ...] = ()
    node_info: NodeSystemInfo = NodeSystemInfo()


class Node(ApiObject, frozen=True, kw_only=True):
    """A node."""

    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()


class PodTemplateSpec(ApiStruct, frozen=True, kw_only=True):
    """What pods of a controller are made from."""

    spec: PodSpec
    metadata: ObjectMeta = ObjectMeta()


class ReplicationControllerSpec(ApiStruct, frozen=True, kw_only=True):
    """How many of which pods."""

    replicas: int
    template: PodTemplateSpec
    selector: dict[str, str] = {}
    min_ready_seconds: int = 0


class ReplicationControllerStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    replicas: int = 0
    fully_labeled_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    observed_generation: int = 0


class ReplicationController(ApiObject, frozen=True, kw_only=True):
    """Keeps so many pods of a template alive."""

    spec: ReplicationControllerSpec
    status: ReplicationControllerStatus = ReplicationControllerStatus()


class ServicePort(ApiStruct, frozen=True, kw_only=True):
    """A port of a Service."""

    port: int
    target_port: int
    name: str = ""
    protocol: str = "TCP"
    node_port: int = 0


class ServiceSpec(ApiStruct, frozen=True, kw_only=True):
    """How a set of pods is reached."""

    ports: tuple[ServicePort, ...] = ()
    selector: dict[str, str] = {}
    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    type: str = "ClusterIP"
    session_affinity: str = "None"


class Service(ApiObject, frozen=True, kw_only=True):
    """A Service."""

    spec: ServiceSpec = ServiceSpec()


class EndpointAddress(ApiStruct, frozen=True, kw_only=True):
    """A pod's address in an Endpoints object."""

    ip: str
    node_name: str = ""
    target_ref: ObjectReference | None = None


class EndpointPort(ApiStruct, frozen=True, kw_only=True):
    """A port of a subset."""

    port: int
    name: str = ""
    protocol: str = "TCP"


class EndpointSubset(ApiStruct, frozen=True, kw_only=True):
    """Addresses that share ports."""

    addresses: tuple[EndpointAddress, ...] = ()
    not_ready_addresses: tuple[EndpointAddress, ...] = ()
    ports: tuple[EndpointPort, ...] = ()


class Endpoints(ApiObject, frozen=True, kw_only=True):
    """Where a Service's pods are."""

    subsets: tuple[EndpointSubset, ...] = ()


class EventSource(ApiStruct, frozen=True, kw_only=True):
    """Who reports an event."""

    component: str = ""
    host: str = ""


class Event(ApiObject, frozen=True, kw_only=True):
    """A Kubernetes Event: something a component wants people to know."""

    involved_object: ObjectReference
    reason: str = ""
    message: str = ""
    source: EventSource = EventSource()
    first_timestamp: str = ""
    last_timestamp: str = ""
    count: int = 0
    type: str = ""


class NamespaceSpec(ApiStruct, frozen=True, kw_only=True):
    """Finalizers of a namespace."""

    finalizers: tuple[str, ...] = ("kubernetes",)


class NamespaceStatus(ApiStruct, frozen=True, kw_only=True):
    """Active or Terminating."""

    phase: str = "Active"


class Namespace(ApiObject, frozen=True, kw_only=True):
    """A namespace."""

    spec: NamespaceSpec = NamespaceSpec()
    status: NamespaceStatus = NamespaceStatus()


class Binding(ApiObject, frozen=True, kw_only=True):
    """The subresource by which a scheduler assigns a pod to a node; it is never stored."""

    target: ObjectReference
