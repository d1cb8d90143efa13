"""What the status of a Deployment says. Pure functions.

Source: v1.7.5, v1.8.0 pkg/controller/deployment/{sync,progress}.go, util/deployment_util.go.
"""

from typing import Final

from clustersim.api.apps import (
    Deployment,
    DeploymentCondition,
    DeploymentStatus,
    ReplicaSet,
)
from clustersim.api.conditions import condition_of
from clustersim.api.meta import replace
from clustersim.api.timestamp import micros, rfc3339
from clustersim.controllermanager.deployment.sets import fenceposts, total_wanted
from clustersim.engine.time import SECOND, Micros

AVAILABLE: Final = "Available"
PROGRESSING: Final = "Progressing"
COMPLETE: Final = "NewReplicaSetAvailable"
TIMED_OUT: Final = "ProgressDeadlineExceeded"
PAUSED: Final = "DeploymentPaused"
NOT_CREATED: Final = "ReplicaSetCreateError"
FAILURE: Final = "ReplicaFailure"
MAX_INT32: Final = 2**31 - 1


def is_complete(deployment: Deployment, status: DeploymentStatus) -> bool:
    """Nothing old is left and everything new is available (DeploymentComplete)."""
    wanted = deployment.spec.replicas
    return (
        status.updated_replicas == status.replicas == status.available_replicas == wanted
        and status.observed_generation >= deployment.metadata.generation
    )


def rollout_status(
    deployment: Deployment,
    new: ReplicaSet | None,
    sets: list[ReplicaSet],
    now: Micros,
    *,
    terminating: bool = False,
) -> DeploymentStatus:
    """The counts and conditions of now (syncRolloutStatus). terminating: those of pods that go, too."""
    counted = plain_status(deployment, new, sets, now, terminating=terminating)
    status = _with_failure(counted, new, sets)
    if not has_deadline(deployment):
        return replace(status, conditions=_without(status.conditions, PROGRESSING))
    current = condition_of(deployment.status, PROGRESSING)
    settled = (
        current is not None and current.reason == COMPLETE and status.replicas == status.updated_replicas
    )
    if settled:
        return status
    name = (
        f'ReplicaSet "{new.metadata.name}"' if new is not None else f'Deployment "{deployment.metadata.name}"'
    )
    if is_complete(deployment, status):
        return _with(status, PROGRESSING, "True", COMPLETE, f"{name} has successfully progressed.", now)
    if _progresses(deployment.status, status):
        return _with(status, PROGRESSING, "True", "ReplicaSetUpdated", f"{name} is progressing.", now)
    if progress_due(deployment) is not None and (progress_due(deployment) or 0) < now:
        return _with(status, PROGRESSING, "False", TIMED_OUT, f"{name} has timed out progressing.", now)
    return status


def plain_status(
    deployment: Deployment,
    new: ReplicaSet | None,
    sets: list[ReplicaSet],
    now: Micros,
    *,
    terminating: bool = False,
) -> DeploymentStatus:
    """The counts alone, and whether enough is available: of a Deployment that is paused, that was only given
    another size, or that is being deleted (syncDeploymentStatus)."""
    status = _counted(deployment, new, sets, now)
    return replace(status, terminating_replicas=_terminating(sets)) if terminating else status


def _terminating(sets: list[ReplicaSet]) -> int | None:
    """None if one that was looked at does not tell (GetTerminatingReplicaCountForReplicaSets)."""
    told = [found.status for found in sets if found.status.observed_generation]
    if any(status.terminating_replicas is None for status in told):
        return None
    return sum(status.terminating_replicas or 0 for status in told)


def has_deadline(deployment: Deployment) -> bool:
    """The largest number means none (HasProgressDeadline)."""
    return deployment.spec.progress_deadline_seconds not in (None, MAX_INT32)


def created_set(deployment: Deployment, new: ReplicaSet, now: Micros) -> DeploymentStatus:
    """The status after a new ReplicaSet was made."""
    if not has_deadline(deployment):
        return deployment.status
    text = f'Created new replica set "{new.metadata.name}"'
    return _with(deployment.status, PROGRESSING, "True", "NewReplicaSetCreated", text, now)


def refused_set(deployment: Deployment, told: str, now: Micros) -> DeploymentStatus | None:
    """The status after a new ReplicaSet could not be made; None where nobody waits for progress."""
    if not has_deadline(deployment):
        return None
    return _with(deployment.status, PROGRESSING, "False", NOT_CREATED, told, now)


