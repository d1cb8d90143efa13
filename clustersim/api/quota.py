"""What objects count for in a ResourceQuota, for those who admit objects and for those who count them.

Source: v1.7.5, v1.8.0 pkg/quota/evaluator/core, v1.36 pkg/quota/v1/evaluator/core.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from clustersim.api.core_v1 import PersistentVolumeClaim, Pod, ResourceQuota, Service
from clustersim.api.quantity import Quantity, parse_quantity
from clustersim.api.registry import resource_of
from clustersim.api.resources import by_the_most, is_best_effort, is_resizing
from clustersim.api.selectors import meets
from clustersim.api.timestamp import micros
from clustersim.engine.time import SECOND, Micros

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

MEASURED: Final = ("cpu", "memory", "ephemeral-storage")
BY_CLASS: Final = ".storageclass.storage.k8s.io/"
_OF_CLAIMS: Final = (f"{BY_CLASS}requests.storage", f"{BY_CLASS}persistentvolumeclaims")
CLASS_ANNOTATION: Final = "volume.beta.kubernetes.io/storage-class"

Usage = dict[str, Quantity]


def usage_of(obj: Any, api_version: str, now: Micros = 0) -> Usage:
    """What one object uses; nothing where it uses nothing any more. api_version: that it is served in."""
    plural, group = resource_of(obj).plural, api_version.rpartition("/")[0]
    found = {f"count/{plural}.{group}" if group else f"count/{plural}": ONE}
    if isinstance(obj, Pod):
        return found | (_of_pod(obj) if is_charged(obj, now) else {})
    if plural in COUNTED:
        found[plural] = ONE
    if isinstance(obj, Service):
        found |= _of_service(obj)
    elif isinstance(obj, PersistentVolumeClaim):
        found |= _of_claim(obj)
    return found


_OF_PODS: Final = frozenset({"pods", "count/pods", "cpu", "memory", "ephemeral-storage"})


def may_count(resource: str, key: str) -> bool:
    """Whether a bound of a quota can be about objects of that resource (MatchingResources)."""
    if resource == "pods":
        kind, dot, name = key.partition(".")
        measured = kind == "requests" and bool(dot) and name != "storage"
        limited = kind == "limits" and name in MEASURED
        return key in _OF_PODS or key.startswith("hugepages-") or measured or limited
    if resource == "persistentvolumeclaims" and (key == "requests.storage" or key.endswith(_OF_CLAIMS)):
        return True
    counted = key.removeprefix("count/")
    return counted == resource or counted.startswith(f"{resource}.")


def is_charged(pod: Pod, now: Micros) -> bool:
    """It has not ended, and the time for which it may still end is not over (QuotaV1Pod)."""
    if pod.status.phase in ("Succeeded", "Failed"):
        return False
    metadata = pod.metadata
    grace = metadata.deletion_grace_period_seconds
    if not metadata.deletion_timestamp or grace is None:
        return True
    return now <= micros(metadata.deletion_timestamp) + grace * SECOND


def is_terminating(pod: Pod) -> bool:
    """It has a deadline, and so is in the scope Terminating (IsTerminating)."""
    return pod.spec.active_deadline_seconds is not None


def _of_service(service: Service) -> Usage:
    spec = service.spec
    ports, balanced = len(spec.ports), spec.type == "LoadBalancer"
    if balanced and spec.allocate_load_balancer_node_ports is False:
        ports = sum(bool(port.node_port) for port in spec.ports)
    found = {"services.nodeports": _count(ports)} if spec.type in ("NodePort", "LoadBalancer") else {}
    return found | ({"services.loadbalancers": ONE} if balanced else {})


def _of_claim(claim: PersistentVolumeClaim) -> Usage:
    """What it asks for, or was given if that is more, in all and by its class."""
    spec = claim.spec
    named = claim.metadata.annotations.get(CLASS_ANNOTATION, spec.storage_class_name or "")
    found: Usage = {f"{named}{BY_CLASS}persistentvolumeclaims": ONE} if named else {}
    if "storage" not in spec.resources.requests:
        return found
    texts = (spec.resources.requests["storage"], claim.status.allocated_resources.get("storage", "0"))
    most = max(map(parse_quantity, texts), key=lambda one: one.nanos)
    most = Quantity(most.scaled(0) * ONE.nanos, most.style)
    found["requests.storage"] = most
    return found | ({f"{named}{BY_CLASS}requests.storage": most} if named else {})


def _count(number: int) -> Quantity:
    return Quantity(ONE.nanos * number)


# --- pods ------------------------------------------------------------------------------------------------


def _of_pod(pod: Pod) -> Usage:
    """Requests and limits of the whole pod (podComputeUsageHelper)."""
    found: Usage = {"pods": ONE}
    for name, amount in amounts_of_pod(by_the_most(pod) if is_resizing(pod) else pod, "requests").items():
        found[f"requests.{name}"] = amount
        if name in MEASURED or name.startswith("hugepages-"):
            found[name] = amount
    for name, amount in amounts_of_pod(pod, "limits").items():
        if name in MEASURED:
            found[f"limits.{name}"] = amount
    return found


def amounts_of_pod(pod: Pod, kind: str) -> Usage:
    """Its own amounts, and what its sandbox costs (PodRequests, PodLimits)."""
    found = amounts_without_overhead(pod, kind)
    overhead = {name: parse_quantity(text) for name, text in pod.spec.overhead.items()}
    if kind == "limits":
        overhead = {name: amount for name, amount in overhead.items() if name in found}
    return _sum(found, overhead)


def amounts_without_overhead(pod: Pod, kind: str) -> Usage:
    """Its containers and those beside them together, or more where one that comes before them takes more; the
    pod's own sizes instead, where it has any (plugin/pkg/admission/limitranger podRequests, podLimits)."""

    def amounts(container: Any) -> Usage:
        return {name: parse_quantity(text) for name, text in getattr(container.resources, kind).items()}

    beside: Usage = {}
    before: Usage = {}
    for container in pod.spec.init_containers:
        both = _sum(beside, amounts(container))
        if container.restart_policy == "Always":
            beside = both
        before = _most(before, both)
    found = beside
    for container in pod.spec.containers:
        found = _sum(found, amounts(container))
    found = _most(found, before)
    whole = getattr(pod.spec.resources, kind) if pod.spec.resources is not None else {}
    found |= {name: parse_quantity(text) for name, text in whole.items() if name in ("cpu", "memory")}
    return found


