"""`kubectl get` of workloads. Source: v1.7.5 and v1.8.0 pkg/printers/internalversion/printers.go."""

from typing import Any, Final

from clustersim.api.apps_v1beta1 import StatefulSet
from clustersim.api.batch_v1 import Job
from clustersim.api.extensions_v1beta1 import DaemonSet, Deployment, ReplicaSet
from clustersim.api.selectors import selector_of
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age
from clustersim.kubectl.others import labels_text

NONE: Final = "<none>"


def _row(workload: Any, counts: tuple[object, ...], now: Micros, *, wide: bool) -> tuple[str, ...]:
    metadata = workload.metadata
    cells = (metadata.name, *map(str, counts), age(metadata.creation_timestamp, now))
    if not wide:
        return cells
    containers = workload.spec.template.spec.containers
    names = ",".join(container.name for container in containers)
    images = ",".join(container.image for container in containers)
    if isinstance(workload, StatefulSet):
        return (*cells, names, images)
    return (*cells, names, images, labels_text(selector_of(workload)))


def replica_set_cells(found: ReplicaSet, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row of replicasets."""
    counts = (found.spec.replicas, found.status.replicas, found.status.ready_replicas)
    return _row(found, counts, now, wide=wide)


def deployment_cells(found: Deployment, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row of deployments."""
    status = found.status
    counts = (found.spec.replicas, status.replicas, status.updated_replicas, status.available_replicas)
    return _row(found, counts, now, wide=wide)


def stateful_set_cells(found: StatefulSet, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row of statefulsets."""
    return _row(found, (found.spec.replicas, found.status.replicas), now, wide=wide)


def daemon_set_cells(found: DaemonSet, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row of daemonsets."""
    status = found.status
    counts = (
        status.desired_number_scheduled,
        status.current_number_scheduled,
        status.number_ready,
        status.updated_number_scheduled,
        status.number_available,
        labels_text(found.spec.template.spec.node_selector),
    )
    return _row(found, counts, now, wide=wide)


def job_cells(found: Job, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row of jobs."""
    completions = found.spec.completions
    counts = (NONE if completions is None else completions, found.status.succeeded)
    return _row(found, counts, now, wide=wide)
