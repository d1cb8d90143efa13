"""Names within the cluster, and traffic that stays on its node: what people asked about."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed

VERSIONS = {"v1.7": "apps/v1beta1", "v1.8": "apps/v1beta2", "v1.36": "apps/v1"}
OBJECT = """kubectl create -f -
apiVersion: {version}
kind: {kind}
metadata: {{name: web}}
spec:
  replicas: {replicas}
  {more}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: a, image: 'web:1.13'}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{{service}, ports: [{{port: 80{port}}}], selector: {{app: web}}}}
"""


def made(release: str, kind: str, service: str, port: str = "", more: str = "", replicas: int = 1) -> Cluster:
    """A workload and its Service on three nodes, 20 s old."""
    cluster = cluster_of(f"release: {release}\nnodes: 3\nobjects: []\n")
    manifest = OBJECT.format(
        version=VERSIONS[release], kind=kind, replicas=replicas, more=more, service=service, port=port
    )
    typed(cluster, manifest)
    at(cluster, "20s")
    return cluster


def nodes(cluster: Cluster) -> tuple[str, list[str]]:
    """The node of the only pod, and the others."""
    here = rows(typed(cluster, "kubectl get pods -o wide"))[0][6]
    return here, [name for name in ("n1", "n2", "n3") if name != here]


@pytest.mark.parametrize("release", VERSIONS)
def test_each_pod_of_a_stateful_set_has_a_name_of_its_own(release: str) -> None:
    """https://kubernetes.io/docs/tutorials/stateful-application/basic-stateful-set/#using-stable-network-ids"""
    cluster = made(release, "StatefulSet", "clusterIP: None", more="serviceName: web", replicas=2)
    typed(cluster, "kubectl run box --image=busybox --restart=Never -- sleep 3600")
    at(cluster, "40s")
    address = typed(cluster, "kubectl get pod web-1 -o jsonpath='{.status.podIP}'")
    told = f"{address} web-1.web.default.svc.cluster.local"
    for name in ("web-1.web", "web-1.web.default", "web-1.web.default.svc.cluster.local"):
        assert typed(cluster, f"kubectl exec box -- nslookup {name}").endswith(f"Address 1: {told}")
    assert told in typed(cluster, "kubectl exec box -- nslookup web")
    assert typed(cluster, "kubectl exec web-0 -- hostname -f") == "web-0.web.default.svc.cluster.local"
    assert "web-0.web.default.svc.cluster.local" in typed(cluster, "kubectl exec web-0 -- cat /etc/hosts")
    assert typed(cluster, "kubectl exec box -- nslookup web-2.web").endswith("can't resolve 'web-2.web'")


LOCAL = "type: NodePort, externalTrafficPolicy: Local"


@pytest.mark.parametrize("release", VERSIONS)
def test_with_a_local_policy_only_nodes_with_a_pod_answer(release: str) -> None:
    """https://kubernetes.io/docs/tutorials/services/source-ip/: elsewhere packets are dropped."""
    cluster = made(release, "Deployment", LOCAL, port=", nodePort: 30080")
    here, others = nodes(cluster)
    assert typed(cluster, f"curl -s {here}:30080").startswith("web-")
    for name in others:
        assert "Connection timed out" in typed(cluster, f"curl -s {name}:30080")
    told = typed(cluster, "iptables-save", others[0])
    assert "has no local endpoints" in told
    assert "has no local endpoints" not in typed(cluster, "iptables-save", here)


@pytest.mark.parametrize(("release", "answered"), [("v1.7", False), ("v1.8", False), ("v1.36", True)])
def test_a_node_itself_reaches_pods_elsewhere_through_its_port_only_today(
    release: str, answered: bool
) -> None:
    """kk#75262"""
    cluster = made(release, "Deployment", LOCAL, port=", nodePort: 30080")
    _here, others = nodes(cluster)
    told = typed(cluster, f"curl -s {others[0]}:30080", others[0])
    assert told.startswith("web-") is answered


def test_traffic_within_may_stay_on_its_node() -> None:
    """https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/"""
    cluster = made("v1.36", "Deployment", "internalTrafficPolicy: Local, clusterIP: 10.0.0.9")
    here, others = nodes(cluster)
    assert typed(cluster, "curl 10.0.0.9", here).startswith("web-")
    assert "Connection timed out" in typed(cluster, "curl 10.0.0.9", others[0])
