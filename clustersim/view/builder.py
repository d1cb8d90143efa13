"""Builds the view of a cluster."""

from clustersim.api.core_v1 import Pod
from clustersim.cluster import Cluster
from clustersim.view.control import control_items, deadline_items
from clustersim.view.nodes import node_item
from clustersim.view.pods import pod_header
from clustersim.view.structs import View
from clustersim.view.workloads import service_items, workload_items


def build_view(cluster: Cluster) -> View:
    """What the page shows of the cluster now. Looks at everything and changes nothing."""
    now, release = cluster.now, cluster.world.release
    by_node: dict[str, list[Pod]] = {name: [] for name in cluster.machines}
    for pod in cluster.objects("pods").values():
        if pod.spec.node_name in by_node:
            by_node[pod.spec.node_name].append(pod)
    nodes = {
        name: node_item(cluster, machine, by_node[name], now, release.name)
        for name, machine in cluster.machines.items()
    }
    return View(
        release=release.name,
        version=release.version,
        scenario=cluster.scenario.name,
        pod_header=pod_header(release.name),
        control=control_items(cluster),
        nodes=nodes,
        deadlines=deadline_items(cluster, {name: node.ready for name, node in nodes.items()}),
        workloads=workload_items(cluster, now, release.name),
        services=service_items(cluster),
    )
