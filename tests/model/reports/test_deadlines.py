"""Pods that may run, start or end for so long and no longer."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed

POD = (
    "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{{spec}containers: "
    "[{{name: a, image: {image}}}]}}\n"
)


def with_pod(release: str, spec: str, image: str = "nginx") -> Cluster:
    """A cluster with one pod."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, POD.format(spec=spec, image=image))
    return cluster


@pytest.mark.parametrize(
    ("release", "words"), [("v1.7", "longer than specified"), ("v1.36", "longer than the specified")]
)
def test_a_pod_that_is_active_for_too_long_fails_and_is_killed(release: str, words: str) -> None:
    # https://github.com/kubernetes/kubernetes/issues/88613, /issues/22343
    cluster = with_pod(release, "activeDeadlineSeconds: 20, ")
    at(cluster, "19s")
    path = "'{.status.phase} {.status.reason} {.status.message}'"
    assert typed(cluster, f"kubectl get pod p -o jsonpath={path}") == "Running  "
    at(cluster, "60s")
    told = typed(cluster, f"kubectl get pod p -o jsonpath={path}")
    assert told == f"Failed DeadlineExceeded Pod was active on the node {words} deadline"
    assert "DeadlineExceeded" in typed(cluster, "kubectl get events")
    assert len(typed(cluster, "docker ps" if release == "v1.7" else "crictl ps", "n1").splitlines()) == 1


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_an_old_pod_beyond_its_deadline_tells_no_more_of_its_containers(release: str) -> None:
    # https://github.com/kubernetes/kubernetes/issues/22343: hidden from the list, and its name is taken
    cluster = with_pod(release, "activeDeadlineSeconds: 20, ")
    at(cluster, "60s")
    assert "--show-all" in typed(cluster, "kubectl get pods")
    assert rows(typed(cluster, "kubectl get pods -a"))[0][:4] == ["p", "0/1", "DeadlineExceeded", "0"]
    path = "'{.status.conditions}{.status.podIP}{.status.containerStatuses}'"
    assert typed(cluster, f"kubectl get pod p -o jsonpath={path}") == ""
    assert "already exists" in typed(cluster, POD.format(spec="", image="nginx"))


def test_a_deadline_is_counted_from_the_start_of_the_pod_and_not_of_the_kubelet() -> None:
    cluster = with_pod("v1.36", "activeDeadlineSeconds: 60, ")
    at(cluster, "40s")
    typed(cluster, "sudo systemctl restart kubelet", "n1")
    at(cluster, "75s")
    assert typed(cluster, "kubectl get pod p -o jsonpath='{.status.reason}'") == "DeadlineExceeded"


def test_pods_that_are_replaced_may_have_no_deadline() -> None:
    # https://github.com/kubernetes/kubernetes/issues/58370
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    told = typed(
        cluster,
        "kubectl create -f -\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: w}\nspec:\n"
        "  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: "
        "{activeDeadlineSeconds: 20, containers: [{name: a, image: nginx}]}}\n",
    )
    assert "activeDeadlineSeconds in ReplicaSet is not Supported" in told


def test_a_probe_may_shorten_the_grace_of_the_container_it_kills() -> None:
    # https://github.com/kubernetes/kubernetes/issues/64715
    probe = (
        "livenessProbe: {exec: {command: [cat, /tmp/h]}, periodSeconds: 5, failureThreshold: 1%s}, command: "
        "[sh, -c, 'touch /tmp/h; sleep 10; rm /tmp/h; sleep 600']"
    )
    shown = []
    for own in ("", ", terminationGracePeriodSeconds: 5"):
        cluster = with_pod("v1.36", "terminationGracePeriodSeconds: 60, ", f"busybox, {probe % own}")
        at(cluster, "30s")
        shown.append(rows(typed(cluster, "kubectl get pod p"))[0][3])
    assert shown == ["0", "1"]


def test_containers_behind_a_sidecar_wait_until_it_has_started() -> None:
    # https://github.com/kubernetes/enhancements/issues/753
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl apply -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {initContainers: "
        "[{name: side, image: nginx, restartPolicy: Always, startupProbe: {exec: {command: [cat, /tmp/up]}, "
        "periodSeconds: 1, failureThreshold: 60}}], containers: [{name: a, image: nginx}]}\n",
    )
    at(cluster, "10s")
    assert rows(typed(cluster, "kubectl get pods"))[0][1:3] == ["0/2", "Init:0/1"]
    typed(cluster, "kubectl exec p -c side -- touch /tmp/up")
    at(cluster, "15s")
    assert rows(typed(cluster, "kubectl get pods"))[0][1:3] == ["2/2", "Running"]