def found_set(deployment: Deployment, new: ReplicaSet, now: Micros) -> DeploymentStatus:
    """The status where somebody waits for progress for the first time, with the ReplicaSet there already."""
    if not has_deadline(deployment) or condition_of(deployment.status, PROGRESSING) is not None:
        return deployment.status
    text = f'Found new replica set "{new.metadata.name}"'
    return _with(deployment.status, PROGRESSING, "True", "FoundNewReplicaSet", text, now)


def progress_due(deployment: Deployment) -> Micros | None:
    """When the rollout counts as stuck if nothing happens; None: never, or it is over."""
    deadline = deployment.spec.progress_deadline_seconds
    current = condition_of(deployment.status, PROGRESSING)
    if (
        deadline is None
        or not has_deadline(deployment)
        or current is None
        or current.reason in (COMPLETE, TIMED_OUT)
    ):
        return None
    return micros(current.last_update_time) + deadline * SECOND


def paused_told(deployment: Deployment, now: Micros) -> DeploymentStatus | None:
    """The status that says that the Deployment was paused or goes on, None if that is said already
    (checkPausedConditions)."""
    current = condition_of(deployment.status, PROGRESSING)
    if not has_deadline(deployment):
        return None
    if current is not None and current.reason == TIMED_OUT:
        return None
    told = current is not None and current.reason == PAUSED
    if deployment.spec.paused and not told:
        return _with(deployment.status, PROGRESSING, "Unknown", PAUSED, "Deployment is paused", now)
    if told and not deployment.spec.paused:
        text = "Deployment is resumed"
        return _with(deployment.status, PROGRESSING, "Unknown", "DeploymentResumed", text, now)
    return None


def _with_failure(
    status: DeploymentStatus, new: ReplicaSet | None, sets: list[ReplicaSet]
) -> DeploymentStatus:
    """That pods cannot be created or deleted, as the new ReplicaSet says, or another one."""
    order = [*([new] if new is not None else []), *(found for found in sets if found is not new)]
    failures = [one for found in order for one in found.status.conditions if one.type == FAILURE]
    conditions = _without(status.conditions, FAILURE)
    if failures:
        first = failures[0]
        known = condition_of(status, FAILURE)
        failure = DeploymentCondition(
            type=FAILURE,
            status=first.status,
            last_update_time=known.last_update_time if known is not None else first.last_transition_time,
            last_transition_time=first.last_transition_time,
            reason=first.reason,
            message=first.message,
        )
        conditions = (*conditions, failure)
    return replace(status, conditions=conditions)


def _counted(
    deployment: Deployment, new: ReplicaSet | None, sets: list[ReplicaSet], now: Micros
) -> DeploymentStatus:
    available = sum(found.status.available_replicas for found in sets)
    status = DeploymentStatus(
        observed_generation=deployment.metadata.generation,
        replicas=sum(found.status.replicas for found in sets),
        updated_replicas=new.status.replicas if new is not None else 0,
        ready_replicas=sum(found.status.ready_replicas for found in sets),
        available_replicas=available,
        unavailable_replicas=max(0, total_wanted(sets) - available),
        conditions=deployment.status.conditions,
        collision_count=deployment.status.collision_count,
    )
    _surge, unavailable = fenceposts(deployment)
    if available >= deployment.spec.replicas - unavailable:
        text = "Deployment has minimum availability."
        return _with(status, AVAILABLE, "True", "MinimumReplicasAvailable", text, now)
    text = "Deployment does not have minimum availability."
    return _with(status, AVAILABLE, "False", "MinimumReplicasUnavailable", text, now)


def _progresses(old: DeploymentStatus, new: DeploymentStatus) -> bool:
    return (
        new.updated_replicas > old.updated_replicas
        or new.replicas - new.updated_replicas < old.replicas - old.updated_replicas
        or new.ready_replicas > old.ready_replicas
        or new.available_replicas > old.available_replicas
    )


def _with(
    status: DeploymentStatus, kind: str, value: str, reason: str, message: str, now: Micros
) -> DeploymentStatus:
    current = condition_of(status, kind)
    if current is not None and current.status == value and current.reason == reason and kind == AVAILABLE:
        return status
    time = rfc3339(now)
    since = current.last_transition_time if current is not None and current.status == value else time
    condition = DeploymentCondition(
        type=kind,
        status=value,
        last_update_time=time,
        last_transition_time=since,
        reason=reason,
        message=message,
    )
    return replace(status, conditions=(*_without(status.conditions, kind), condition))


def _without(conditions: tuple[DeploymentCondition, ...], kind: str) -> tuple[DeploymentCondition, ...]:
    return tuple(found for found in conditions if found.type != kind)
