"""Defaults of Services, Secrets, namespaces, nodes and limits (pkg/apis/core/v1/defaults.go)."""

import base64
from typing import Any, Final

from clustersim.api.core.config import Secret
from clustersim.api.core.limits import LimitRange, LimitRangeItem
from clustersim.api.core.namespace import Namespace
from clustersim.api.core.node import Node
from clustersim.api.core.service import ClientIPConfig, Service, SessionAffinityConfig
from clustersim.api.external_traffic import TRAFFIC
from clustersim.api.meta import replace
from clustersim.apiserver.traits import ApiTraits

AFFINITY_SECONDS: Final = 10_800


def default_service(service: Service, traits: ApiTraits) -> Service:
    """Target ports, how long a client stays with a pod, and where traffic from outside goes."""
    spec = service.spec
    changes: dict[str, Any] = {}
    if any(not port.target_port for port in spec.ports):
        changes["ports"] = tuple(
            port if port.target_port else replace(port, target_port=port.port) for port in spec.ports
        )
    routed = spec.type in ("NodePort", "LoadBalancer") or (traits.of_today and bool(spec.external_ips))
    annotated = traits.traffic_annotation and TRAFFIC in service.metadata.annotations
    if routed and spec.type != "ExternalName" and not spec.external_traffic_policy and not annotated:
        changes["external_traffic_policy"] = "Cluster"
    config = spec.session_affinity_config
    affine = spec.session_affinity == "ClientIP" and (config is None or config.client_ip is None)
    if traits.affinity_timeout and affine:
        client = ClientIPConfig(timeout_seconds=AFFINITY_SECONDS)
        changes["session_affinity_config"] = SessionAffinityConfig(client_ip=client)
    if spec.session_affinity == "None" and spec.session_affinity_config is not None:
        changes["session_affinity_config"] = None
    if traits.of_today:
        if spec.type != "ExternalName" and not spec.internal_traffic_policy:
            changes["internal_traffic_policy"] = "Cluster"
        if spec.type == "LoadBalancer" and spec.allocate_load_balancer_node_ports is None:
            changes["allocate_load_balancer_node_ports"] = True
    return replace(service, spec=replace(spec, **changes)) if changes else service


def default_status(obj: Any, release: str) -> Any:
    """An object with a new status: today packets come to the addresses of a balancer as they were sent,
    unless it says otherwise (SetDefaults_Service)."""
    if not isinstance(obj, Service) or release in ("v1.7", "v1.8") or obj.spec.type != "LoadBalancer":
        return obj
    found = obj.status.load_balancer
    if all(one.ip_mode or not one.ip for one in found.ingress):
        return obj
    told = tuple(replace(one, ip_mode=one.ip_mode or ("VIP" if one.ip else "")) for one in found.ingress)
    return replace(obj, status=replace(obj.status, load_balancer=replace(found, ingress=told)))


def default_secret(secret: Secret) -> Secret:
    """What is given as text becomes data."""
    if not secret.string_data:
        return secret
    encoded = {
        key: base64.b64encode(value.encode(errors="replace")).decode()
        for key, value in secret.string_data.items()
    }
    return replace(secret, data={**secret.data, **encoded}, string_data={})


def default_namespace(namespace: Namespace, *, modern: bool) -> Namespace:
    """In v1.36 a namespace carries its name as a label, so that it can be selected."""
    metadata = namespace.metadata
    if not modern or not metadata.name:
        return namespace
    labels = {**metadata.labels, "kubernetes.io/metadata.name": metadata.name}
    return replace(namespace, metadata=replace(metadata, labels=labels))


def default_node(node: Node) -> Node:
    """A node that does not say what can be used of it offers all it has."""
    status = node.status
    if status.allocatable or not status.capacity:
        return node
    return replace(node, status=replace(status, allocatable=status.capacity))


def default_limit_range(limits: LimitRange) -> LimitRange:
    """Of containers: the default follows from the maximum, the default request from either."""
    items = tuple(_limit(item) for item in limits.spec.limits)
    return replace(limits, spec=replace(limits.spec, limits=items))


def _limit(item: LimitRangeItem) -> LimitRangeItem:
    if item.type != "Container":
        return item
    default = {**item.max, **item.default}
    request = {**item.min, **default, **item.default_request}
    return replace(item, default=default, default_request=request)
