"""Admission: plugins that may change or refuse what is created, in the order of --admission-control.

v1.7.5 and v1.8.0 run none unless the flag names them (the default is AlwaysAdmit,
cmd/kube-apiserver/app/options); v1.36 runs most (pkg/kubeapiserver/options/plugins.go).
LimitRanger is in limits.py, ResourceQuota in quota.py, Priority in priority.py, ServiceAccount in
service_accounts.py, PodTopologyLabels in topology_labels.py; those about classes are in classes.py.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Node, Pod, Taint, Toleration
from clustersim.api.errors import ApiError, Cause, forbidden, not_found
from clustersim.api.meta import replace
from clustersim.api.quantity import parse_quantity
from clustersim.api.resources import allocatable, requests_v136
from clustersim.api.scheduling import PriorityClass
from clustersim.api.tolerations import NOT_READY_TAINT, UNREACHABLE_TAINT
from clustersim.apiserver.certificate_subjects import certificate_subject_restriction
from clustersim.apiserver.classes import (
    default_ingress_class,
    default_storage_class,
    default_storage_class_of_today,
    runtime_class,
)
from clustersim.apiserver.limits import limit_bounds, limit_change, limit_defaults, limit_ranger
from clustersim.apiserver.optional_plugins import (
    admit_changed_pod,
    always_pull_images,
    deny_external_ips,
    extended_resource_toleration,
    hard_anti_affinity_by_host,
    namespace_exists,
    pod_node_selector,
    pod_toleration_restriction,
)
from clustersim.apiserver.pod_security.admission import pod_security
from clustersim.apiserver.priority import check_class, priority, priority_of_v1_8
from clustersim.apiserver.quota import check_growth, resource_quota, resource_quota_of_today
from clustersim.apiserver.service_accounts import service_account, service_account_of_today
from clustersim.apiserver.topology_labels import pod_topology_labels
from clustersim.engine.identity import by_identity
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags


def _living_namespace(etcd: Etcd, resource: str, obj: Any, why: str) -> Any:
    """A missing namespace is 404, one that is terminating 403 (plugin/namespace/lifecycle/admission.go)."""
    namespace = obj.metadata.namespace
    if namespace:
        found = etcd.get("namespaces", namespace)
        if found is None:
            raise not_found("namespaces", namespace)
        if found.status.phase == "Terminating":
            raise forbidden(resource, obj.metadata.name, why.format(namespace=namespace))
    return obj


_TERMINATED: Final = "unable to create new content in namespace {namespace} because it is being terminated"


def namespace_lifecycle(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """Objects are made only in namespaces that live."""
    return _living_namespace(etcd, resource, obj, f"{_TERMINATED}.")


def namespace_lifecycle_of_today(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The same, in the words of v1.36."""
    try:
        return _living_namespace(etcd, resource, obj, _TERMINATED)
    except ApiError as error:
        if error.status == 403 and error.details is not None:
            told = f"namespace {obj.metadata.namespace} is being terminated"
            causes = (Cause("NamespaceTerminating", told, "metadata.namespace"),)
            error.details = msgspec.structs.replace(error.details, causes=causes)
        raise


IMMORTAL: Final = frozenset({"default", "kube-system", "kube-public"})


def admit_delete(flags: ApiServerFlags, resource: str, name: str) -> None:
    """NamespaceLifecycle keeps the namespaces that a cluster cannot do without. Raises ApiError (403)."""
    if resource == "namespaces" and name in IMMORTAL and "NamespaceLifecycle" in flags.admission_control:
        raise forbidden(resource, name, "this namespace may not be deleted")


def _tolerating_for_a_while(obj: Any, seconds: dict[str, int]) -> Any:
    """Pods tolerate the two NoExecute taints of lost nodes for so long unless they say otherwise
    (plugin/pkg/admission/defaulttolerationseconds)."""
    if not isinstance(obj, Pod):
        return obj
    own = obj.spec.tolerations
    known = {one.key for one in own if one.effect in ("", "NoExecute")}
    added = tuple(
        Toleration(key=key, operator="Exists", effect="NoExecute", toleration_seconds=lasting)
        for key, lasting in seconds.items()
        if key not in known and "" not in known
    )
    return replace(obj, spec=replace(obj.spec, tolerations=(*own, *added))) if added else obj


def default_toleration_seconds(_: Etcd, flags: ApiServerFlags, resource: str, obj: Any) -> Any:
    """With the keys of v1.7 and v1.8."""
    seconds = {
        NOT_READY_TAINT: flags.default_not_ready_toleration_seconds,
        UNREACHABLE_TAINT: flags.default_unreachable_toleration_seconds,
    }
    return _tolerating_for_a_while(obj, seconds)


