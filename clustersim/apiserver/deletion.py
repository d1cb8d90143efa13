"""What a DELETE does (registry/generic/registry/store.go, registry/rest/delete.go, pkg/registry/core/pod and
namespace strategies and storage).

```
  DELETE --pod with grace-----> stays until its kubelet deletes it with grace 0
         --finalizers left----> stays, marked, until an update takes the last one away
         --namespace----------> Terminating until its controller has emptied it
         --else---------------> gone
```
What the object owns: with the finalizer `foregroundDeletion` it goes first, with `orphan` it stays.
"""

from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Namespace, Pod
from clustersim.api.meta import replace
from clustersim.api.owners import FOREGROUND, ORPHAN
from clustersim.api.timestamp import micros, rfc3339
from clustersim.engine.time import SECOND, Micros

_ORPHANING: Final = frozenset(
    {
        ("replicationcontrollers", "v1"),
        ("cronjobs", "batch/v1beta1"),
        ("cronjobs", "batch/v2alpha1"),
        ("jobs", "batch/v1"),
        ("deployments", "extensions/v1beta1"),
        ("deployments", "apps/v1beta1"),
        ("replicasets", "extensions/v1beta1"),
        ("daemonsets", "extensions/v1beta1"),
        ("statefulsets", "apps/v1beta1"),
    }
)
"""Resources and versions whose deletion leaves what they own, if nothing else is asked for."""


class DeletionPlan(msgspec.Struct, frozen=True):
    """`remaining`: the object as it stays, None when it goes at once; `unchanged`: the request changes
    nothing."""

    remaining: Any = None
    unchanged: bool = False


def orphans_by_default(resource: str, api_version: str) -> bool:
    """Whether deleting through that version leaves what the object owns (DefaultGarbageCollectionPolicy)."""
    return (resource, api_version) in _ORPHANING


def plan_deletion(
    obj: Any,
    grace_seconds: int | None,
    now: Micros,
    *,
    propagation: str = "",
    orphans: bool = False,
    least_grace: int = 0,
    collected: bool = True,
) -> DeletionPlan:
    """How deleting this object with that grace (None: its own) turns out. orphans: what it owns stays if
    nothing else is asked for; least_grace: what a negative grace counts as, and one that is over already;
    collected: the garbage collector looks at it, and takes its finalizers off."""
    finalizers = _finalizers(obj, propagation, orphans, collected)
    if isinstance(obj, Namespace):
        return _plan_namespace(obj, now)
    if grace_seconds is not None and grace_seconds < 0:
        grace_seconds = least_grace
    if isinstance(obj, Pod) and obj.metadata.deletion_grace_period_seconds:
        return _plan_again(obj, grace_seconds, finalizers, now, least_grace)
    grace = _grace(obj, grace_seconds) if isinstance(obj, Pod) else 0
    grace = least_grace if grace < 0 else grace
    if grace <= 0:
        return _plan_now(obj, finalizers, now)
    return DeletionPlan(_marked(obj, finalizers, now + grace * SECOND, grace))


def _plan_again(
    pod: Pod, grace_seconds: int | None, finalizers: tuple[str, ...], now: Micros, least_grace: int
) -> DeletionPlan:
    """A pod that is being deleted: its grace can only be shortened, and counts from the first deletion. Where
    there is a least grace, it does not end in the past."""
    before = pod.metadata.deletion_grace_period_seconds
    if before is None or grace_seconds is None or grace_seconds >= before:
        return DeletionPlan(pod, unchanged=True)
    if grace_seconds == 0:
        return _plan_now(pod, finalizers, now)
    due = micros(pod.metadata.deletion_timestamp) + (grace_seconds - before) * SECOND
    if least_grace and due < now:
        due, grace_seconds = now, least_grace
    return DeletionPlan(_marked(pod, finalizers, due, grace_seconds))


def _grace(pod: Pod, grace_seconds: int | None) -> int:
    if not pod.spec.node_name or pod.status.phase in ("Succeeded", "Failed"):
        return 0
    return pod.spec.termination_grace_period_seconds if grace_seconds is None else grace_seconds


def _plan_now(obj: Any, finalizers: tuple[str, ...], now: Micros) -> DeletionPlan:
    if not finalizers:
        return DeletionPlan()
    metadata = obj.metadata
    marked = metadata.deletion_timestamp and metadata.deletion_grace_period_seconds == 0
    if marked and finalizers == metadata.finalizers:
        return DeletionPlan(obj, unchanged=True)
    return DeletionPlan(_marked(obj, finalizers, now, 0))


def without_grace(pod: Pod, now: Micros) -> Pod:
    """How a pod is written once more before it goes (store.go updateForGracefulDeletionAndFinalizers): it may
    go since the moment of its deletion, or from now on."""
    metadata = pod.metadata
    began = now
    if metadata.deletion_timestamp:
        began = micros(metadata.deletion_timestamp) - (metadata.deletion_grace_period_seconds or 0) * SECOND
    marked: Pod = _marked(pod, metadata.finalizers, began, 0)
    return marked


def _plan_namespace(namespace: Namespace, now: Micros) -> DeletionPlan:
    if namespace.metadata.deletion_timestamp:
        return DeletionPlan(namespace, unchanged=True)
    if not namespace.spec.finalizers:
        return DeletionPlan()
    # It has no grace period (pkg/registry/core/namespace/storage/storage.go Delete).
    metadata = replace(namespace.metadata, deletion_timestamp=rfc3339(now))
    status = replace(namespace.status, phase="Terminating")
    return DeletionPlan(replace(namespace, metadata=metadata, status=status))


def _marked(obj: Any, finalizers: tuple[str, ...], due: Micros, grace: int) -> Any:
    metadata = obj.metadata
    return replace(
        obj,
        metadata=replace(
            metadata,
            finalizers=finalizers,
            deletion_timestamp=rfc3339(due),
            deletion_grace_period_seconds=grace,
            generation=metadata.generation + (metadata.generation > 0 and not metadata.deletion_timestamp),
        ),
    )


def _finalizers(obj: Any, propagation: str, orphans: bool, collected: bool) -> tuple[str, ...]:
    """What must be done before the object goes (deletionFinalizersForGarbageCollection)."""
    present = obj.metadata.finalizers
    kept = tuple(name for name in present if name not in (ORPHAN, FOREGROUND))
    if not collected:
        return kept
    if propagation:
        orphan, foreground = propagation == "Orphan", propagation == "Foreground"
    else:
        foreground = FOREGROUND in present
        orphan = ORPHAN in present or (orphans and not foreground)
    return (*kept, *((ORPHAN,) if orphan else ()), *((FOREGROUND,) if foreground else ()))


def may_go(obj: Any) -> bool:
    """It is being deleted and nothing holds it any more (ShouldDeleteDuringUpdate)."""
    metadata = obj.metadata
    if not metadata.deletion_timestamp or metadata.finalizers or metadata.deletion_grace_period_seconds:
        return False
    return not (isinstance(obj, Namespace) and obj.spec.finalizers)
