"""What Prometheus finds when it scrapes a room."""

import asyncio
from collections.abc import Iterator
from itertools import chain

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector

from clustersim.cluster import Cluster
from visualizer.kubeapi.metrics.components import component_metrics
from visualizer.kubeapi.metrics.objects import object_metrics
from visualizer.kubeapi.responses import Response


class _Family(Collector):
    """One metric of what a scrape of a room finds, in the form of prometheus_client's registries."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric

    def collect(self) -> Iterator[Metric]:
        yield self._metric


async def scraped(cluster: Cluster) -> Response:
    """What kube-state-metrics and the components would tell Prometheus. It stays as it was while the API
    server is away: kube-state-metrics goes on telling what it saw last. In a large room each metric takes a
    while, and other rooms have their turn between two.
    """
    told = []
    for metric in chain(object_metrics(cluster), component_metrics(cluster)):
        registry = CollectorRegistry()
        registry.register(_Family(metric))
        told.append(generate_latest(registry))
        await asyncio.sleep(0)
    return Response(200, b"".join(told), CONTENT_TYPE_LATEST)
