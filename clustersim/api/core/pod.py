"""Pod: what it should be."""

from typing import Annotated

import msgspec

from clustersim.api.core.container import Container, EphemeralContainer, ResourceRequirements
from clustersim.api.core.placement import Affinity, Toleration, TopologySpreadConstraint
from clustersim.api.core.pod_status import PodStatus
from clustersim.api.core.security import PodSecurityContext
from clustersim.api.core.volumes import Volume
from clustersim.api.meta import (
    ApiObject,
    ApiStruct,
    Int32,
    Int64,
    LocalObjectReference,
    Merge,
    ObjectMeta,
    Quantity,
    merge,
    written,
)


class HostAlias(ApiStruct, frozen=True, kw_only=True):
    """A line of /etc/hosts."""

    ip: str = written("")
    hostnames: tuple[str, ...] = ()


class PodDNSConfigOption(ApiStruct, frozen=True, kw_only=True):
    """An option of resolv.conf."""

    name: str = ""
    value: str = ""


class PodDNSConfig(ApiStruct, frozen=True, kw_only=True):
    """Name servers, search list and options of resolv.conf."""

    nameservers: tuple[str, ...] = ()
    options: tuple[PodDNSConfigOption, ...] = ()
    searches: tuple[str, ...] = ()


class PodOS(ApiStruct, frozen=True, kw_only=True):
    """The operating system a pod is for."""

    name: str = written("")


class PodReadinessGate(ApiStruct, frozen=True, kw_only=True):
    """A condition that must be True before the pod is Ready."""

    condition_type: str = written("")


class PodResourceClaim(ApiStruct, frozen=True, kw_only=True):
    """A claim on a device."""

    name: str = written("")
    resource_claim_name: str = ""
    resource_claim_template_name: str = ""


class PodSchedulingGate(ApiStruct, frozen=True, kw_only=True):
    """What must be taken away before the pod is scheduled."""

    name: str = written("")


class PodSchedulingGroup(ApiStruct, frozen=True, kw_only=True):
    """The group of pods that is scheduled together."""

    pod_group_name: str = ""


class PodSpec(ApiStruct, frozen=True, kw_only=True):
    """What a pod should be."""

    containers: Annotated[tuple[Container, ...], merge("name")] = written(())
    active_deadline_seconds: Int64 | None = None
    affinity: Affinity | None = None
    automount_service_account_token: bool | None = None
    dns_config: PodDNSConfig | None = None
    dns_policy: str = written("ClusterFirst")
    enable_service_links: bool | None = None
    ephemeral_containers: Annotated[tuple[EphemeralContainer, ...], merge("name")] = ()
    host_aliases: Annotated[tuple[HostAlias, ...], merge("ip")] = ()
    host_ipc: bool = msgspec.field(default=False, name="hostIPC")
    host_network: bool = False
    host_pid: bool = msgspec.field(default=False, name="hostPID")
    host_users: bool | None = None
    hostname: str = ""
    hostname_override: str = ""
    image_pull_secrets: Annotated[tuple[LocalObjectReference, ...], merge("name")] = ()
    init_containers: Annotated[tuple[Container, ...], merge("name")] = ()
    node_name: str = ""
    node_selector: dict[str, str] = {}
    os: PodOS | None = None
    overhead: dict[str, Quantity] = {}
    preemption_policy: str = ""
    priority: Int32 | None = None
    priority_class_name: str = ""
    readiness_gates: tuple[PodReadinessGate, ...] = ()
    resource_claims: Annotated[tuple[PodResourceClaim, ...], Merge(("name",), retain=True)] = ()
    resources: ResourceRequirements | None = None
    restart_policy: str = written("Always")
    runtime_class_name: str = ""
    scheduler_name: str = written("default-scheduler")
    scheduling_gates: Annotated[tuple[PodSchedulingGate, ...], merge("name")] = ()
    scheduling_group: PodSchedulingGroup | None = None
    security_context: PodSecurityContext = written(PodSecurityContext())
    service_account: str = ""
    service_account_name: str = ""
    set_hostname_as_fqdn: bool | None = msgspec.field(default=None, name="setHostnameAsFQDN")
    share_process_namespace: bool | None = None
    subdomain: str = ""
    termination_grace_period_seconds: Int64 = written(30)
    tolerations: tuple[Toleration, ...] = ()
    topology_spread_constraints: Annotated[
        tuple[TopologySpreadConstraint, ...], merge("topologyKey", "whenUnsatisfiable")
    ] = ()
    volumes: Annotated[tuple[Volume, ...], Merge(("name",), retain=True)] = ()


class Pod(ApiObject, frozen=True, kw_only=True):
    """A pod."""

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class PodTemplateSpec(ApiStruct, frozen=True, kw_only=True):
    """What pods of a controller are made from."""

    metadata: ObjectMeta = written(ObjectMeta())
    spec: PodSpec = PodSpec()


class PodTemplate(ApiObject, frozen=True, kw_only=True):
    """A template of pods, by itself."""

    template: PodTemplateSpec = PodTemplateSpec()
