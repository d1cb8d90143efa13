"""What the API server does to objects of each kind when they are created and changed
(pkg/registry/core/*/strategy.go)."""

import re
from typing import Any, Final

from clustersim.api import core_v1 as v1
from clustersim.api.batch_v1 import Job
from clustersim.api.coordination import Lease
from clustersim.api.extensions_v1beta1 import Deployment
from clustersim.api.meta import LEADER_ANNOTATION, replace
from clustersim.apiserver.errors import invalid
from clustersim.apiserver.workloads import (
    WORKLOADS,
    check_workload,
    default_workload,
    select_own_pods,
    updated_workload,
)

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?\Z")


def check_name(resource: str, name: str) -> None:
    """A DNS-1123 subdomain, or 422."""
    if len(name) > 253 or not _NAME.match(name):
        raise invalid(resource, name, f'metadata.name: Invalid value: "{name}": must be a DNS-1123 subdomain')


def qos_class(spec: v1.PodSpec) -> str:
    """Guaranteed, Burstable or BestEffort (pkg/api/v1/helper/qos)."""
    guaranteed, any_set = True, False
    for container in spec.containers:
        requests, limits = container.resources.requests, container.resources.limits
        any_set = any_set or bool(requests) or bool(limits)
        for name in ("cpu", "memory"):
            limit = limits.get(name)
            guaranteed = guaranteed and limit is not None and requests.get(name, limit) == limit
    if not any_set:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"


def prepare_create(resource: str, obj: Any, api_version: str = "") -> Any:
    """Defaults, those of the version it is created through, and the initial status."""
    if isinstance(obj, v1.Pod):
        if not obj.spec.containers:
            raise invalid(resource, obj.metadata.name, "spec.containers: Required value")
        return replace(obj, status=v1.PodStatus(phase="Pending", qos_class=qos_class(obj.spec)))
    if isinstance(obj, (*WORKLOADS, Job)):
        obj = default_workload(obj, api_version)
        check_workload(resource, obj)
        return replace(obj, metadata=replace(obj.metadata, generation=1), status=type(obj.status)())
    return obj


def identified(obj: Any, uid: str) -> Any:
    """What depends on the UID that the object has just been given."""
    return select_own_pods(obj, uid) if isinstance(obj, Job) else obj


def prepare_update(resource: str, old: Any, new: Any) -> Any:
    """Keep what the main resource may not change: the status; raise the generation where the spec changed."""
    if hasattr(old, "status"):
        new = replace(new, status=old.status)
    if isinstance(new, (*WORKLOADS, Job)):
        check_workload(resource, new)
        return updated_workload(old, new)
    if isinstance(new, v1.Pod) and new.spec.node_name != old.spec.node_name:
        raise invalid(
            resource, new.metadata.name, "spec: Forbidden: pod updates may not change spec.nodeName"
        )
    return new


def prepare_status_update(old: Any, new: Any) -> Any:
    """The new status on the old object; of Deployments also the annotations, where the revision stands."""
    if isinstance(new, Deployment):
        old = replace(old, metadata=replace(old.metadata, annotations=new.metadata.annotations))
    return replace(old, status=new.status)


def only_time_changed(old: Any, new: Any) -> bool:
    """A node status that changed nothing but its heartbeat, a lock or a node's Lease that was merely renewed:
    routine, not a transition."""
    if isinstance(new, v1.Node) and isinstance(old, v1.Node):
        before, after = old.status, new.status
        if len(before.conditions) != len(after.conditions) or new.spec is not old.spec:
            return False
        for one, other in zip(before.conditions, after.conditions, strict=True):
            if one.status != other.status or one.reason != other.reason or one.message != other.message:
                return False
        return before.node_info == after.node_info and before.capacity == after.capacity
    if isinstance(new, Lease) and isinstance(old, Lease):
        return replace(old.spec, renew_time="") == replace(new.spec, renew_time="")
    if isinstance(new, v1.Endpoints) and isinstance(old, v1.Endpoints):
        return (
            new.subsets == old.subsets
            and set(new.metadata.annotations) == set(old.metadata.annotations) == {LEADER_ANNOTATION}
            and (_holder(new) == _holder(old))
        )
    return False


def _holder(endpoints: v1.Endpoints) -> str:
    record = endpoints.metadata.annotations[LEADER_ANNOTATION]
    return record.partition('"holderIdentity":"')[2].partition('"')[0]
