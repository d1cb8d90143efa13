"""Admission: plugins that may change or refuse what is created, in the order of --admission-control.

v1.7.5 and v1.8.0 run none unless the flag names them (the default is AlwaysAdmit,
cmd/kube-apiserver/app/options); v1.36 runs most (pkg/kubeapiserver/options/plugins.go).
LimitRanger, ServiceAccount, DefaultStorageClass and ResourceQuota act only on objects that this model does
not hold.
"""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api.core_v1 import Node, Pod, Taint, Toleration
from clustersim.api.meta import replace
from clustersim.api.tolerations import NOT_READY_TAINT, UNREACHABLE_TAINT
from clustersim.apiserver.errors import ApiError, forbidden, not_found
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags


def namespace_lifecycle(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A missing namespace is 404, one that is terminating 403 (plugin/namespace/lifecycle/admission.go)."""
    namespace = obj.metadata.namespace
    if namespace:
        found = etcd.get("namespaces", namespace)
        if found is None:
            raise not_found("namespaces", namespace)
        if found.status.phase == "Terminating":
            raise forbidden(resource, obj.metadata.name, f"Namespace {namespace} is being terminated")
    return obj


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


def _unchanged(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    return obj


def always_deny(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    """Refuses everything, as its name says."""
    raise ApiError(403, "Forbidden", "Admission control is denying all modifications")


Plugin = Callable[[Etcd, ApiServerFlags, str, Any], Any]

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

PLUGINS_OF_TODAY: Final[dict[str, Plugin]] = {
    **PLUGINS,
    "DefaultTolerationSeconds": default_toleration_seconds_of_today,
    "TaintNodesByCondition": taint_nodes_by_condition,
}
"""The same of v1.36."""
