"""Nodes that are lost, tainted or deleted: what people reported, and what e2e tests expect.

kk: github.com/kubernetes/kubernetes.
"""

import pytest

from clustersim import Cluster, Command, seconds
from clustersim.api.timestamp import micros
from tests.model.reports.typed import at, cluster_of, rows, typed

TOLERATIONS = {
    "no": "",
    "yes": "tolerations: [{key: k, operator: Equal, value: v, effect: NoExecute}], ",
    "short": "tolerations: [{key: k, operator: Equal, value: v, effect: NoExecute, tolerationSeconds: 30}], ",
    "long": "tolerations: [{key: k, operator: Equal, value: v, effect: NoExecute, tolerationSeconds: 120}], ",
}


def with_pods(release: str) -> Cluster:
    """A node with a pod for each of these tolerations."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    for name, told in TOLERATIONS.items():
        typed(
            cluster,
            f"kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {{name: '{name}'}}\n"
            f"spec: {{{told}containers: [{{name: a, image: nginx}}]}}\n",
        )
    at(cluster, "20s")
    return cluster


def wide(cluster: Cluster) -> list[list[str]]:
    return rows(typed(cluster, "kubectl get pods -o wide"))


def names(cluster: Cluster) -> set[str]:
    return {row[0] for row in wide(cluster)}


def test_a_taint_evicts_those_who_do_not_tolerate_it_or_not_for_long() -> None:
    """test/e2e/node/taints.go: "evicts pods from tainted nodes", "doesn't evict pod with tolerations",
    "eventually evict pod with finite tolerations"."""
    cluster = with_pods("v1.36")
    typed(cluster, "kubectl taint nodes n1 k=v:NoExecute")
    at(cluster, "40s")
    assert names(cluster) == {"yes", "short", "long"}
    at(cluster, "60s")
    assert names(cluster) == {"yes", "long"}
    at(cluster, "160s")
    assert names(cluster) == {"yes"}


def test_a_taint_that_goes_in_time_evicts_nobody_more() -> None:
    """test/e2e/node/taints.go, "removing taint cancels eviction"."""
    cluster = with_pods("v1.36")
    typed(cluster, "kubectl taint nodes n1 k=v:NoExecute")
    at(cluster, "60s")
    typed(cluster, "kubectl taint nodes n1 k:NoExecute-")
    at(cluster, "5m")
    assert names(cluster) == {"yes", "long"}
    assert "Cancelling deletion of Pod default/long" in typed(cluster, "kubectl get events")


def test_the_out_of_service_taint_frees_a_stateful_pod_of_a_node_that_is_off() -> None:
    """kk#54368 and kk#55713 ask for it; website#33558 describes it: non-graceful node shutdown."""
    cluster = cluster_of(
        "release: v1.36\nnodes: 3\nobjects: [{kind: StatefulSet, name: web, replicas: 3}]\n"
        "actions: [{at: 0s, do: power-off, target: n2}]\n"
    )
    at(cluster, "20m")
    assert [row[2] for row in wide(cluster) if row[-3] == "n2"] == ["Terminating"]
    typed(cluster, "kubectl taint nodes n2 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute")
    at(cluster, "21m")
    assert {row[2] for row in wide(cluster)} == {"Running"}
    assert len(wide(cluster)) == 3


def test_pods_of_a_node_that_is_no_more_are_collected() -> None:
    """test/e2e/node/pod_gc.go and kk#20685: orphans go after the quarantine of 40 s."""
    cluster = cluster_of("release: v1.36\nnodes: 2\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: bare}\n"
        "spec: {nodeName: n2, containers: [{name: a, image: nginx}]}\n",
    )
    at(cluster, "10s")
    cluster.apply(Command("power-off", "n2"))
    typed(cluster, "kubectl delete node n2")
    at(cluster, "90s")
    assert names(cluster) == set()


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_restarts_of_components_lose_no_pod_and_make_none_twice(release: str) -> None:
    """test/e2e/apps/daemon_restart.go, its three cases in one."""
    restarts = "".join(
        f"- {{at: {time}s, do: {verb}-{what}{target}}}\n"
        for what, target, down, up in (
            ("controller-manager", "", 30, 60),
            ("scheduler", "", 80, 130),
            ("kubelet", ", target: n1", 150, 160),
        )
        for verb, time in (("stop", down), ("start", up))
    )
    cluster = cluster_of(
        f"release: {release}\nnodes: 3\nobjects: [{{kind: ReplicationController, name: r, replicas: 10}}]\n"
        f"actions:\n{restarts}"
    )
    before = names(cluster)
    at(cluster, "40s")
    typed(cluster, "kubectl scale rc r --replicas=12")
    at(cluster, "50s")
    assert names(cluster) == before
    at(cluster, "90s")
    assert len(names(cluster)) == 12
    typed(cluster, "kubectl scale rc r --replicas=14")
    at(cluster, "100s")
    assert [row[2] for row in wide(cluster)].count("Pending") == 2
    at(cluster, "4m")
    assert before <= names(cluster)
    assert [(row[2], row[3]) for row in wide(cluster)] == [("Running", "0")] * 14


