"""What becomes of the claims of a StatefulSet's pods: their owners say so, and the garbage collector acts.

```
  whenDeleted Delete: the set owns the claim          whenScaled Delete: a pod that is too much owns it
```
Pure functions. Source: v1.36 pkg/controller/statefulset/stateful_set_utils.go isClaimOwnerUpToDate,
updateClaimOwnerRefForSetAndPod; v1.7 and v1.8 keep all claims.
"""

from typing import Final

from clustersim.api.apps import StatefulSet
from clustersim.api.core_v1 import PersistentVolumeClaim, Pod
from clustersim.api.meta import ObjectMeta, OwnerReference

DELETE: Final = "Delete"
_SET: Final = ("StatefulSet", "apps/v1")
_POD: Final = ("Pod", "v1")

Owners = tuple[OwnerReference, ...]


def goes_with_set(owner: StatefulSet) -> bool:
    """Claims go when the set is deleted."""
    policy = owner.spec.persistent_volume_claim_retention_policy
    return policy is not None and policy.when_deleted == DELETE


def goes_with_pod(owner: StatefulSet) -> bool:
    """Claims go when their pod is one too many."""
    policy = owner.spec.persistent_volume_claim_retention_policy
    return policy is not None and policy.when_scaled == DELETE


def is_stale(owner: StatefulSet, claim: PersistentVolumeClaim, pod: str) -> bool:
    """The claim still belongs to an earlier pod of that name and is about to go (PodClaimIsStale)."""
    return goes_with_pod(owner) and any(_names_pod(one, pod) for one in claim.metadata.owner_references)


def has_other_controller(owner: StatefulSet, claim: PersistentVolumeClaim, pod: Pod) -> bool:
    """Somebody else looks after the claim (hasUnexpectedController)."""
    if not (goes_with_set(owner) or goes_with_pod(owner)):
        return False
    for reference in claim.metadata.owner_references:
        if _is_ours(reference, owner, pod):
            if reference.uid not in (owner.metadata.uid, pod.metadata.uid):
                return True
        elif reference.controller:
            return True
    return False


def owners_of(owner: StatefulSet, claim: PersistentVolumeClaim, pod: Pod, *, surplus: bool) -> Owners:
    """The owners that the claim should have; those it has, where nothing is to be changed. surplus: the pod
    is one too many."""
    had, uids = claim.metadata.owner_references, (owner.metadata.uid, pod.metadata.uid)
    if any(_is_ours(one, owner, pod) and one.uid not in uids for one in had):
        return had  # Of a set or pod that is gone: the garbage collector's.
    others = tuple(one for one in had if not _is_ours(one, owner, pod))
    if has_other_controller(owner, claim, pod):
        return others if len(others) < len(had) else had
    wanted: Owners = ()
    if goes_with_pod(owner) and surplus:
        wanted = (_controller(_POD, pod.metadata),)
    elif goes_with_set(owner):
        wanted = (_controller(_SET, owner.metadata),)
    mine = {(one.uid, bool(one.controller)) for one in had if one.uid in uids}
    return had if mine == {(one.uid, True) for one in wanted} else others + wanted


def _is_ours(reference: OwnerReference, owner: StatefulSet, pod: Pod) -> bool:
    """It names the set or the pod, as the one that is there or an earlier one (matchesRef)."""
    of_set = (reference.kind, reference.api_version, reference.name) == (*_SET, owner.metadata.name)
    return of_set or _names_pod(reference, pod.metadata.name)


def _names_pod(reference: OwnerReference, pod: str) -> bool:
    return (reference.kind, reference.api_version, reference.name) == (*_POD, pod)


def _controller(kind: tuple[str, str], metadata: ObjectMeta) -> OwnerReference:
    return OwnerReference(
        kind=kind[0],
        api_version=kind[1],
        name=metadata.name,
        uid=metadata.uid,
        controller=True,
        block_owner_deletion=True,
    )
