"""What nodes say that they offer, as clients write it."""

import pytest

from clustersim import seconds
from tests.model.reports.typed import cluster_of, typed

NODE = """\
apiVersion: v1
kind: Node
metadata: {name: fake, labels: {type: fake}}
status:
  conditions: [{type: Ready, status: "True", reason: KubeletReady, message: posting}]
  allocatable: {cpu: 1k, memory: 1Ti, pods: PODS}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeSelector: {type: fake}
  containers: [{name: web, image: nginx}]
"""


@pytest.mark.parametrize(
    ("release", "pods", "node"), [("v1.36", "1M", "fake"), ("v1.8", "2k", "fake"), ("v1.36", "0", "<none>")]
)
def test_a_number_of_pods_is_a_quantity_like_any_other(release: str, pods: str, node: str) -> None:
    """KWOK says that its nodes take 1M."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    cluster.run_until(seconds(5))
    typed(cluster, f"kubectl create -f -\n{NODE.replace('PODS', pods)}")
    typed(cluster, f"kubectl create -f -\n{POD}")
    cluster.run_until(seconds(8))
    assert typed(cluster, "kubectl get pod web -o wide").split("\n")[1].split()[6] == node
