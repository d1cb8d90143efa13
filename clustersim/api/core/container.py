"""Containers: what a pod runs, with their environment, hooks, probes and rights."""

from typing import Annotated

import msgspec

from clustersim.api.core.environment import EnvFromSource, EnvVar
from clustersim.api.core.probes import Lifecycle, Probe
from clustersim.api.core.security import SecurityContext
from clustersim.api.meta import ApiStruct, Int32, Quantity, merge, written


class ContainerPort(ApiStruct, frozen=True, kw_only=True):
    """A port a container listens on."""

    container_port: Int32 = written(0)
    host_ip: str = msgspec.field(default="", name="hostIP")
    host_port: Int32 = 0
    name: str = ""
    protocol: str = written("TCP")


class ContainerResizePolicy(ApiStruct, frozen=True, kw_only=True):
    """Whether a container must restart when a resource of it is resized."""

    resource_name: str = written("")
    restart_policy: str = written("")


class ContainerRestartRuleOnExitCodes(ApiStruct, frozen=True, kw_only=True):
    """Exit codes that a rule is for."""

    operator: str = written("")
    values: tuple[Int32, ...] = ()


class ContainerRestartRule(ApiStruct, frozen=True, kw_only=True):
    """What to do when a container exits in a certain way."""

    action: str = written("")
    exit_codes: ContainerRestartRuleOnExitCodes | None = None


class ResourceClaim(ApiStruct, frozen=True, kw_only=True):
    """A claim of the pod that this container uses."""

    name: str = written("")
    request: str = ""


class ResourceRequirements(ApiStruct, frozen=True, kw_only=True):
    """Requests and limits, quantities as texts."""

    claims: Annotated[tuple[ResourceClaim, ...], merge("name")] = ()
    limits: dict[str, Quantity] = {}
    requests: dict[str, Quantity] = {}


class VolumeDevice(ApiStruct, frozen=True, kw_only=True):
    """Where a block device appears inside a container."""

    device_path: str = written("")
    name: str = written("")


class VolumeMount(ApiStruct, frozen=True, kw_only=True):
    """Where a volume appears inside a container."""

    mount_path: str = written("")
    name: str = written("")
    mount_propagation: str = ""
    read_only: bool = False
    recursive_read_only: str = ""
    sub_path: str = ""
    sub_path_expr: str = ""


class Container(ApiStruct, frozen=True, kw_only=True):
    """A container of a pod."""

    name: str = written("")
    args: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    env: Annotated[tuple[EnvVar, ...], merge("name")] = ()
    env_from: tuple[EnvFromSource, ...] = ()
    image: str = ""
    image_pull_policy: str = ""
    lifecycle: Lifecycle | None = None
    liveness_probe: Probe | None = None
    ports: Annotated[tuple[ContainerPort, ...], merge("containerPort", "protocol")] = ()
    readiness_probe: Probe | None = None
    resize_policy: tuple[ContainerResizePolicy, ...] = ()
    resources: ResourceRequirements = written(ResourceRequirements())
    restart_policy: str = ""
    restart_policy_rules: tuple[ContainerRestartRule, ...] = ()
    security_context: SecurityContext | None = None
    startup_probe: Probe | None = None
    stdin: bool = False
    stdin_once: bool = False
    termination_message_path: str = written("/dev/termination-log")
    termination_message_policy: str = written("File")
    tty: bool = False
    volume_devices: Annotated[tuple[VolumeDevice, ...], merge("devicePath")] = ()
    volume_mounts: Annotated[tuple[VolumeMount, ...], merge("mountPath")] = ()
    working_dir: str = ""


class EphemeralContainer(ApiStruct, frozen=True, kw_only=True):
    """A container put into a running pod for looking into it."""

    name: str = written("")
    args: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFromSource, ...] = ()
    image: str = ""
    image_pull_policy: str = ""
    lifecycle: Lifecycle | None = None
    liveness_probe: Probe | None = None
    ports: tuple[ContainerPort, ...] = ()
    readiness_probe: Probe | None = None
    resize_policy: tuple[ContainerResizePolicy, ...] = ()
    resources: ResourceRequirements = written(ResourceRequirements())
    restart_policy: str = ""
    restart_policy_rules: tuple[ContainerRestartRule, ...] = ()
    security_context: SecurityContext | None = None
    startup_probe: Probe | None = None
    stdin: bool = False
    stdin_once: bool = False
    target_container_name: str = ""
    termination_message_path: str = written("/dev/termination-log")
    termination_message_policy: str = written("File")
    tty: bool = False
    volume_devices: tuple[VolumeDevice, ...] = ()
    volume_mounts: tuple[VolumeMount, ...] = ()
    working_dir: str = ""
