"""Node."""

from typing import Annotated

import msgspec

from clustersim.api.meta import (
    ApiObject,
    ApiStruct,
    Int32,
    Int64,
    ObjectReference,
    Quantity,
    Time,
    merge,
    written,
)


class ConfigMapNodeConfigSource(ApiStruct, frozen=True, kw_only=True):
    """A ConfigMap with the kubelet's configuration."""

    kubelet_config_key: str = written("")
    name: str = written("")
    namespace: str = written("")
    resource_version: str = ""
    uid: str = ""


class NodeConfigSource(ApiStruct, frozen=True, kw_only=True):
    """Where the kubelet's configuration comes from."""

    api_version: str = ""
    config_map: ConfigMapNodeConfigSource | None = None
    config_map_ref: ObjectReference | None = None
    kind: str = ""


class Taint(ApiStruct, frozen=True, kw_only=True):
    """A taint of a node."""

    effect: str = written("")
    key: str = written("")
    time_added: Time = ""
    value: str = ""


class NodeSpec(ApiStruct, frozen=True, kw_only=True):
    """What an administrator sets on a node."""

    config_source: NodeConfigSource | None = None
    external_id: str = msgspec.field(default="", name="externalID")
    pod_cidr: str = msgspec.field(default="", name="podCIDR")
    pod_cidrs: Annotated[tuple[str, ...], merge()] = msgspec.field(default=(), name="podCIDRs")
    provider_id: str = msgspec.field(default="", name="providerID")
    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False


class AttachedVolume(ApiStruct, frozen=True, kw_only=True):
    """A volume attached to the node."""

    device_path: str = written("")
    name: str = written("")


class ContainerImage(ApiStruct, frozen=True, kw_only=True):
    """An image on the node."""

    names: tuple[str, ...] = ()
    size_bytes: Int64 = 0


class NodeAddress(ApiStruct, frozen=True, kw_only=True):
    """An address of a node."""

    address: str = written("")
    type: str = written("")


class NodeCondition(ApiStruct, frozen=True, kw_only=True):
    """One condition of a node."""

    status: str = written("")
    type: str = written("")
    last_heartbeat_time: Time = ""
    last_transition_time: Time = ""
    message: str = ""
    reason: str = ""


class NodeConfigStatus(ApiStruct, frozen=True, kw_only=True):
    """Which configuration the kubelet uses."""

    active: NodeConfigSource | None = None
    assigned: NodeConfigSource | None = None
    error: str = ""
    last_known_good: NodeConfigSource | None = None


class DaemonEndpoint(ApiStruct, frozen=True, kw_only=True):
    """A port."""

    port: Int32 = written(0, name="Port")


class NodeDaemonEndpoints(ApiStruct, frozen=True, kw_only=True):
    """Where the node's daemons listen."""

    kubelet_endpoint: DaemonEndpoint = written(DaemonEndpoint())


class NodeFeatures(ApiStruct, frozen=True, kw_only=True):
    """What the node's runtime can do."""

    supplemental_groups_policy: bool | None = None


class NodeRuntimeHandlerFeatures(ApiStruct, frozen=True, kw_only=True):
    """What a handler can do."""

    recursive_read_only_mounts: bool = False
    user_namespaces: bool = False


class NodeRuntimeHandler(ApiStruct, frozen=True, kw_only=True):
    """A handler of the runtime."""

    features: NodeRuntimeHandlerFeatures | None = None
    name: str = ""


class NodeSwapStatus(ApiStruct, frozen=True, kw_only=True):
    """Swap of the machine."""

    capacity: Int32 | None = None


class NodeSystemInfo(ApiStruct, frozen=True, kw_only=True):
    """What the kubelet found on its machine."""

    architecture: str = written("")
    boot_id: str = written("", name="bootID")
    container_runtime_version: str = written("")
    kernel_version: str = written("")
    kube_proxy_version: str = written("")
    kubelet_version: str = written("")
    machine_id: str = written("", name="machineID")
    operating_system: str = written("")
    os_image: str = written("")
    system_uuid: str = written("", name="systemUUID")
    swap: NodeSwapStatus | None = None


class NodeStatus(ApiStruct, frozen=True, kw_only=True):
    """What a node is, as last reported."""

    addresses: Annotated[tuple[NodeAddress, ...], merge("type")] = ()
    allocatable: dict[str, Quantity] = {}
    capacity: dict[str, Quantity] = {}
    conditions: Annotated[tuple[NodeCondition, ...], merge("type")] = ()
    config: NodeConfigStatus | None = None
    daemon_endpoints: NodeDaemonEndpoints = written(NodeDaemonEndpoints())
    declared_features: tuple[str, ...] = ()
    features: NodeFeatures | None = None
    images: tuple[ContainerImage, ...] = ()
    node_info: NodeSystemInfo = written(NodeSystemInfo())
    phase: str = ""
    runtime_handlers: tuple[NodeRuntimeHandler, ...] = ()
    volumes_attached: tuple[AttachedVolume, ...] = ()
    volumes_in_use: tuple[str, ...] = ()


class Node(ApiObject, frozen=True, kw_only=True):
    """A node."""

    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()
