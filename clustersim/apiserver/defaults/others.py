"""Defaults of Services, storage, limits and other kinds (pkg/apis/*/*/defaults.go)."""

import base64
from typing import Any, Final, TypeVar

from clustersim.api.autoscaling import (
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehavior,
    HPAScalingPolicy,
    HPAScalingRules,
    MetricSpec,
    MetricTarget,
    ResourceMetricSource,
)
from clustersim.api.core.config import Secret
from clustersim.api.core.limits import LimitRange, LimitRangeItem
from clustersim.api.core.namespace import Namespace
from clustersim.api.core.node import Node
from clustersim.api.core.persistent_volume import PersistentVolume, PersistentVolumeClaim
from clustersim.api.core.service import ClientIPConfig, Service, SessionAffinityConfig
from clustersim.api.definitions import CustomResourceConversion, CustomResourceDefinition
from clustersim.api.meta import replace
from clustersim.api.networking import IngressClass, NetworkPolicy
from clustersim.api.policy import PodDisruptionBudget
from clustersim.api.scheduling import PriorityClass
from clustersim.api.storage import StorageClass
from clustersim.apiserver.traits import ApiTraits

AFFINITY_SECONDS: Final = 10_800

Storage = TypeVar("Storage", PersistentVolume, PersistentVolumeClaim)


def default_definition(definition: CustomResourceDefinition) -> CustomResourceDefinition:
    """Names that follow from others; objects are not converted."""
    spec = definition.spec
    names = spec.names
    names = replace(
        names,
        singular=names.singular or names.kind.lower(),
        list_kind=names.list_kind or (f"{names.kind}List" if names.kind else ""),
    )
    conversion = spec.conversion
    if spec.versions and conversion is None:
        conversion = CustomResourceConversion(strategy="None")
    return replace(definition, spec=replace(spec, names=names, conversion=conversion))


def default_network_policy(policy: NetworkPolicy) -> NetworkPolicy:
    """It is about what comes in, and about what goes out where it says something of that (since v1.8)."""
    if policy.spec.policy_types:
        return policy
    kinds = ("Ingress", "Egress") if policy.spec.egress else ("Ingress",)
    return replace(policy, spec=replace(policy.spec, policy_types=kinds))


def default_ingress_class(found: IngressClass) -> IngressClass:
    """Its parameters are of the whole cluster."""
    given = found.spec.parameters
    if given is None or given.scope:
        return found
    return replace(found, spec=replace(found.spec, parameters=replace(given, scope="Cluster")))


def default_service(service: Service, traits: ApiTraits) -> Service:
    """Target ports, how long a client stays with a pod, and where traffic from outside goes."""
    spec = service.spec
    changes: dict[str, Any] = {}
    if any(not port.target_port for port in spec.ports):
        changes["ports"] = tuple(
            port if port.target_port else replace(port, target_port=port.port) for port in spec.ports
        )
    routed = spec.type in ("NodePort", "LoadBalancer") or (traits.of_today and bool(spec.external_ips))
    if routed and spec.type != "ExternalName" and not spec.external_traffic_policy:
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


def default_mode(storage: Storage, *, modern: bool) -> Storage:
    """A volume, and what is claimed, is a file system, not a block device."""
    if not modern or storage.spec.volume_mode:
        return storage
    return replace(storage, spec=replace(storage.spec, volume_mode="Filesystem"))


def default_storage_class(storage_class: StorageClass, traits: ApiTraits) -> StorageClass:
    """Volumes go with their claims, and are made at once."""
    if not traits.reclaim_policy:
        return storage_class
    changes = {"reclaim_policy": storage_class.reclaim_policy or "Delete"}
    if traits.of_today:
        changes["volume_binding_mode"] = storage_class.volume_binding_mode or "Immediate"
    return replace(storage_class, **changes)


def default_budget(budget: PodDisruptionBudget, *, least: bool) -> PodDisruptionBudget:
    """The older releases keep one pod where a budget names no number."""
    spec = budget.spec
    if not least or spec.min_available is not None or spec.max_unavailable is not None:
        return budget
    return replace(budget, spec=replace(spec, min_available=1))


def default_autoscaler(autoscaler: HorizontalPodAutoscaler, api_version: str) -> HorizontalPodAutoscaler:
    """One pod at least; the versions with metrics scale by CPU at 80 %."""
    spec = autoscaler.spec
    changes: dict[str, Any] = {}
    if spec.min_replicas is None:
        changes["min_replicas"] = 1
    if api_version == "autoscaling/v2" and not spec.metrics:
        target = MetricTarget(type="Utilization", average_utilization=80)
        source = ResourceMetricSource(name="cpu", target=target)
        changes["metrics"] = (MetricSpec(type="Resource", resource=source),)
    if api_version == "autoscaling/v2beta1" and not spec.metrics:
        older = ResourceMetricSource(name="cpu", target_average_utilization=80)
        changes["metrics"] = (MetricSpec(type="Resource", resource=older),)
    if spec.behavior is not None:
        changes["behavior"] = HorizontalPodAutoscalerBehavior(
            scale_up=_completed(spec.behavior.scale_up, _SCALE_UP),
            scale_down=_completed(spec.behavior.scale_down, _SCALE_DOWN),
        )
    return replace(autoscaler, spec=replace(spec, **changes)) if changes else autoscaler


_SCALE_UP: Final = HPAScalingRules(
    stabilization_window_seconds=0,
    select_policy="Max",
    policies=(
        HPAScalingPolicy(type="Pods", value=4, period_seconds=15),
        HPAScalingPolicy(type="Percent", value=100, period_seconds=15),
    ),
)
_SCALE_DOWN: Final = HPAScalingRules(
    select_policy="Max", policies=(HPAScalingPolicy(type="Percent", value=100, period_seconds=15),)
)
"""What an autoscaler does that says only something of its behaviour (pkg/apis/autoscaling/v2/defaults.go)."""


def _completed(rules: HPAScalingRules | None, usual: HPAScalingRules) -> HPAScalingRules:
    if rules is None:
        return usual
    window = rules.stabilization_window_seconds
    return replace(
        rules,
        stabilization_window_seconds=usual.stabilization_window_seconds if window is None else window,
        select_policy=rules.select_policy or usual.select_policy,
        policies=rules.policies or usual.policies,
    )


def default_priority_class(priority: PriorityClass) -> PriorityClass:
    """It may push others out."""
    if priority.preemption_policy:
        return priority
    return replace(priority, preemption_policy="PreemptLowerPriority")
