"""Which resources are workloads, and how many pods one wants."""

from typing import Any, Final

from clustersim.api.apps import DaemonSet
from clustersim.api.batch import Job

WORKLOADS: Final = (
    "replicationcontrollers",
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "jobs",
)
"""In the order in which the page shows them."""


def wanted_pods(workload: Any) -> int:
    """How many pods it wants: replicas; nodes of a DaemonSet; of a Job those still at work and done."""
    if isinstance(workload, DaemonSet):
        return workload.status.desired_number_scheduled
    if isinstance(workload, Job):
        return workload.spec.completions or workload.spec.parallelism or 0
    replicas: int = workload.spec.replicas
    return replicas
