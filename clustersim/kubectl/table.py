"""`kubectl get` as a table."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

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


class Extra(NamedTuple):
    """Columns on demand: the namespace before all others, the labels after them; `prefix`: of the name, where
    objects of several kinds are listed ("po/")."""

    namespace: bool = False
    labels: bool = False
    prefix: str = ""

    def around(self, cells: tuple[str, ...], namespace: str, labels: str) -> tuple[str, ...]:
        """The cells with those that are asked for."""
        before = (namespace,) if self.namespace else ()
        return (*before, *cells, labels) if self.labels else (*before, *cells)


PLAIN: Final = Extra()


def print_table(
    resource: str,
    objects: Sequence[Any],
    release: str,
    now: Micros,
    *,
    wide: bool = False,
    show_all: bool = False,
    extra: Extra = PLAIN,
) -> list[str]:
    """Header and rows as kubectl of the release ("v1.7", "v1.8") prints them; one sentence where there is
    nothing to print. Pods that have finished are hidden unless `show_all`. Raises KeyError."""
    shown = list(objects)
    if resource == "pods" and not show_all:
        shown = [pod for pod in shown if not is_finished(pod)]
    if not shown:
        return [NOTHING_SHOWN if objects else NOTHING]
    heads = extra.around(header(resource, release, wide=wide), "NAMESPACE", "LABELS")
    return align([heads, *(_row(resource, obj, release, now, wide, extra) for obj in shown)])


def _row(resource: str, obj: Any, release: str, now: Micros, wide: bool, extra: Extra) -> tuple[str, ...]:
    name, *rest = _CELLS[resource](obj, now, release, wide=wide)
    cells = (extra.prefix + name, *rest)
    return extra.around(cells, obj.metadata.namespace, others.labels_text(obj.metadata.labels))


def cells_of(resource: str, obj: Any, now: Micros, release: str, *, wide: bool = False) -> tuple[str, ...]:
    """The cells of one row."""
    return _CELLS[resource](obj, now, release, wide=wide)


def row_of(
    resource: str,
    obj: Any,
    release: str,
    now: Micros,
    *,
    wide: bool = False,
    extra: Extra = PLAIN,
) -> str:
    """One line as `kubectl get -w` adds it: aligned by itself."""
    return align([_row(resource, obj, release, now, wide, extra)])[0]
