"""What the components of a room's cluster tell of themselves: the few metrics that one watches while nodes
die.

A component that does not run tells nothing, and counts anew after a restart. Sources: apiserver
pkg/endpoints/metrics; pkg/controller/node/metrics.go, v1.36 pkg/controller/nodelifecycle/metrics.go.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from prometheus_client import Metric

from clustersim.cluster import Cluster
from clustersim.controllermanager.node.zones import ZoneCount
from clustersim.controllermanager.process import ControllerManager

_EVICTING: Final = ("evict-node", "taint-node")
"""What the node controller decides when a node's turn has come."""


def component_metrics(cluster: Cluster) -> Iterator[Metric]:
    """All families with their samples."""
    server = cluster.world.apiserver
    if server.listening:
        yield from _requests(cluster, server.state.counts)
    manager = cluster.world.controller_manager
    if manager.running:
        yield from _zones(manager.node_controller.state.counts)
        yield _evictions(cluster, manager)


def _requests(cluster: Cluster, counts: dict[str, int]) -> Iterator[Metric]:
    today = cluster.world.release.name == "v1.36"
    name = "apiserver_request_total" if today else "apiserver_request_count"
    metric = Metric(name, "Counter of requests by verb, resource and code.", "unknown")
    for key in sorted(counts):
        verb, resource, code = key.split("/")
        metric.add_sample(name, {"verb": verb, "resource": resource, "code": code}, counts[key])
    yield metric


def _zones(counts: dict[str, ZoneCount]) -> Iterator[Metric]:
    """Of the pass that was counted last."""
    for name, text, value in _ZONES:
        metric = Metric(f"node_collector_{name}", text, "gauge")
        for zone in sorted(counts):
            metric.add_sample(metric.name, {"zone": zone}, value(counts[zone]))
        yield metric


def _health(count: ZoneCount) -> float:
    return 100 * count.ready / count.total if count.total else 0.0


_ZONES: Final[tuple[tuple[str, str, Any], ...]] = (
    ("zone_size", "Gauge measuring number of registered Nodes per zones.", lambda count: count.total),
    ("zone_health", "Gauge measuring percentage of healthy nodes per zone.", _health),
    (
        "unhealthy_nodes_in_zone",
        "Gauge measuring number of not Ready Nodes per zones.",
        lambda count: count.not_ready,
    ),
)


def _evictions(cluster: Cluster, manager: ControllerManager) -> Metric:
    """Nodes evicted since the process began."""
    today = cluster.world.release.name == "v1.36"
    name = "node_collector_evictions_total" if today else "node_collector_evictions_number"
    health = manager.node_controller.state.health
    found: Counter[str] = Counter()
    for event in cluster.record:
        if event.kind == "decision" and event.verb in _EVICTING and event.t >= manager.status.since:
            known = health.get(event.object.removeprefix("nodes/"))
            found[known.zone if known is not None else ""] += 1
    metric = Metric(name, "Number of Node evictions that happened since current instance started.", "unknown")
    for zone in sorted({*found, *manager.node_controller.state.zones}):
        metric.add_sample(name, {"zone": zone}, found[zone])
    return metric
