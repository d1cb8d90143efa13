"""What kube-state-metrics tells of a room's objects, in its own names and labels, right for the release.

Values are as of the simulated time, undated.
Sources: kube-state-metrics v1.0.0 and v1.1.0 collectors/, newest internal/store/.
"""

from collections.abc import Iterator
from typing import Final

from prometheus_client import Metric

from clustersim.cluster import Cluster
from visualizer.kubeapi.metrics.nodes import NODES
from visualizer.kubeapi.metrics.pods import PODS
from visualizer.kubeapi.metrics.workloads import WORKLOADS

FAMILIES: Final = (*NODES, *PODS, *WORKLOADS)


def object_metrics(cluster: Cluster) -> Iterator[Metric]:
    """All families with their samples, as prometheus_client takes them."""
    release = cluster.world.release.name
    for family in FAMILIES:
        if not family.beside(release):
            continue
        metric = Metric(family.name, family.help, "gauge")
        objects = cluster.objects(family.resource)
        for key in sorted(objects):
            for labels, value in family.samples(objects[key]):
                metric.add_sample(family.name, dict(labels), value)
        if metric.samples:
            yield metric
