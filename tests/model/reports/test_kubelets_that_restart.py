"""Pods with probes whose kubelet is started anew: what people reported."""

import pytest

from clustersim import Cluster, seconds
from tests.model.reports.typed import ALL, at, cluster_of, create, typed


def told(cluster: Cluster, until: int) -> list[str]:
    """The conditions Ready that the pod has had until then, looked at ten times a second."""
    seen: list[str] = []
    while cluster.now < seconds(until):
        cluster.run_until(cluster.now + seconds(0.1))
        conditions = cluster.object("pods", "default/p").status.conditions
        ready = next(one.status for one in conditions if one.type == "Ready")
        seen += [ready] if seen[-1:] != [ready] else []
    return seen


def restarted(release: str, command: str, when: str = "60s", probe: str = "readinessProbe") -> Cluster:
    """A pod whose probe runs that command, and whose kubelet was restarted then."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    probe = f"{probe}: {{periodSeconds: 10, failureThreshold: 100, exec: {{command: ['{command}']}}}}"
    create(
        cluster, "Pod", f"metadata: {{name: p}}\nspec: {{containers: [{{name: a, image: nginx, {probe}}}]}}"
    )
    at(cluster, when)
    typed(cluster, "systemctl restart kubelet", "n1")
    return cluster


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_an_old_kubelet_that_restarts_takes_what_it_has_not_probed_for_not_ready(release: str) -> None:
    """https://github.com/kubernetes/kubernetes/issues/78733, /issues/113646"""
    assert told(restarted(release, "true"), 100) == ["True", "False", "True"]


def test_a_kubelet_of_today_leaves_ready_what_was_ready() -> None:
    """https://github.com/kubernetes/enhancements/issues/4781"""
    assert told(restarted("v1.36", "true"), 100) == ["True"]


@ALL
def test_no_kubelet_that_restarts_takes_for_ready_what_never_was(release: str) -> None:
    """https://github.com/kubernetes/kubernetes/issues/135795: until v1.34 it was, for a moment."""
    assert told(restarted(release, "false"), 200) == ["False"]


def test_what_began_just_before_its_kubelet_restarted_is_ready_for_a_moment_and_then_probed() -> None:
    assert told(restarted("v1.36", "false", "8s"), 100) == ["False", "True", "False"]


def test_what_has_not_started_counts_as_started_once_its_kubelet_restarts() -> None:
    """Its first status is made before its probes have workers, and the startup probe is over then (v1.36
    pkg/kubelet/prober isContainerStarted). What began just before is asked all the same."""
    assert told(restarted("v1.36", "false", probe="startupProbe"), 200) == ["False", "True"]
    assert told(restarted("v1.36", "false", "8s", probe="startupProbe"), 100) == ["False", "True", "False"]
    assert told(restarted("v1.36", "true", probe="startupProbe"), 100) == ["True"]


@pytest.mark.parametrize(("release", "gone"), [("v1.7", 31), ("v1.36", 37)])
def test_today_a_stop_ends_with_the_kubelet_that_asked_for_it(release: str, gone: int) -> None:
    """docker goes on and kills when the grace is over; containerd forgets of the stop, and the kubelet that
    comes back gives the whole grace once more."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    container = "{name: a, image: busybox, command: [sleep, '3600']}"
    create(cluster, "Pod", f"metadata: {{name: p}}\nspec: {{containers: [{container}]}}")
    at(cluster, "20s")
    typed(cluster, "kubectl delete pod p")
    at(cluster, "25s")
    typed(cluster, "systemctl restart kubelet", "n1")
    at(cluster, f"{20 + gone - 3}s")
    assert cluster.find_pod("p") is not None
    at(cluster, f"{20 + gone + 4}s")
    assert cluster.find_pod("p") is None
