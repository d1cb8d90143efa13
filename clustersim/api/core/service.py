"""Service and Endpoints."""

from typing import Annotated

import msgspec

from clustersim.api.meta import (
    DEFAULTED,
    ApiObject,
    ApiStruct,
    Condition,
    Int32,
    IntOrString,
    ObjectReference,
    merge,
    written,
)


class ServicePort(ApiStruct, frozen=True, kw_only=True):
    """A port of a Service. target_port: a number, or the name of a container's port."""

    port: Int32 = written(0)
    app_protocol: str = ""
    name: str = ""
    node_port: Int32 = 0
    protocol: str = written("TCP")
    target_port: IntOrString = DEFAULTED


class ClientIPConfig(ApiStruct, frozen=True, kw_only=True):
    """For so many seconds."""

    timeout_seconds: Int32 = 0


class SessionAffinityConfig(ApiStruct, frozen=True, kw_only=True):
    """How long a client stays with a pod."""

    client_ip: ClientIPConfig | None = msgspec.field(default=None, name="clientIP")


class ServiceSpec(ApiStruct, frozen=True, kw_only=True):
    """How a set of pods is reached."""

    allocate_load_balancer_node_ports: bool | None = None
    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    cluster_ips: tuple[str, ...] = msgspec.field(default=(), name="clusterIPs")
    external_ips: tuple[str, ...] = msgspec.field(default=(), name="externalIPs")
    external_name: str = ""
    external_traffic_policy: str = ""
    health_check_node_port: Int32 | None = None
    internal_traffic_policy: str = ""
    ip_families: tuple[str, ...] = ()
    ip_family_policy: str = ""
    load_balancer_class: str = ""
    load_balancer_ip: str = msgspec.field(default="", name="loadBalancerIP")
    load_balancer_source_ranges: tuple[str, ...] = ()
    ports: Annotated[tuple[ServicePort, ...], merge("port", "protocol")] = ()
    publish_not_ready_addresses: bool = False
    selector: dict[str, str] = {}
    session_affinity: str = written("None")
    session_affinity_config: SessionAffinityConfig | None = None
    traffic_distribution: str = ""
    type: str = written("ClusterIP")


class PortStatus(ApiStruct, frozen=True, kw_only=True):
    """A port of a load balancer."""

    port: Int32 = written(0)
    protocol: str = written("")
    error: str = ""


class LoadBalancerIngress(ApiStruct, frozen=True, kw_only=True):
    """One point of a load balancer."""

    hostname: str = ""
    ip: str = ""
    ip_mode: str = ""
    ports: tuple[PortStatus, ...] = ()


class LoadBalancerStatus(ApiStruct, frozen=True, kw_only=True):
    """The points of a load balancer."""

    ingress: tuple[LoadBalancerIngress, ...] = ()


class ServiceStatus(ApiStruct, frozen=True, kw_only=True):
    """Where a load balancer answers."""

    conditions: Annotated[tuple[Condition, ...], merge("type")] = ()
    load_balancer: LoadBalancerStatus = written(LoadBalancerStatus())


class Service(ApiObject, frozen=True, kw_only=True):
    """A Service."""

    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


class EndpointAddress(ApiStruct, frozen=True, kw_only=True):
    """A pod's address in an Endpoints object."""

    ip: str = written("")
    hostname: str = ""
    node_name: str = ""
    target_ref: ObjectReference | None = None


class EndpointPort(ApiStruct, frozen=True, kw_only=True):
    """A port of a subset."""

    port: Int32 = written(0)
    app_protocol: str = ""
    name: str = ""
    protocol: str = written("TCP")


class EndpointSubset(ApiStruct, frozen=True, kw_only=True):
    """Addresses that share ports."""

    addresses: tuple[EndpointAddress, ...] = ()
    not_ready_addresses: tuple[EndpointAddress, ...] = ()
    ports: tuple[EndpointPort, ...] = ()


class Endpoints(ApiObject, frozen=True, kw_only=True):
    """Where a Service's pods are."""

    subsets: tuple[EndpointSubset, ...] = ()
