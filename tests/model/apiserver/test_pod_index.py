"""Lists of one node's pods come from an index that follows the store."""

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import SECOND


def _by_looking(cluster: Cluster, node: str) -> list[str]:
    return sorted(key for key, pod in cluster.objects("pods").items() if pod.spec.node_name == node)


def test_the_index_names_the_pods_that_a_look_at_all_finds() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    nodes = ["", *cluster.objects("nodes")]
    assert [sorted(cluster.world.apiserver.pods_on(node)) for node in nodes] == [
        _by_looking(cluster, node) for node in nodes
    ]
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 7}))
    cluster.apply(Command("stop-kubelet", "n1"))
    for _ in range(40):
        cluster.run_until(cluster.now + 10 * SECOND)
        assert [sorted(cluster.world.apiserver.pods_on(node)) for node in nodes] == [
            _by_looking(cluster, node) for node in nodes
        ]
