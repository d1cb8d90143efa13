"""What objects count for in a ResourceQuota, for those who admit objects and for those who count them.

Source: v1.7.5, v1.8.0 pkg/quota/evaluator/core, v1.36 pkg/quota/v1/evaluator/core.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from clustersim.api.core_v1 import PersistentVolumeClaim, Pod, ResourceQuota, Service
from clustersim.api.quantity import Quantity, parse_quantity
from clustersim.api.registry import resource_of
from clustersim.api.selectors import meets

ONE: Final = Quantity(1_000_000_000)
COUNTED: Final = (
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
)
"""Resources that a quota counts by their plain names; of v1.36 on all others as "count/NAME.GROUP"."""

Usage = dict[str, Quantity]


def usage_of(obj: Any, api_version: str) -> Usage:
    """What one object uses; nothing where it uses nothing any more. api_version: that it is served in."""
    plural, group = resource_of(obj).plural, api_version.rpartition("/")[0]
    found = {f"count/{plural}.{group}" if group else f"count/{plural}": ONE}
    if isinstance(obj, Pod):
        if obj.status.phase in ("Succeeded", "Failed"):
            return found
        found |= {"pods": ONE, **_of_containers(obj)}
    elif plural in COUNTED:
        found[plural] = ONE
    if isinstance(obj, Service):
        ports = Quantity(ONE.nanos * len(obj.spec.ports))
        found |= {"services.nodeports": ports} if obj.spec.type in ("NodePort", "LoadBalancer") else {}
        found |= {"services.loadbalancers": ONE} if obj.spec.type == "LoadBalancer" else {}
    if isinstance(obj, PersistentVolumeClaim) and "storage" in obj.spec.resources.requests:
        found["requests.storage"] = parse_quantity(obj.spec.resources.requests["storage"])
    return found


def _of_containers(pod: Pod) -> Usage:
    found: Usage = {}
    for container in pod.spec.containers:
        for name, text in container.resources.requests.items():
            _add(found, f"requests.{name}", parse_quantity(text))
            if name in ("cpu", "memory"):
                _add(found, name, parse_quantity(text))
        for name, text in container.resources.limits.items():
            _add(found, f"limits.{name}", parse_quantity(text))
    return found


def _add(found: Usage, name: str, amount: Quantity) -> None:
    known = found.get(name)
    found[name] = known.plus(amount) if known is not None else amount


def total(usages: Iterable[Usage], names: Iterable[str]) -> Usage:
    """The sums of the named amounts."""
    sums = {name: Quantity(0) for name in names}
    for usage in usages:
        for name, amount in usage.items():
            if name in sums:
                sums[name] = sums[name].plus(amount)
    return sums


def written(usage: Mapping[str, Quantity]) -> dict[str, str]:
    """Amounts as a status has them."""
    return {name: amount.text() for name, amount in usage.items()}


def in_scopes(quota: ResourceQuota, obj: Any) -> bool:
    """Whether the quota counts the object."""
    selector = quota.spec.scope_selector
    expressions = selector.match_expressions if selector is not None else ()
    if not quota.spec.scopes and not expressions:
        return True
    if not isinstance(obj, Pod):
        return False
    wanted = all(_in_scope(one.scope_name, obj, one.operator, one.values) for one in expressions)
    return wanted and all(_in_scope(scope, obj, "Exists", ()) for scope in quota.spec.scopes)


def _in_scope(scope: str, pod: Pod, operator: str, values: tuple[str, ...]) -> bool:
    """One scope (pkg/quota/v1/evaluator/core/pods.go podMatchesScopeFunc); of the class of priority its
    name is asked, where there is one."""
    if scope == "PriorityClass":
        name = pod.spec.priority_class_name
        return meets({scope: name} if name else {}, scope, operator, values)
    best_effort = not any(one.resources.requests or one.resources.limits for one in pod.spec.containers)
    ends = pod.spec.active_deadline_seconds is not None
    holds = {
        "BestEffort": best_effort,
        "NotBestEffort": not best_effort,
        "Terminating": ends,
        "NotTerminating": not ends,
    }
    return holds.get(scope, True)
