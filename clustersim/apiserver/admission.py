"""Admission: plugins that may change or refuse what is created, in the order of --admission-control.

v1.7.5 and v1.8.0 run none unless the flag names them (the default is AlwaysAdmit,
cmd/kube-apiserver/app/options). LimitRanger, ServiceAccount, DefaultStorageClass and ResourceQuota act only
on objects that this model does not hold.
"""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api.core_v1 import Pod, Toleration
from clustersim.api.meta import replace
from clustersim.api.tolerations import NOT_READY_TAINT, UNREACHABLE_TAINT
from clustersim.apiserver.errors import ApiError, forbidden, not_found
from clustersim.etcd import Etcd

DEFAULT_TOLERATION_SECONDS: Final = 300


def namespace_lifecycle(etcd: Etcd, resource: str, obj: Any) -> Any:
    """A missing namespace is 404, one that is terminating 403 (plugin/namespace/lifecycle/admission.go)."""
    namespace = obj.metadata.namespace
    if namespace:
        found = etcd.get("namespaces", namespace)
        if found is None:
            raise not_found("namespaces", namespace)
        if found.status.phase == "Terminating":
            raise forbidden(resource, obj.metadata.name, f"Namespace {namespace} is being terminated")
    return obj


def default_toleration_seconds(_: Etcd, resource: str, obj: Any) -> Any:
    """Pods tolerate the two NoExecute taints for 300 s unless they say otherwise."""
    if not isinstance(obj, Pod):
        return obj
    known = {toleration.key for toleration in obj.spec.tolerations}
    added = tuple(
        Toleration(
            key=key, operator="Exists", effect="NoExecute", toleration_seconds=DEFAULT_TOLERATION_SECONDS
        )
        for key in (NOT_READY_TAINT, UNREACHABLE_TAINT)
        if key not in known
    )
    return replace(obj, spec=replace(obj.spec, tolerations=(*obj.spec.tolerations, *added))) if added else obj


def _unchanged(_: Etcd, resource: str, obj: Any) -> Any:
    return obj


def always_deny(_: Etcd, resource: str, obj: Any) -> Any:
    """Refuses everything, as its name says."""
    raise ApiError(403, "Forbidden", "Admission control is denying all modifications")


Plugin = Callable[[Etcd, str, Any], Any]

PLUGINS: Final[dict[str, Plugin]] = {
    "AlwaysAdmit": _unchanged,
    "AlwaysDeny": always_deny,
    "DefaultStorageClass": _unchanged,
    "DefaultTolerationSeconds": default_toleration_seconds,
    "LimitRanger": _unchanged,
    "NamespaceLifecycle": namespace_lifecycle,
    "ResourceQuota": _unchanged,
    "ServiceAccount": _unchanged,
}
"""The plugins that are known by name; an unknown one is refused when the flag is read."""
