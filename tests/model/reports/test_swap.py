"""Machines with swap: the kubelet looks when it starts, and only then."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, cluster_of, rows, typed

V18 = (
    "failed to run Kubelet: Running with swap on is not supported, please disable swap! or set "
    "--fail-swap-on flag to false. /proc/swaps contained: "
    "[Filename\t\t\t\tType\t\tSize\tUsed\tPriority /swapfile"
)
TODAY = (
    '"command failed" err="failed to run Kubelet: running with swap on is not supported, please disable swap '
    'or set --fail-swap-on flag to false"'
)


def restarted(release: str, flags: str = "") -> Cluster:
    """Swap was switched on at n1, and its kubelet restarted."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n{flags}")
    typed(cluster, "swapon -a", "n1")
    at(cluster, "60s")
    assert status(cluster) == "Ready"
    typed(cluster, "systemctl restart kubelet", "n1")
    at(cluster, "3m")
    return cluster


def status(cluster: Cluster) -> str:
    return rows(typed(cluster, "kubectl get nodes"))[0][1]


@pytest.mark.parametrize(("release", "why"), [("v1.8", V18), ("v1.36", TODAY)])
def test_a_kubelet_does_not_start_with_swap_until_it_is_off_and_not_after_a_boot(
    release: str, why: str
) -> None:
    """https://github.com/kubernetes/kubernetes/issues/53533"""
    cluster = restarted(release)
    assert status(cluster) == "NotReady"
    assert why in typed(cluster, "journalctl -u kubelet -n 1", "n1")
    assert "2097148" in typed(cluster, "cat /proc/swaps", "n1")
    typed(cluster, "swapoff -a", "n1")
    at(cluster, "4m")
    assert status(cluster) == "Ready"
    typed(cluster, "swapon /swapfile && reboot", "n1")
    at(cluster, "6m")
    assert status(cluster) == "NotReady"


def test_the_kubelet_of_v1_7_only_warns_unless_it_is_told_otherwise() -> None:
    cluster = restarted("v1.7")
    assert status(cluster) == "Ready"
    assert "you can opt-in to making this a fatal error" in typed(cluster, "journalctl -u kubelet", "n1")
    assert status(restarted("v1.7", "flags: {kubelet: {experimental-fail-swap-on: true}}")) == "NotReady"


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_kubelet_that_is_told_not_to_fail_starts_and_today_tells_how_much_swap_there_is(
    release: str,
) -> None:
    cluster = restarted(release, "flags: {kubelet: {fail-swap-on: false}}")
    assert status(cluster) == "Ready"
    told = typed(cluster, "kubectl get node n1 -o jsonpath='{.status.nodeInfo.swap.capacity}'")
    assert told == ("2147483648" if release == "v1.36" else "")


@ALL
def test_the_longest_grace_of_an_eviction_is_in_seconds(release: str) -> None:
    flags = "flags: {kubelet: {eviction-max-pod-grace-period: 60}}"
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n{flags}")
    assert cluster.world.state.flags.kubelet.eviction_max_pod_grace_period == 60
