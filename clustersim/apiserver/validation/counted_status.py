"""Validation of what controllers count: a status with numbers that cannot be.

Source: v1.36 pkg/apis/apps/validation/validation.go ValidateStatefulSetStatus, ValidateDeploymentStatus,
ValidateReplicaSetStatus, validateDaemonSetStatus; pkg/apis/core/validation/validation.go
ValidateReplicationControllerStatus; pkg/apis/policy/validation/validation.go. Older releases judge the same
of all but StatefulSets and budgets.
"""

from typing import Any, Final

import msgspec

from clustersim.api import apps, autoscaling, policy
from clustersim.api import core_v1 as v1
from clustersim.api.meta import ApiObject
from clustersim.apiserver.validation.errors import FieldErrors


class Counts(msgspec.Struct, frozen=True):
    """counts: fields that are not negative; of_replicas: those that are no more than all; ready: how messages
    name what is ready, of which there is at least as much as is available; since: empty for all releases."""

    counts: tuple[str, ...]
    of_replicas: tuple[str, ...] = ()
    ready: str = ""
    collides: bool = False
    since: str = ""


_OF_SETS: Final = ("fully_labeled_replicas", "ready_replicas", "available_replicas")
_SET: Final = Counts(
    ("replicas", *_OF_SETS, "observed_generation", "terminating_replicas"), _OF_SETS, "readyReplicas"
)
_OF_STATEFUL: Final = ("ready_replicas", "current_replicas", "updated_replicas", "available_replicas")
_OF_DEPLOYMENT: Final = ("updated_replicas", "ready_replicas", "available_replicas")
COUNTED: Final[dict[type[ApiObject], Counts]] = {
    apps.DaemonSet: Counts(
        (
            "current_number_scheduled", "number_misscheduled", "desired_number_scheduled", "number_ready",
            "observed_generation", "updated_number_scheduled", "number_available", "number_unavailable",
            "collision_count",
        ),
        collides=True,
    ),
    apps.Deployment: Counts(
        (
            "observed_generation", "replicas", *_OF_DEPLOYMENT, "unavailable_replicas",
            "terminating_replicas", "collision_count",
        ),
        _OF_DEPLOYMENT,
        "readyReplicas",
        collides=True,
    ),
    apps.ReplicaSet: _SET,
    apps.StatefulSet: Counts(
        ("replicas", *_OF_STATEFUL, "observed_generation", "collision_count"),
        _OF_STATEFUL,
        "status.readyReplicas",
        collides=True,
        since="v1.36",
    ),
    autoscaling.HorizontalPodAutoscaler: Counts(("current_replicas", "desired_replicas")),
    policy.PodDisruptionBudget: Counts(
        ("disruptions_allowed", "current_healthy", "desired_healthy", "expected_pods"), since="v1.36"
    ),
    v1.ReplicationController: _SET,
}  # fmt: skip


def _written(name: str) -> str:
    """A field as manifests have it."""
    first, *rest = name.split("_")
    return f"status.{first}{''.join(word.title() for word in rest)}"


def check_counts(errors: FieldErrors, old: Any, new: Any) -> None:
    """An object with its new status; of a kind whose status nobody counts nothing is wrong."""
    counts = COUNTED.get(type(new))
    if counts is None or counts.since not in ("", errors.release):
        return
    status = new.status
    for name in counts.counts:
        if (getattr(status, name, 0) or 0) < 0:
            typo = "a" if name == "desired_replicas" and not errors.modern else ""
            errors.not_negative(f"{_written(name)}{typo}", getattr(status, name))
    for name in counts.of_replicas:
        if (value := getattr(status, name)) > status.replicas:
            errors.invalid(_written(name), value, "cannot be greater than status.replicas")
    if counts.ready and status.available_replicas > status.ready_replicas:
        why = f"cannot be greater than {counts.ready}"
        errors.invalid("status.availableReplicas", status.available_replicas, why)
    if counts.collides:
        before, after = old.status.collision_count, status.collision_count
        if before is not None and (after is None or after < before):
            errors.invalid("status.collisionCount", after or 0, "cannot be decremented")
