"""What a node says that it has, and pods that ask for it.

recorded: /answers of a v1.36.2 API server, `kubectl get node n1 -o yaml`.
"""

import json

import pytest

from clustersim import Cluster, Command
from tests.model.reports.typed import ALL, at, create, empty, rows, typed

DISK = (
    "metadata: {name: p}\nspec: {containers: [{name: c, image: x, resources: {%s: {ephemeral-storage: %s}}}]}"
)


def test_pods_that_ask_for_disk_find_it_on_nodes_of_today() -> None:
    """What cloud providers' manifests ask for (aws-vpc-cni, GKE Autopilot)."""
    cluster = empty("v1.36")
    create(cluster, "Pod", DISK % ("requests", "10Gi"))
    at(cluster, "10s")
    assert "Running" in typed(cluster, "kubectl get pod p")
    told = typed(cluster, "kubectl describe node n1").splitlines()
    assert [line.split() for line in told if "ephemeral-storage" in line] == [
        ["ephemeral-storage:", "100Gi"],
        ["ephemeral-storage:", "96636764000"],
        ["ephemeral-storage", "10Gi", "(11%)", "0", "(0%)"],
    ]


def test_more_disk_than_a_node_has_leaves_a_pod_pending() -> None:
    cluster = empty("v1.36")
    create(cluster, "Pod", DISK % ("limits", "101Gi"))
    at(cluster, "5s")
    assert "0/1 nodes are available: 1 Insufficient ephemeral-storage." in typed(
        cluster, "kubectl get events"
    )


@ALL
def test_a_node_tells_where_its_kubelet_listens_and_today_nothing_of_its_proxy(release: str) -> None:
    cluster = empty(release)
    path = "{.status.daemonEndpoints.kubeletEndpoint.Port} {.status.nodeInfo.kubeProxyVersion}"
    told = typed(cluster, f"kubectl get node n1 -o jsonpath='{path}'")
    assert (
        told.split()
        == {"v1.7": ["10250", "v1.7.5"], "v1.8": ["10250", "v1.8.0"], "v1.36": ["10250"]}[release]
    )


@pytest.mark.parametrize(("release", "count"), [("v1.8", 0), ("v1.36", 4)])
def test_a_node_of_today_declares_features(release: str, count: int) -> None:
    told = typed(empty(release), "kubectl get node n1 -o jsonpath='{.status.declaredFeatures[*]}'")
    assert len(told.split()) == count


def with_dongles(release: str) -> Cluster:
    """website task "Advertise Extended Resources for a Node": its status says that it has four dongles."""
    cluster = empty(release)
    patch = [{"op": "add", "path": "/status/capacity/example.com~1dongle", "value": "4"}]
    arguments = {
        "verb": "patch", "api_version": "v1", "resource": "nodes", "name": "n1", "subresource": "status",
        "patch_type": "json", "body": json.dumps(patch),
    }  # fmt: skip
    cluster.apply(Command("api-request", "nodes/n1", arguments))
    at(cluster, "6m")
    return cluster


def asking(cluster: Cluster, name: str, count: int) -> None:
    asked = (
        f"resources: {{requests: {{example.com/dongle: {count}}}, limits: {{example.com/dongle: {count}}}}}"
    )
    create(
        cluster, "Pod", f"metadata: {{name: {name}}}\nspec: {{containers: [{{name: c, image: x, {asked}}}]}}"
    )


@ALL
def test_a_kubelet_keeps_what_was_made_known_of_its_node(release: str) -> None:
    cluster = with_dongles(release)
    where = "-o jsonpath='{.status.capacity.example\\.com/dongle} {.status.allocatable.example\\.com/dongle}'"
    assert typed(cluster, f"kubectl get node n1 {where}") == "4 4"


@ALL
def test_dongles_are_given_out_once_and_v1_7_counts_none(release: str) -> None:
    cluster = with_dongles(release)
    asking(cluster, "first", 3)
    asking(cluster, "second", 2)
    at(cluster, "6m20s")
    states = {row[0]: row[2] for row in rows(typed(cluster, "kubectl get pods"))}
    second = "Running" if release == "v1.7" else "Pending"
    assert states == {"first": "Running", "second": second}
    short = "Insufficient example.com/dongle" in typed(cluster, "kubectl get events")
    assert short is (release != "v1.7")
    if release == "v1.36":
        told = [line.split() for line in typed(cluster, "kubectl describe node n1").splitlines()]
        assert ["example.com/dongle", "3", "3"] in told
