"""Who owns an object, and what people call the workload of a pod."""

from typing import Final

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import ApiObject, OwnerReference

POD_TEMPLATE_HASH: Final = "pod-template-hash"
"""The label by which a Deployment tells the pods of its ReplicaSets apart."""

ORPHAN: Final = "orphan"
"""The finalizer of an owner that goes without what it owns."""

FOREGROUND: Final = "foregroundDeletion"
"""The finalizer of an owner that goes after what it owns."""


def controller_of(obj: ApiObject) -> OwnerReference | None:
    """The owner that manages the object (metav1.GetControllerOf)."""
    for owner in obj.metadata.owner_references:
        if owner.controller:
            return owner
    return None


def workload_of(pod: Pod) -> tuple[str, str] | None:
    """Kind and name of the workload that a pod belongs to, None for a bare pod.

    That is its controller; for pods of a ReplicaSet that a Deployment made, the Deployment.
    """
    owner = controller_of(pod)
    if owner is None:
        return None
    if owner.kind == "ReplicaSet" and POD_TEMPLATE_HASH in pod.metadata.labels:
        return "Deployment", owner.name.rpartition("-")[0]
    return owner.kind, owner.name
