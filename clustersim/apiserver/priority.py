"""The admission plugin Priority: a pod's priority follows from its class.

Source: v1.8.0, v1.36 plugin/pkg/admission/priority/admission.go.
"""

from typing import Any, Final

from clustersim.api.core_v1 import Pod
from clustersim.api.errors import ApiError, forbidden
from clustersim.api.meta import replace
from clustersim.api.mirrors import MIRROR
from clustersim.api.scheduling import PriorityClass
from clustersim.apiserver.alpha import has_priorities
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

SYSTEM_PRIORITIES: Final = {
    "system-cluster-critical": 2_000_000_000,
    "system-node-critical": 2_000_001_000,
}


def priority(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """As v1.36 does it."""
    if isinstance(obj, PriorityClass):
        check_class(etcd, obj, today=True)
    if not isinstance(obj, Pod):
        return obj
    spec, name = obj.spec, obj.spec.priority_class_name
    value, policy = 0, "PreemptLowerPriority"
    if name in SYSTEM_PRIORITIES:
        value = SYSTEM_PRIORITIES[name]
    elif name:
        found = etcd.get("priorityclasses", name)
        if found is None:
            raise forbidden(resource, obj.metadata.name, f"no PriorityClass with name {name} was found")
        value, policy = found.value, found.preemption_policy or policy
    else:
        lowest = _default_class(etcd)
        if lowest is not None:
            name, value, policy = lowest.metadata.name, lowest.value, lowest.preemption_policy or policy
    if spec.priority is not None and spec.priority != value:
        why = (
            f"the integer value of priority ({spec.priority}) must not be provided in pod spec; priority "
            f"admission controller computed {value} from the given PriorityClass name"
        )
        raise forbidden(resource, obj.metadata.name, why)
    if spec.preemption_policy and spec.preemption_policy != policy:
        why = (
            f"the string value of PreemptionPolicy ({spec.preemption_policy}) must not be provided in pod "
            f"spec; priority admission controller computed {policy} from the given PriorityClass name"
        )
        raise forbidden(resource, obj.metadata.name, why)
    return replace(
        obj, spec=replace(spec, priority=value, priority_class_name=name, preemption_policy=policy)
    )


HIGHEST: Final = 1_000_000_000
_CLASSES: Final = "priorityclasses.scheduling.k8s.io"


def priority_of_v1_8(etcd: Etcd, flags: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A pod's priority follows from its class, where the gate is open; classes are bounded, and one of them
    at most is the default."""
    if isinstance(obj, PriorityClass):
        check_class(etcd, obj, today=False)
    if not isinstance(obj, Pod) or MIRROR in obj.metadata.annotations:
        return obj
    if obj.spec.priority is not None:
        why = (
            "the integer value of priority must not be provided in pod spec. Priority admission controller "
            "populates the value from the given PriorityClass name"
        )
        raise forbidden(resource, obj.metadata.name, why)
    if not has_priorities(flags):
        return obj
    name = obj.spec.priority_class_name
    if not name:
        default = _default_class(etcd)
        value = 0 if default is None else default.value
    elif name in SYSTEM_PRIORITIES:
        value = SYSTEM_PRIORITIES[name]
    elif (found := etcd.get("priorityclasses", name)) is None:
        missing = f'priorityclass.scheduling.k8s.io "{name}" not found'
        raise ApiError(500, "", f"failed to get default priority class {name}: {missing}")
    else:
        value = found.value
    return replace(obj, spec=replace(obj.spec, priority=value))


def _default_class(etcd: Etcd) -> PriorityClass | None:
    """The class of pods that name none; of several the least important, and the first by name."""
    defaults = [one for one in etcd.range("priorityclasses").values() if one.global_default]
    return min(defaults, key=lambda one: (one.value, str(one.metadata.name)), default=None)


def check_class(etcd: Etcd, obj: PriorityClass, *, today: bool) -> None:
    """Only one class is the default; of v1.8 also what validation looks at today. Raises ApiError (403)."""
    name = obj.metadata.name
    if not today and obj.value > HIGHEST:
        why = f"maximum allowed value of a user defined priority is {HIGHEST}"
        raise forbidden(_CLASSES, name, why)
    if not today and name in SYSTEM_PRIORITIES:
        why = f"the name of the priority class is a reserved name for system use only: {name}"
        raise forbidden(_CLASSES, name, why)
    default = _default_class(etcd) if obj.global_default else None
    if default is not None and default.metadata.name != name:
        other = default.metadata.name
        why = f"PriorityClass {other} is already marked as default. Only one default can exist"
        raise forbidden(_CLASSES, name, why)
