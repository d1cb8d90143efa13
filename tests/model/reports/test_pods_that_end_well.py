"""Pods that their kubelet ends and whose containers end with 0 on SIGTERM: what people reported."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, create, typed

STATUS = "kubectl get pod p -o jsonpath='{.status.phase}/{.status.reason}/{.status.message}'"


def running(image: str = "nginx") -> Cluster:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    container = f"{{name: a, image: {image}, resources: {{requests: {{cpu: 600m}}}}}}"
    create(cluster, "Pod", f"metadata: {{name: p}}\nspec: {{containers: [{container}]}}")
    at(cluster, "10s")
    return cluster


@pytest.mark.parametrize(
    ("image", "status", "column"),
    [("nginx", "Succeeded//", "Completed"), ("tomcat", "Failed/Evicted/The node was low", "Error")],
)
def test_an_evicted_pod_whose_containers_end_well_succeeded_without_any_reason(
    image: str, status: str, column: str
) -> None:
    """https://github.com/kubernetes/kubernetes/issues/118310, /issues/141483: only the Event, and where the
    node was short of something a condition, tell of it."""
    cluster = running(image)
    typed(cluster, "stress --vm 1 --vm-bytes 1990M", "n1")
    at(cluster, "40s")
    assert typed(cluster, STATUS).startswith(status)
    assert column in typed(cluster, "kubectl get pods")
    assert "Evicted" in typed(cluster, "kubectl get events")
    target = "kubectl get pod p -o jsonpath='{.status.conditions[?(@.type==\"DisruptionTarget\")].reason}'"
    assert typed(cluster, target) == "TerminationByKubelet"


def test_a_pod_that_a_kubelet_no_longer_takes_in_has_failed_however_its_containers_end() -> None:
    """The phase in the API server stays; what was said of it belonged to the one before (v1.36 pkg/kubelet
    kubelet_pods.go generateAPIPodStatus)."""
    cluster = running()
    typed(cluster, "echo 'systemReserved: {cpu: 1500m}' >> /var/lib/kubelet/config.yaml", "n1")
    typed(cluster, "systemctl restart kubelet", "n1")
    at(cluster, "20s")
    assert "OutOfcpu" in typed(cluster, "kubectl get events")
    assert typed(cluster, STATUS) == "Failed//"
