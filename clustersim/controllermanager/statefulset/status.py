"""The status of a StatefulSet, as what its controller did changes it.

Source: v1.7.5, v1.8.0, v1.36 pkg/controller/statefulset/stateful_set_{control,utils}.go.
"""

from clustersim.api.apps import StatefulSet, StatefulSetStatus
from clustersim.api.meta import replace


def after_creation(status: StatefulSetStatus, revision: str) -> StatefulSetStatus:
    """One pod more, of that revision."""
    updated = revision == status.update_revision != status.current_revision
    return replace(
        status,
        replicas=status.replicas + 1,
        current_replicas=status.current_replicas + (revision == status.current_revision),
        updated_replicas=status.updated_replicas + updated,
    )


def after_deletion(status: StatefulSetStatus, revision: str, *, again: bool) -> StatefulSetStatus:
    """One pod less of that revision. again: it had failed, and another one takes its place at once; one that
    is one too many is still there."""
    current = revision == status.current_revision
    updated = not current and revision == status.update_revision
    return replace(
        status,
        replicas=status.replicas - again,
        current_replicas=status.current_replicas - current,
        updated_replicas=status.updated_replicas - updated,
    )


def completed(owner: StatefulSet, status: StatefulSetStatus) -> StatefulSetStatus:
    """An update is over when every pod is new and ready: its revision is the current one then."""
    wanted = owner.spec.replicas
    rolling = owner.spec.update_strategy.type == "RollingUpdate"
    if rolling and status.updated_replicas == status.ready_replicas == status.replicas == wanted:
        return replace(
            status, current_replicas=status.updated_replicas, current_revision=status.update_revision
        )
    return status
