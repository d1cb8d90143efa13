"""What is asked by path: kubelets, pods and Services through the API server, lists by selectors."""

import json

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, cluster_of, typed

WORLD = """\
nodes: 2
objects:
- {kind: Deployment, name: web, containers: [{name: a, image: nginx, port: 80}]}
- {kind: Service, name: web, port: 80, target_port: 80}
placement: {web: {n1: 1}}
"""


def world(release: str) -> Cluster:
    return cluster_of(f"release: {release}\n{WORLD}")


def raw(cluster: Cluster, path: str) -> str:
    return typed(cluster, f"kubectl get --raw '/api/v1/{path}'")


@ALL
def test_a_kubelet_is_asked_through_the_api_server(release: str) -> None:
    cluster = world(release)
    assert raw(cluster, "nodes/n1/proxy/healthz") == "ok"
    summary = json.loads(raw(cluster, "nodes/n1/proxy/stats/summary"))
    assert (summary["node"]["nodeName"], len(summary["pods"])) == ("n1", 1)
    assert len(json.loads(raw(cluster, "nodes/n1/proxy/pods"))["items"]) == 1
    if release == "v1.36":
        told = json.loads(raw(cluster, "nodes/n1/proxy/configz"))["kubeletconfig"]
        assert (told["evictionHard"]["memory.available"], told["failSwapOn"]) == ("100Mi", True)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("nodes/none/proxy/healthz", 'Error from server (NotFound): nodes "none" not found'),
        (
            "nodes/n1/proxy/none",
            "Error from server (NotFound): the server could not find the requested resource",
        ),
        ("nodes/n1:1/proxy/healthz", "dial tcp 10.0.0.11:1: connect: connection refused"),
        (
            "namespaces/default/services/none/proxy/",
            'Error from server (NotFound): services "none" not found',
        ),
        ("namespaces/default/services/web:81/proxy/", 'no service port 81 found for service "web"'),
    ],
)
def test_what_is_not_there_is_told_in_the_words_of_the_server(path: str, why: str) -> None:
    assert why in raw(world("v1.36"), path)


@ALL
def test_a_kubelet_that_is_stopped_and_one_without_power_are_not_reached(release: str) -> None:
    cluster = world(release)
    typed(cluster, "systemctl stop kubelet", "n1")
    typed(cluster, "poweroff", "n2")
    at(cluster, "5s")
    head = "Error from server (ServiceUnavailable): error trying to reach service: dial tcp"
    assert raw(cluster, "nodes/n1/proxy/healthz") == f"{head} 10.0.0.11:10250: connect: connection refused"
    assert raw(cluster, "nodes/n2/proxy/healthz") == f"{head} 10.0.0.12:10250: i/o timeout"


@ALL
def test_a_program_answers_through_the_proxy_of_its_pod_and_of_its_service(release: str) -> None:
    cluster = world(release)
    pod = typed(cluster, "kubectl get pods -o jsonpath='{.items[0].metadata.name}'")
    for way in (f"pods/{pod}", f"pods/{pod}:80", "services/web:80", "services/http:web:80"):
        assert "Welcome to nginx!" in raw(cluster, f"namespaces/default/{way}/proxy/")


@ALL
def test_lists_by_path_heed_selectors_and_say_their_version(release: str) -> None:
    cluster = world(release)
    found = json.loads(raw(cluster, "pods?labelSelector=app%3Dweb"))
    assert [one["spec"]["nodeName"] for one in found["items"]] == ["n1"]
    assert found["metadata"]["resourceVersion"]
    assert json.loads(raw(cluster, "pods?fieldSelector=spec.nodeName%3Dn2"))["items"] == []
    assert list(json.loads(raw(cluster, "nodes/n1")))[:3] == ["kind", "apiVersion", "metadata"]
