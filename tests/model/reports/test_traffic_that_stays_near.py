"""Services whose traffic stays in a zone or on a node: what slices say, and where requests go."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, typed

NODES = """nodes:
- {name: n1, labels: {topology.kubernetes.io/zone: a}}
- {name: n2, labels: {topology.kubernetes.io/zone: a}}
- {name: n3, labels: {topology.kubernetes.io/zone: b}}
"""

POD = """- |
  apiVersion: v1
  kind: Pod
  metadata: {{name: {name}, labels: {{app: web}}}}
  spec: {{nodeName: {node}, containers: [{{name: a, image: nginx, ports: [{{containerPort: 80}}]}}]}}
"""


def with_client(spec: str, annotations: str = "") -> Cluster:
    """A pod on every node, and a client on n1 that calls ten times a second."""
    pods = "".join(POD.format(name=f"web-{node}", node=node) for node in ("n1", "n2", "n3"))
    cluster = cluster_of(
        f"release: v1.36\n{NODES}objects: []\nmanifests:\n{pods}- |\n  apiVersion: v1\n  kind: Service\n"
        f"  metadata: {{name: web{annotations}}}\n"
        f"  spec: {{selector: {{app: web}}, ports: [{{port: 80}}]{spec}}}\n"
        "clients: [{name: c, service: web, node: n1, every: 100ms}]\n"
    )
    at(cluster, "20s")
    return cluster


def called(cluster: Cluster) -> set[str]:
    recent = cluster.process("client", "c").state.recent
    return {request.pod for request in list(recent)[-40:]}


@pytest.mark.parametrize(
    ("spec", "reached"),
    [
        ("", {"web-n1", "web-n2", "web-n3"}),
        (", trafficDistribution: PreferClose", {"web-n1", "web-n2"}),
        (", trafficDistribution: PreferSameZone", {"web-n1", "web-n2"}),
        (", trafficDistribution: PreferSameNode", {"web-n1"}),
        (", internalTrafficPolicy: Local", {"web-n1"}),
    ],
)
def test_requests_go_where_the_service_prefers(spec: str, reached: set[str]) -> None:
    assert called(with_client(spec)) == reached


def test_who_is_not_there_is_made_up_for_by_the_zone_and_then_by_all() -> None:
    cluster = with_client(", trafficDistribution: PreferSameNode")
    typed(cluster, "kubectl delete pod web-n1 --now")
    at(cluster, "40s")
    assert called(cluster) == {"web-n2"}
    typed(cluster, "kubectl delete pod web-n2 --now")
    at(cluster, "60s")
    assert called(cluster) == {"web-n3"}


def test_a_node_that_moves_uses_the_endpoints_of_its_new_zone() -> None:
    cluster = with_client(", trafficDistribution: PreferSameZone")
    typed(cluster, "kubectl label node n1 topology.kubernetes.io/zone=b --overwrite")
    at(cluster, "40s")
    assert called(cluster) == {"web-n3"}


def test_what_is_preferred_is_shown_and_said_of_endpoints() -> None:
    cluster = with_client(", trafficDistribution: PreferSameNode")
    assert "Traffic Distribution:     PreferSameNode" in typed(cluster, "kubectl describe service web")
    printed = typed(cluster, "kubectl get endpointslices -l kubernetes.io/service-name=web -o yaml")
    assert "forNodes:" in printed
    assert "forZones:" in printed


def test_a_wrong_preference_is_refused() -> None:
    cluster = with_client("")
    told = typed(cluster, """kubectl patch service web -p '{"spec": {"trafficDistribution": "Near"}}'""")
    assert (
        'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", '
        '"PreferSameNode", "PreferSameZone"'
    ) in told


def test_topology_mode_gives_zones_endpoints_as_they_have_cpu() -> None:
    cluster = with_client("", ", annotations: {service.kubernetes.io/topology-mode: Auto}")
    assert "Topology Aware Hints has been enabled, addressType: IPv4" in typed(
        cluster, "kubectl describe service web"
    )
    assert called(cluster) == {"web-n1", "web-n2"}