def default_toleration_seconds_of_today(_: Etcd, flags: ApiServerFlags, resource: str, obj: Any) -> Any:
    """With the keys of v1.36."""
    seconds = {
        "node.kubernetes.io/not-ready": flags.default_not_ready_toleration_seconds,
        "node.kubernetes.io/unreachable": flags.default_unreachable_toleration_seconds,
    }
    return _tolerating_for_a_while(obj, seconds)


def taint_nodes_by_condition(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A new Node takes no pods before it is ready (plugin/pkg/admission/nodetaint)."""
    not_ready = Taint(key="node.kubernetes.io/not-ready", effect="NoSchedule")
    if not isinstance(obj, Node) or not_ready in obj.spec.taints:
        return obj
    return replace(obj, spec=replace(obj.spec, taints=(*obj.spec.taints, not_ready)))


def storage_object_in_use_protection(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    """Claims and volumes get the finalizer that keeps them while they are used
    (plugin/pkg/admission/storage/storageobjectinuseprotection)."""
    finalizer = IN_USE.get(resource.partition(".")[0], "")
    if not finalizer or finalizer in obj.metadata.finalizers:
        return obj
    finalizers = (*obj.metadata.finalizers, finalizer)
    return replace(obj, metadata=replace(obj.metadata, finalizers=finalizers))


IN_USE: Final = {
    "persistentvolumeclaims": "kubernetes.io/pvc-protection",
    "persistentvolumes": "kubernetes.io/pv-protection",
    "volumeattributesclasses": "kubernetes.io/vac-protection",
}


def _unchanged(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    return obj


def always_deny(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    """Refuses everything, as its name says."""
    raise ApiError(403, "Forbidden", "Admission control is denying all modifications")


Plugin = Callable[[Etcd, ApiServerFlags, str, Any], Any]


@by_identity(maxsize=64)
def at_work(plugins: Mapping[str, Plugin], asked: tuple[str, ...]) -> tuple[Plugin, ...]:
    """The plugins that do something, of those that the flag asks for, in its order."""
    named = (plugins.get(one) for one in asked)
    return tuple(one for one in named if one is not None and one is not _unchanged)


def admit_class(flags: ApiServerFlags, etcd: Etcd, new: PriorityClass, *, today: bool) -> None:
    """A PriorityClass that is changed is looked at like a new one. Raises ApiError (403)."""
    if "Priority" in flags.admission_control:
        check_class(etcd, new, today=today)


def admit_update(flags: ApiServerFlags, plugins: Mapping[str, Plugin], etcd: Etcd, old: Pod, new: Pod) -> Pod:
    """A pod's update: the default tolerations are added again and the computed priority stays, so that the
    manifest a pod was made of still says the same pod (both plugins handle Create and Update); a new image is
    pulled anew where AlwaysPullImages says so.
    """
    new = admit_changed_pod(flags, old, new)
    name = "DefaultTolerationSeconds"
    if name in flags.admission_control:
        new = plugins[name](etcd, flags, "pods", new)
    if "Priority" in flags.admission_control and "Priority" in plugins and new.spec.priority is None:
        was = old.spec
        kept = replace(new.spec, priority=was.priority, preemption_policy=was.preemption_policy)
        new = replace(new, spec=kept)
    return new


def admit_growth(flags: ApiServerFlags, etcd: Etcd, old: Any, new: Any, *, today: bool) -> None:
    """PersistentVolumeClaimResize: a claim grows only where its class allows it
    (plugin/pkg/admission/storage/persistentvolume/resize), and LimitRanger bounds it. Raises ApiError
    (403)."""
    if "LimitRanger" in flags.admission_control:
        limit_change(etcd, new, today=today)
    if "PersistentVolumeClaimResize" not in flags.admission_control:
        return
    before, after = (one.spec.resources.requests.get("storage", "0") for one in (old, new))
    if parse_quantity(after).nanos <= parse_quantity(before).nanos:
        return
    found = etcd.get("storageclasses", new.spec.storage_class_name or "")
    if found is None or not found.allow_volume_expansion:
        why = (
            "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc "
            "must support resize"
        )
        raise forbidden("persistentvolumeclaims", new.metadata.name, why)


def admit_resize(flags: ApiServerFlags, etcd: Etcd, old: Pod, new: Pod) -> None:
    """A pod of another size keeps to the limits and the quotas of its namespace, and to what its node can
    give (v1.36.2 plugin/pkg/admission/limitranger SupportsAttributes, podresize,
    pkg/quota/v1/evaluator/core/pods.go Handles). Raises ApiError (403)."""
    if "LimitRanger" in flags.admission_control:
        limit_bounds(etcd, flags, "pods", new)
    if "PodResizeValidator" in flags.admission_control and new.spec.node_name and new.spec != old.spec:
        _keep_to_node(etcd, new)
    if "ResourceQuota" in flags.admission_control:
        check_growth(etcd, old, new, today=True)


def _keep_to_node(etcd: Etcd, pod: Pod) -> None:
    name, node = pod.spec.node_name, etcd.get("nodes", pod.spec.node_name)
    if node is None:
        raise forbidden("pods", pod.metadata.name, f'node "{name}" not found')
    system = node.metadata.labels.get("kubernetes.io/os", "linux")
    if system != "linux":
        why = f'pod resize is only supported on linux nodes, node "{name}" is "{system}"'
        raise forbidden("pods", pod.metadata.name, why)
    asked, (offered, _pods) = requests_v136(pod).counted, allocatable(node)
    lacking = [
        f"{resource}, requested: {wanted}, allocatable: {there}"
        for resource, wanted, there in (
            ("cpu", asked.cpu, offered.cpu),
            ("memory", asked.memory, offered.memory),
        )
        if wanted > there
    ]
    if lacking:
        why = f"node didn't have enough allocatable resources: {'; '.join(lacking)}"
        error = forbidden("pods", pod.metadata.name, why)
        if error.details is not None:
            causes = (Cause("NodeCapacity"),)
            error.details = msgspec.structs.replace(error.details, causes=causes)
        raise error


PLUGINS: Final[dict[str, Plugin]] = {
    "AlwaysAdmit": _unchanged,
    "AlwaysDeny": always_deny,
    "AlwaysPullImages": always_pull_images,
    "DefaultStorageClass": default_storage_class,
    "DefaultTolerationSeconds": default_toleration_seconds,
    "LimitPodHardAntiAffinityTopology": hard_anti_affinity_by_host,
    "LimitRanger": limit_ranger,
    "NamespaceExists": namespace_exists,
    "NamespaceLifecycle": namespace_lifecycle,
    "PodNodeSelector": pod_node_selector,
    "ResourceQuota": resource_quota,
    "ServiceAccount": service_account,
}
"""The plugins that are known by name; an unknown one is refused when the flag is read."""

PLUGINS_OF_V1_8: Final[dict[str, Plugin]] = {**PLUGINS, "Priority": priority_of_v1_8}
"""v1.8 has one more."""

PLUGINS_OF_TODAY: Final[dict[str, Plugin]] = {
    **{name: plugin for name, plugin in PLUGINS.items() if name != "ResourceQuota"},
    "DefaultIngressClass": default_ingress_class,
    "DefaultStorageClass": default_storage_class_of_today,
    "DefaultTolerationSeconds": default_toleration_seconds_of_today,
    "DenyServiceExternalIPs": deny_external_ips,
    "ExtendedResourceToleration": extended_resource_toleration,
    "LimitRanger": limit_defaults,
    "NamespaceLifecycle": namespace_lifecycle_of_today,
    "PersistentVolumeClaimResize": _unchanged,
    "PodResizeValidator": _unchanged,
    "PodTolerationRestriction": pod_toleration_restriction,
    "PodTopologyLabels": pod_topology_labels,
    "Priority": priority,
    "RuntimeClass": runtime_class,
    "ServiceAccount": service_account_of_today,
    "StorageObjectInUseProtection": storage_object_in_use_protection,
    "TaintNodesByCondition": taint_nodes_by_condition,
}
"""Those of v1.36 that may change an object, before it is validated."""

VALIDATING_OF_TODAY: Final[dict[str, Plugin]] = {
    "CertificateSubjectRestriction": certificate_subject_restriction,
    "LimitRanger": limit_bounds,
    "PodSecurity": pod_security,
}
"""Those of v1.36 that only refuse, once it was found valid (apiserver registry/generic/registry/store.go
Create); the older releases know no such second round."""

COUNTING_OF_TODAY: Final[dict[str, Plugin]] = {"ResourceQuota": resource_quota_of_today}
"""The last of them, after the policies: what others refuse is not counted (pkg/kubeapiserver/options/
plugins.go AllOrderedPlugins)."""
