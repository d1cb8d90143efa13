"""The API server's own Service: what it is in each release, and how the server keeps it."""

import pytest

from clustersim import Cluster, default_scenario, seconds
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.apiserver.kubernetes_service import KEY
from clustersim.console import run
from clustersim.view import build_view

RELEASES = ("v1.7", "v1.8", "v1.36")


@pytest.fixture(scope="module", params=RELEASES)
def standing(request: pytest.FixtureRequest) -> Cluster:
    """Only looked at."""
    return Cluster(default_scenario(request.param))


@pytest.fixture
def cluster(standing: Cluster) -> Cluster:
    return Cluster.restore(standing.snapshot())


def column(cluster: Cluster, line: str, title: str) -> list[str]:
    lines = run(cluster, line).text.splitlines()
    head, *rows = [line for line in lines if not line.startswith("Warning: ")]
    at = head.split().index(title)
    return [row.split()[at] for row in rows]


def ask(cluster: Cluster, request: Request) -> None:
    """Somebody else asks the API server."""
    assert cluster.world.apiserver.handle(request, "kubectl").status == 200


def test_it_has_the_first_address_of_the_range_and_leads_to_the_server(standing: Cluster) -> None:
    assert column(standing, "kubectl get svc", "NAME") == ["kubernetes", "mysql", "tomcat"]
    assert column(standing, "kubectl get svc", "CLUSTER-IP")[0] == "10.0.0.1"
    assert column(standing, "kubectl get svc", "PORT(S)")[0] == "443/TCP"
    assert column(standing, "kubectl get ep", "ENDPOINTS")[0] == "10.0.0.1:6443"
    labels = standing.object("services", KEY).metadata.labels
    assert labels == {"component": "apiserver", "provider": "kubernetes"}


def test_a_client_stays_with_its_server_up_to_v1_8_and_slices_are_written_today(standing: Cluster) -> None:
    affinity = standing.object("services", KEY).spec.session_affinity
    slices = [one.metadata.name for one in standing.objects("endpointslices").values()]
    today = standing.release == "v1.36"
    assert (affinity, slices.count("kubernetes")) == (("None", 1) if today else ("ClientIP", 0))
    assert not [name for name in slices if name.startswith("kubernetes-")], "nobody mirrors its Endpoints"


def test_it_is_no_service_of_the_stage(standing: Cluster) -> None:
    assert list(build_view(standing).services) == ["default/mysql", "default/tomcat"]


def test_nodes_reach_the_server_by_its_address_while_it_serves(cluster: Cluster) -> None:
    asked = "curl -k https://10.0.0.1/version"
    assert '"gitVersion"' in run(cluster, asked, "n1").text
    assert not run(cluster, asked, "master").ok, "no kube-proxy runs there"
    cluster.process("apiserver").kill()
    assert "port 443: Connection refused" in run(cluster, asked, "n1").text


def test_pods_of_every_namespace_are_told_its_address(cluster: Cluster) -> None:
    head = "kubectl create -f -\napiVersion: v1\n"
    pod = "kind: Pod\nmetadata: {name: p, namespace: other}\nspec: {containers: [{name: c, image: nginx}]}\n"
    for manifest in ("kind: Namespace\nmetadata: {name: other}\n", pod):
        for command in run(cluster, head + manifest).commands:
            cluster.apply(command)
    cluster.run_until(seconds(60))
    told = run(cluster, "kubectl exec -n other p -- env").text.splitlines()
    assert {"KUBERNETES_SERVICE_HOST=10.0.0.1", "KUBERNETES_SERVICE_PORT=443"} <= set(told)
    assert not [line for line in told if line.startswith("MYSQL")]


def test_what_is_deleted_is_there_again_by_the_next_pass_ten_seconds_apart(cluster: Cluster) -> None:
    ask(cluster, Request("delete", "services", "default", "kubernetes"))
    ask(cluster, Request("delete", "endpoints", "default", "kubernetes"))
    cluster.run_until(seconds(4.9))
    assert cluster.object("services", KEY) is None
    cluster.run_until(seconds(5.1))
    assert cluster.object("services", KEY).spec.cluster_ip == "10.0.0.1"
    assert cluster.object("endpoints", KEY).subsets[0].addresses[0].ip == "10.0.0.1"


def test_addresses_are_put_right_and_ports_left_as_they_are_until_a_start(cluster: Cluster) -> None:
    found = cluster.object("endpoints", KEY)
    (subset,) = found.subsets
    other = replace(
        subset,
        addresses=(replace(subset.addresses[0], ip="192.0.2.1"),),
        ports=(replace(subset.ports[0], port=1234),),
    )
    ask(cluster, Request("update", "endpoints", "default", "kubernetes", replace(found, subsets=(other,))))
    cluster.run_until(seconds(11))
    assert column(cluster, "kubectl get ep", "ENDPOINTS")[0] == "10.0.0.1:1234"
    cluster.process("apiserver").kill()
    cluster.process("apiserver").start()
    cluster.run_until(seconds(30))
    port = "1234" if cluster.release == "v1.36" else "6443"
    assert column(cluster, "kubectl get ep", "ENDPOINTS")[0] == f"10.0.0.1:{port}"


def test_what_cannot_be_made_is_tried_again_by_every_pass(cluster: Cluster) -> None:
    ask(cluster, Request("delete", "services", "default", "kubernetes"))
    mysql = cluster.object("services", "default/mysql")
    thief = replace(
        mysql,
        metadata=replace(mysql.metadata, name="thief", resource_version=""),
        spec=replace(mysql.spec, cluster_ip="10.0.0.1", cluster_ips=()),
    )
    request = Request("create", "services", "default", "thief", thief)
    assert cluster.world.apiserver.handle(request, "kubectl").status == 201
    cluster.run_until(seconds(20))
    assert cluster.object("services", KEY) is None
    ask(cluster, Request("delete", "services", "default", "thief"))
    cluster.run_until(seconds(26))
    assert cluster.object("services", KEY) is not None


def test_a_restart_writes_nothing_that_is_right(cluster: Cluster) -> None:
    cluster.run_until(seconds(30))
    before = [cluster.object(resource, KEY) for resource in ("services", "endpoints", "endpointslices")]
    cluster.process("apiserver").kill()
    cluster.process("apiserver").start()
    cluster.run_until(seconds(60))
    assert before == [
        cluster.object(resource, KEY) for resource in ("services", "endpoints", "endpointslices")
    ]