def test_after_a_partition_the_stateful_pod_comes_back_and_the_replicated_one_goes() -> None:
    """v1.8 test/e2e/apps/network_partition.go, of ReplicationControllers and StatefulSets."""
    cluster = cluster_of(
        "release: v1.8\nnodes: 3\nobjects:\n- {kind: StatefulSet, name: web, replicas: 3}\n"
        "- {kind: ReplicationController, name: r, replicas: 3}\n"
        "actions: [{at: 10s, do: cut-network, target: n2}, {at: 10m, do: heal-network, target: n2}]\n"
    )
    at(cluster, "9m30s")
    assert {row[2] for row in wide(cluster) if row[6] == "n2"} == {"Unknown"}
    assert sum(row[0].startswith("web") for row in wide(cluster)) == 3
    assert sum(row[0].startswith("r-") for row in wide(cluster)) == 4
    at(cluster, "13m")
    assert [row[2] for row in wide(cluster)] == ["Running"] * 6
    [back] = [row for row in wide(cluster) if row[0].startswith("web") and row[6] == "n2"]
    assert back[3] == "0"


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_deployment_counts_a_pod_of_a_lost_node_as_gone_when_it_is_evicted(release: str) -> None:
    """kk#72226, comment of February 2019: two run, one is Terminating."""
    cluster = cluster_of(
        f"release: {release}\nnodes: 3\nobjects: [{{kind: Deployment, name: web, replicas: 3}}]\n"
    )
    cluster.apply(Command("power-off", "n1"))
    at(cluster, "10m")
    running = [row for row in wide(cluster) if row[2] == "Running"]
    assert len(running) == 3
    assert len(wide(cluster)) == 4
    cluster.apply(Command("power-on", "n1"))
    at(cluster, "15m")
    assert len(wide(cluster)) == 3


def test_an_endpoint_of_a_lost_node_is_not_ready_as_soon_as_the_node_is_unknown() -> None:
    """kk#55934: traffic leaves long before the pod does."""
    for release in ("v1.8", "v1.36"):
        cluster = cluster_of(f"release: {release}\nnodes: 3\n")
        cluster.apply(Command("power-off", "n1"))
        at(cluster, "70s")
        assert typed(cluster, "kubectl get ep tomcat").count(":8080") == 2
        assert {row[2] for row in wide(cluster)} == {"Running"}


@pytest.mark.parametrize(("release", "reason"), [("v1.7", "Error"), ("v1.8", "Error"), ("v1.36", "Unknown")])
def test_containers_that_ended_with_the_power_are_missed_when_their_daemon_is_back(
    release: str, reason: str
) -> None:
    """containerd internal/cri/server/restart.go: exit code 255, and the moment is that of the boot."""
    cluster = cluster_of(
        f"release: {release}\nnodes: 1\nobjects: [{{kind: Pod, name: p}}]\n"
        "actions: [{at: 10s, do: power-off, target: n1}, {at: 2m, do: power-on, target: n1}]"
    )
    at(cluster, "3m")
    ended = "{.status.containerStatuses[0].lastState.terminated.%s}"
    told = [
        typed(cluster, f"kubectl get pod p -o jsonpath='{ended % name}'")
        for name in ("exitCode", "reason", "finishedAt")
    ]
    assert told[:2] == ["255", reason]
    assert seconds(120) <= micros(told[2]) < seconds(150)


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_daemon_is_back_as_soon_as_a_taint_is_gone(release: str) -> None:
    """A kubelet watches its own node: it refuses no pod for a taint that was there seconds ago."""
    cluster = cluster_of(
        f"release: {release}\nnodes: 1\nobjects: [{{kind: DaemonSet, name: agent}}]\nactions:\n"
        "- {at: 5s, do: taint, target: n1, key: k, value: v, effect: NoExecute}\n"
        "- {at: 51s, do: untaint, target: n1, key: k, effect: NoExecute}\n"
    )
    at(cluster, "56s")
    [row] = rows(typed(cluster, "kubectl get pods"))
    assert row[2] == "Running"
    assert "failed" not in typed(cluster, "kubectl get events").lower()
