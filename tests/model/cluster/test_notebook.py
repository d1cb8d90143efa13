"""What a notebook shows of a cluster."""

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import SECOND


def test_a_notebook_shows_belief_beside_reality() -> None:
    cluster = Cluster(default_scenario())
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(60 * SECOND)
    shown = cluster._repr_html_()
    assert "<th>n1<td>NotReady<td>1<td>1" in shown
    assert "<th>n2<td>Ready" in shown
    assert "three-nodes · v1.7.5 · t = 60.0 s" in shown
