"""`kubectl get` as a table."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from clustersim.engine.time import Micros
from clustersim.kubectl import others, workloads
from clustersim.kubectl.columns import align, header
from clustersim.kubectl.nodes import node_cells
from clustersim.kubectl.pods import is_finished, pod_cells

NOTHING: Final = "No resources found."
NOTHING_SHOWN: Final = "No resources found, use --show-all to see completed objects."

_CELLS: Final[dict[str, Callable[..., tuple[str, ...]]]] = {
    "daemonsets": workloads.daemon_set_cells,
    "deployments": workloads.deployment_cells,
    "endpoints": others.endpoints_cells,
    "events": others.event_cells,
    "jobs": workloads.job_cells,
    "namespaces": others.namespace_cells,
    "nodes": node_cells,
    "pods": pod_cells,
    "replicasets": workloads.replica_set_cells,
    "replicationcontrollers": others.controller_cells,
    "services": others.service_cells,
    "statefulsets": workloads.stateful_set_cells,
}


def print_table(
    resource: str,
    objects: Sequence[Any],
    release: str,
    now: Micros,
    *,
    wide: bool = False,
    show_all: bool = False,
) -> list[str]:
    """Header and rows as kubectl of the release ("v1.7", "v1.8") prints them; one sentence where there is
    nothing to print. Pods that have finished are hidden unless `show_all`. Raises KeyError."""
    shown = list(objects)
    if resource == "pods" and not show_all:
        shown = [pod for pod in shown if not is_finished(pod)]
    if not shown:
        return [NOTHING_SHOWN if objects else NOTHING]
    cells = _CELLS[resource]
    rows = [cells(obj, now, release, wide=wide) for obj in shown]
    return align([header(resource, release, wide=wide), *rows])
