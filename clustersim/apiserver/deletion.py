"""What a DELETE does (registry/rest/delete.go, pkg/registry/core/pod/strategy.go).

Pods are deleted gracefully: the object stays, with a deletionTimestamp that lies in the future by the grace
period, until its kubelet deletes it with grace 0. Nothing but that, or a forced delete, ever removes it.
"""

from typing import Any

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.timestamp import rfc3339
from clustersim.engine.time import SECOND, Micros


class DeletionPlan(msgspec.Struct, frozen=True):
    """`remaining`: the object as it stays, None when it goes at once; `unchanged`: the request changes
    nothing."""

    remaining: Any = None
    unchanged: bool = False


def plan_deletion(obj: Any, grace_seconds: int | None, now: Micros) -> DeletionPlan:
    """How deleting this object with that grace (None: its own) turns out."""
    if not isinstance(obj, Pod):
        return DeletionPlan()
    grace = obj.spec.termination_grace_period_seconds if grace_seconds is None else grace_seconds
    if not obj.spec.node_name or obj.status.phase in ("Succeeded", "Failed"):
        grace = 0
    if grace <= 0:
        return DeletionPlan()
    already = obj.metadata.deletion_grace_period_seconds
    if obj.metadata.deletion_timestamp and already is not None and grace >= already:
        return DeletionPlan(obj, unchanged=True)
    metadata = replace(
        obj.metadata,
        deletion_timestamp=rfc3339(now + grace * SECOND),
        deletion_grace_period_seconds=grace,
        generation=obj.metadata.generation + (not obj.metadata.deletion_timestamp),
    )
    return DeletionPlan(replace(obj, metadata=metadata))
