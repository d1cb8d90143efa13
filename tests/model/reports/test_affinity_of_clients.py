"""Services whose clients stay with their pod."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed

WEB = """
manifests:
- |
  apiVersion: v1
  kind: Service
  metadata: {{name: web}}
  spec: {{sessionAffinity: ClientIP, selector: {{a: b}}, ports: [{{port: 80}}]}}
  ---
  apiVersion: {version}
  kind: Deployment
  metadata: {{name: web}}
  spec:
    replicas: 3
    selector: {{matchLabels: {{a: b}}}}
    template:
      metadata: {{labels: {{a: b}}}}
      spec: {{containers: [{{name: a, image: nginx, ports: [{{containerPort: 80}}]}}]}}
"""


def with_client(release: str, more: str = "") -> Cluster:
    """Three pods behind a Service that a client calls by one node, five times a second."""
    version = "apps/v1" if release == "v1.36" else "extensions/v1beta1"
    cluster = cluster_of(
        f"release: {release}\nnodes: 2\nobjects: []\n{more}{WEB.format(version=version)}"
        "clients: [{name: c, service: web, node: n1, every: 200ms}]\n"
    )
    at(cluster, "20s")
    return cluster


def called(cluster: Cluster) -> list[str]:
    """The pods that the newest requests reached, in order."""
    recent = cluster.process("client", "c").state.recent
    return list(dict.fromkeys(request.pod for request in list(recent)[-20:]))


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_client_stays_with_its_pod_until_that_is_gone(release: str) -> None:
    # https://github.com/kubernetes/kubernetes/issues/35677, /issues/110302
    cluster = with_client(release)
    (first,) = called(cluster)
    at(cluster, "10m")
    assert called(cluster) == [first]
    typed(cluster, f"kubectl delete pod {first}")
    at(cluster, "11m")
    (second,) = called(cluster)
    assert second != first


@pytest.mark.parametrize(("release", "comment"), [("v1.7", "default/web:"), ("v1.36", "default/web -> 10.")])
def test_iptables_remember_who_came_for_three_hours(release: str, comment: str) -> None:
    cluster = with_client(release)
    saved = typed(cluster, "sudo iptables-save -t nat | grep default/web", "n1").splitlines()
    checks = [line for line in saved if "--rcheck --seconds 10800 --reap --name KUBE-SEP-" in line]
    sets = [line for line in saved if "-m recent --set --name KUBE-SEP-" in line and "-j DNAT" in line]
    assert (len(checks), len(sets)) == (3, 3)
    assert all(comment in line for line in checks)


def test_nftables_keep_a_set_for_each_endpoint() -> None:
    cluster = with_client("v1.36", "flags: {kube-proxy: {proxy-mode: nftables}}\n")
    told = typed(cluster, "sudo nft list ruleset", "n1")
    assert told.count("flags dynamic,timeout") == 3
    assert told.count("\t\ttimeout 3h") == 3
    assert told.count("update @affinity-") == 3
    assert len(called(cluster)) == 1


def test_without_affinity_a_client_reaches_every_pod() -> None:
    cluster = with_client("v1.7")
    typed(cluster, 'kubectl patch svc web -p \'{"spec":{"sessionAffinity":"None"}}\'')
    at(cluster, "40s")
    assert len(called(cluster)) == 3
    assert len(rows(typed(cluster, "kubectl get pods"))) == 3
