"""A firewall between a node and the control plane: what one side opens gets nowhere, the other goes on."""

from clustersim import Cluster
from clustersim.console import run

from .other_runs import EVERY, Run, do


def logs(cluster: Cluster, node: str) -> str:
    """What kubectl logs says of a pod of that node."""
    pods = cluster.objects("pods").values()
    name = next(pod.metadata.name for pod in pods if pod.spec.node_name == node)
    return run(cluster, f"kubectl logs {name}").text


@EVERY
def test_a_kubelet_that_cannot_be_reached_is_ready_and_has_no_logs(release: str) -> None:
    node = Run(release, until=100.0).cutting("to-kubelet")
    cut = do(1, "cut-network", node.lost)
    assert node.of(cut).keys() <= {"placement-settled"}
    cluster = node.cluster(cut)
    assert ":10250" in logs(cluster, node.lost)
    assert logs(cluster, node.lost).endswith("i/o timeout")
    assert "timed out" in run(cluster, f"curl https://{node.lost}:10250/healthz").text
    healed = node.cluster(cut, do(50, "heal-network", node.lost))
    assert "timeout" not in logs(healed, node.lost)


@EVERY
def test_a_node_that_cannot_reach_the_api_server_is_lost_and_has_logs(release: str) -> None:
    node = Run(release, until=100.0)
    cut = do(1, "cut-network", node.lost)
    whole, told = node.of(cut), logs(node.cluster(cut), node.lost)
    assert told.endswith("i/o timeout")
    one_way = Run(release, until=100.0).cutting("to-apiserver")
    assert one_way.of(cut) == whole
    assert "node-not-ready" in whole
    assert "timeout" not in logs(one_way.cluster(cut), node.lost)


@EVERY
def test_what_was_cut_in_one_direction_is_healed_like_any_cut(release: str) -> None:
    node = Run(release, until=260.0)
    actions = do(1, "cut-network", node.lost), do(90, "heal-network", node.lost)
    whole = node.of(*actions)
    assert node.cutting("to-apiserver").of(*actions) == whole
    assert "node-ready-again" in whole
