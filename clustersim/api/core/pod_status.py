"""Pod: what it is, as its kubelet reports it."""

from typing import Annotated

import msgspec

from clustersim.api.core.container import ResourceRequirements
from clustersim.api.meta import ApiStruct, Int32, Int64, Quantity, Time, merge, written


class ContainerStateRunning(ApiStruct, frozen=True, kw_only=True):
    """Running since."""

    started_at: Time = ""


class ContainerStateTerminated(ApiStruct, frozen=True, kw_only=True):
    """Ended: with what."""

    exit_code: Int32 = written(0)
    container_id: str = msgspec.field(default="", name="containerID")
    finished_at: Time = ""
    message: str = ""
    reason: str = ""
    signal: Int32 | None = None
    started_at: Time = ""


class ContainerStateWaiting(ApiStruct, frozen=True, kw_only=True):
    """Not started: why."""

    message: str = ""
    reason: str = ""


class ContainerState(ApiStruct, frozen=True, kw_only=True):
    """One of the three is set."""

    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None
    waiting: ContainerStateWaiting | None = None


class LinuxContainerUser(ApiStruct, frozen=True, kw_only=True):
    """User and groups by number."""

    gid: Int64 = written(0)
    uid: Int32 = written(0)
    supplemental_groups: tuple[Int64, ...] = ()


class ContainerUser(ApiStruct, frozen=True, kw_only=True):
    """The user a container runs as."""

    linux: LinuxContainerUser | None = None


class ResourceHealth(ApiStruct, frozen=True, kw_only=True):
    """The health of one device."""

    resource_id: str = written("", name="resourceID")
    health: str = ""
    message: str = ""


class ResourceStatus(ApiStruct, frozen=True, kw_only=True):
    """The health of what a container was given."""

    name: str = written("")
    resources: tuple[ResourceHealth, ...] = ()


class ImageVolumeStatus(ApiStruct, frozen=True, kw_only=True):
    """The image a volume was made from."""

    image_ref: str = written("")


class VolumeStatus(ApiStruct, frozen=True, kw_only=True):
    """What is known of a volume."""

    image: ImageVolumeStatus | None = None


class VolumeMountStatus(ApiStruct, frozen=True, kw_only=True):
    """How a volume is mounted."""

    mount_path: str = written("")
    name: str = written("")
    read_only: bool = False
    recursive_read_only: str = ""
    volume_status: VolumeStatus | None = None


class ContainerStatus(ApiStruct, frozen=True, kw_only=True):
    """What the kubelet reports of a container."""

    image: str = written("")
    image_id: str = written("", name="imageID")
    name: str = written("")
    ready: bool = written(False)
    restart_count: Int32 = written(0)
    allocated_resources: dict[str, Quantity] = {}
    allocated_resources_status: tuple[ResourceStatus, ...] = ()
    container_id: str = msgspec.field(default="", name="containerID")
    last_state: ContainerState = written(ContainerState())
    resources: ResourceRequirements | None = None
    started: bool | None = None
    state: ContainerState = written(ContainerState())
    stop_signal: str = ""
    user: ContainerUser | None = None
    volume_mounts: tuple[VolumeMountStatus, ...] = ()


class HostIP(ApiStruct, frozen=True, kw_only=True):
    """An address of its node."""

    ip: str = written("")


class NodeAllocatableResourceClaimStatus(ApiStruct, frozen=True, kw_only=True):
    """What of the node's resources a claim took."""

    resource_claim_name: str = written("")
    resources: dict[str, Quantity] = {}
    containers: tuple[str, ...] = ()


class PodCondition(ApiStruct, frozen=True, kw_only=True):
    """Initialized, Ready, PodScheduled, and others."""

    status: str = written("")
    type: str = written("")
    last_probe_time: Time | None = written(None)
    last_transition_time: Time = ""
    message: str = ""
    observed_generation: Int64 = 0
    reason: str = ""


class ContainerExtendedResourceRequest(ApiStruct, frozen=True, kw_only=True):
    """Which request of a claim stands for an extended resource."""

    container_name: str = written("")
    request_name: str = written("")
    resource_name: str = written("")


class PodExtendedResourceClaimStatus(ApiStruct, frozen=True, kw_only=True):
    """The claim that stands for extended resources."""

    request_mappings: tuple[ContainerExtendedResourceRequest, ...] = written(())
    resource_claim_name: str = written("")


class PodIP(ApiStruct, frozen=True, kw_only=True):
    """An address of the pod."""

    ip: str = written("")


class PodResourceClaimStatus(ApiStruct, frozen=True, kw_only=True):
    """The claim that was made for the pod."""

    name: str = written("")
    resource_claim_name: str = ""


class PodStatus(ApiStruct, frozen=True, kw_only=True):
    """What a pod is, as last reported."""

    allocated_resources: dict[str, Quantity] = {}
    conditions: Annotated[tuple[PodCondition, ...], merge("type")] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    ephemeral_container_statuses: tuple[ContainerStatus, ...] = ()
    extended_resource_claim_status: PodExtendedResourceClaimStatus | None = None
    host_ip: str = msgspec.field(default="", name="hostIP")
    host_ips: Annotated[tuple[HostIP, ...], merge("ip")] = msgspec.field(default=(), name="hostIPs")
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    message: str = ""
    node_allocatable_resource_claim_statuses: tuple[NodeAllocatableResourceClaimStatus, ...] = ()
    nominated_node_name: str = ""
    observed_generation: Int64 = 0
    phase: str = ""
    pod_ip: str = msgspec.field(default="", name="podIP")
    pod_ips: Annotated[tuple[PodIP, ...], merge("ip")] = msgspec.field(default=(), name="podIPs")
    qos_class: str = ""
    reason: str = ""
    resize: str = ""
    resource_claim_statuses: Annotated[tuple[PodResourceClaimStatus, ...], merge("name")] = ()
    resources: ResourceRequirements | None = None
    start_time: Time = ""