def _sum(one: Usage, other: Usage) -> Usage:
    found = dict(one)
    for name, amount in other.items():
        found[name] = found[name].plus(amount) if name in found else amount
    return found


def _most(one: Usage, other: Usage) -> Usage:
    more = {name: amount for name, amount in other.items() if name not in one or amount > one[name]}
    return one | more


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
    in_scope: Callable[[str, Any, str, tuple[str, ...]], bool]
    if isinstance(obj, Pod):
        in_scope = _pod_in_scope
    elif isinstance(obj, PersistentVolumeClaim):
        in_scope = _claim_in_scope
    else:
        return False
    wanted = all(in_scope(one.scope_name, obj, one.operator, one.values) for one in expressions)
    return wanted and all(in_scope(scope, obj, "Exists", ()) for scope in quota.spec.scopes)


def _pod_in_scope(scope: str, pod: Pod, operator: str, values: tuple[str, ...]) -> bool:
    """One scope (pkg/quota/v1/evaluator/core/pods.go podMatchesScopeFunc); of the class of priority its
    name is asked, where there is one."""
    if scope == "PriorityClass":
        name = pod.spec.priority_class_name
        return meets({scope: name} if name else {}, scope, operator, values)
    quality = pod.status.qos_class
    best_effort = quality == "BestEffort" if quality else is_best_effort(pod)
    ends = is_terminating(pod)
    holds = {
        "BestEffort": best_effort,
        "NotBestEffort": not best_effort,
        "Terminating": ends,
        "NotTerminating": not ends,
        "CrossNamespacePodAffinity": _looks_elsewhere(pod),
    }
    return holds.get(scope, False)


def _looks_elsewhere(pod: Pod) -> bool:
    """It wants to be near pods of other namespaces, or far from them (usesCrossNamespacePodAffinity)."""
    affinity = pod.spec.affinity
    if affinity is None:
        return False
    terms = [
        term
        for side in (affinity.pod_affinity, affinity.pod_anti_affinity)
        if side is not None
        for term in (
            *side.required_during_scheduling_ignored_during_execution,
            *(one.pod_affinity_term for one in side.preferred_during_scheduling_ignored_during_execution),
        )
    ]
    return any(term.namespaces or term.namespace_selector is not None for term in terms)


def _claim_in_scope(scope: str, claim: PersistentVolumeClaim, operator: str, values: tuple[str, ...]) -> bool:
    """By the class of its attributes, as asked for, as it has it or is about to (pvcMatchesScopeFunc)."""
    if scope != "VolumeAttributesClass":
        return False
    changing = claim.status.modify_volume_status
    names = {
        claim.spec.volume_attributes_class_name,
        claim.status.current_volume_attributes_class_name,
        changing.target_volume_attributes_class_name if changing is not None else "",
    }
    labels = [{scope: name} for name in sorted(filter(None, names))] or [{}]
    return any(meets(one, scope, operator, values) for one in labels)
