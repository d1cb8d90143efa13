"""kubectl top, and the add-ons it asks."""

import pytest

from clustersim import Cluster, default_scenario, load_scenario, seconds
from clustersim.console import Answer, run

ADDON = {"v1.7": "heapster", "v1.8": "heapster", "v1.36": "metrics-server"}
ABSENT = {
    "v1.7": "Error from server (NotFound): the server could not find the requested resource "
    "(get services http:heapster:)",
    "v1.36": "error: Metrics API not available",
}
HEADS = {
    "v1.7": ["NAME", "CPU(cores)", "CPU%", "MEMORY(bytes)", "MEMORY%"],
    "v1.36": ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"],
}


def do(cluster: Cluster, line: str, where: str = "") -> Answer:
    answer = run(cluster, line, where)
    for command in answer.commands:
        cluster.apply(command)
    return answer


def measured(release: str) -> Cluster:
    cluster = Cluster(load_scenario(f"release: {release}\naddons: [{ADDON[release]}]\n"))
    cluster.run_until(seconds(180))
    return cluster


@pytest.mark.parametrize("release", ABSENT)
def test_top_without_its_addon_says_what_the_release_says(release: str) -> None:
    answer = run(Cluster(default_scenario(release)), "kubectl top node")
    assert (answer.ok, answer.text) == (False, ABSENT[release])


@pytest.mark.parametrize("release", HEADS)
def test_top_node_shows_what_containers_take(release: str) -> None:
    lines = do(measured(release), "kubectl top node").text.splitlines()
    assert lines[0].split() == HEADS[release]
    assert [line.split()[0] for line in lines[1:]] == ["n1", "n2", "n3"]
    assert all(line.split()[3].endswith("Mi") for line in lines[1:])


@pytest.mark.parametrize("release", ADDON)
def test_an_addon_applied_later_measures_after_a_while(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    cluster.run_until(seconds(1))
    do(cluster, f"kubectl apply -f {ADDON[release]}.yaml")
    cluster.run_until(seconds(3))
    assert not do(cluster, "kubectl top pod").ok
    cluster.run_until(seconds(200))
    assert "tomcat" in do(cluster, "kubectl top pod").text


def test_metrics_server_comes_from_where_it_is_published() -> None:
    cluster = Cluster(default_scenario("v1.36"))
    url = "https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml"
    assert "deployment.apps/metrics-server created" in do(cluster, f"kubectl apply -f {url}").text


def test_a_node_whose_kubelet_is_away_is_unknown_today_and_left_out_before() -> None:
    for release, told in (("v1.36", True), ("v1.7", False)):
        cluster = measured(release)
        pods = do(cluster, "kubectl get pods -n kube-system -o wide").text
        node = next(name for name in ("n1", "n2", "n3") if name not in pods)
        do(cluster, "systemctl stop kubelet", node)
        cluster.run_until(cluster.now + seconds(2))
        text = do(cluster, "kubectl top node").text
        assert (f"{node}     <unknown>" in text, node in text) == (told, told)


def test_top_fails_when_the_node_of_its_addon_is_gone() -> None:
    cluster = measured("v1.36")
    pods = do(cluster, "kubectl get pods -n kube-system -o wide").text
    node = next(name for name in ("n1", "n2", "n3") if name in pods)
    do(cluster, "poweroff", node)
    cluster.run_until(cluster.now + seconds(1))
    assert do(cluster, "kubectl top node").text == (
        "Error from server (ServiceUnavailable): the server is currently unable to handle the request "
        "(get nodes.metrics.k8s.io)"
    )


def test_the_sum_stands_below_a_line() -> None:
    lines = do(measured("v1.36"), "kubectl top pod --sum").text.splitlines()
    assert lines[-2].split() == ["________", "________"]
    assert lines[-1].split() == ["4m", "32Mi"]
