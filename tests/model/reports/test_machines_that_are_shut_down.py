"""Machines that are shut down in order: with a grace, pods end before their machine does."""

import pytest

from clustersim import Cluster, Command
from clustersim.flags import KubeletFlags
from clustersim.flags.configuration import ConfigurationError
from clustersim.flags.kubelet_configuration import KIND, VERSION, read, written
from tests.model.reports.typed import at, cluster_of, create, typed

GRACE = "flags: {kubelet: {shutdown-grace-period: 30s, shutdown-grace-period-critical-pods: 10s}}\n"


def running(release: str = "v1.36", flags: str = GRACE) -> Cluster:
    """A pod on n1 that takes 5 s to end, and a critical one in kube-system."""
    cluster = cluster_of(f"release: {release}\n{flags}nodes: 2\nobjects: []\n")
    at(cluster, "10s")
    made(cluster, "web", "default", "terminationGracePeriodSeconds: 5, ")
    if release == "v1.36":
        made(cluster, "dns", "kube-system", "priorityClassName: system-cluster-critical, ")
    at(cluster, "20s")
    return cluster


def made(cluster: Cluster, name: str, namespace: str, more: str = "") -> None:
    told = create(
        cluster,
        "Pod",
        f"metadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec: {{{more}nodeName: n1, containers: [{{name: a, image: busybox, command: [sleep, '86400']}}]}}",
    )
    assert told.endswith("created"), told


def phase(cluster: Cluster, name: str, namespace: str = "default") -> str:
    return typed(cluster, f"kubectl get pod {name} -n {namespace} -o jsonpath='{{.status.phase}}'")


def off(cluster: Cluster, node: str = "n1") -> bool:
    return not cluster.machines[node].state.powered


def test_pods_end_before_the_machine_the_critical_ones_last() -> None:
    cluster = running()
    cluster.apply(Command("shut-down", "n1"))
    at(cluster, "23s")
    assert not off(cluster)
    described = typed(cluster, "kubectl describe node n1")
    told = typed(cluster, "kubectl get events")
    assert "Shutdown manager detected shutdown event" in told
    assert "node is shutting down" in described
    assert (phase(cluster, "web"), phase(cluster, "dns", "kube-system")) == ("Running", "Running")
    at(cluster, "28s")
    assert phase(cluster, "web") == "Failed"
    assert not off(cluster)
    told = typed(cluster, "kubectl describe pod web")
    assert "Reason:           Terminated" in told
    assert "Message:          Pod was terminated in response to imminent node shutdown." in told
    assert "DisruptionTarget" in told
    at(cluster, "40s")
    assert phase(cluster, "dns", "kube-system") == "Failed"
    assert off(cluster)


def test_a_pod_that_comes_meanwhile_is_turned_away() -> None:
    cluster = running()
    cluster.apply(Command("shut-down", "n1"))
    at(cluster, "21s")
    made(cluster, "late", "default")
    at(cluster, "23s")
    told = typed(cluster, "kubectl describe pod late")
    assert "NodeShutdown" in told
    assert "Pod was rejected: Pod was rejected as the node is shutting down." in told


def test_a_pod_that_does_not_end_is_not_waited_for_beyond_its_groups_time() -> None:
    """The pod has an hour; its group has 20 s, which it is told, and then SIGKILL."""
    cluster = running()
    made(cluster, "slow", "default", "terminationGracePeriodSeconds: 3600, ")
    at(cluster, "30s")
    cluster.apply(Command("shut-down", "n1"))
    at(cluster, "49s")
    assert phase(cluster, "slow") == "Running"
    at(cluster, "63s")
    assert phase(cluster, "slow") == "Failed"
    assert off(cluster)


@pytest.mark.parametrize(("release", "flags"), [("v1.8", ""), ("v1.36", "")])
def test_without_a_grace_the_machine_goes_at_once(release: str, flags: str) -> None:
    cluster = running(release, flags)
    cluster.apply(Command("shut-down", "n1"))
    assert off(cluster)
    assert phase(cluster, "web") == "Running"


def test_a_reboot_waits_too_and_comes_back() -> None:
    cluster = running()
    typed(cluster, "reboot", "n1")
    at(cluster, "22s")
    assert cluster.machines["n1"].state.boots == 1
    at(cluster, "60s")
    assert cluster.machines["n1"].state.boots == 2
    assert "Ready " in typed(cluster, "kubectl get nodes n1")
    assert phase(cluster, "web") == "Failed"


def test_the_critical_part_is_no_longer_than_the_whole() -> None:
    with pytest.raises(ValueError, match="must be <= shutdownGracePeriod"):
        running(flags="flags: {kubelet: {shutdown-grace-period-critical-pods: 10s}}\n")


def test_logs_of_pods_that_a_shutdown_ended_can_still_be_read() -> None:
    """v1.36 pkg/kubelet/nodeshutdown: killPodFunc is told that it evicts nobody, so records stay."""
    cluster = running()
    typed(cluster, "reboot", "n1")
    at(cluster, "90s")
    assert phase(cluster, "web") == "Failed"
    records = typed(cluster, "crictl ps -a", "n1").splitlines()
    assert any("Exited" in one and "web" in one for one in records), records


PRIORITIES = "flags: {kubelet: {shutdown-grace-period-by-pod-priority: ['0=20', '2000000000=5']}}\n"


def test_groups_of_pods_may_be_told_by_their_priorities() -> None:
    cluster = running(flags=PRIORITIES)
    cluster.apply(Command("shut-down", "n1"))
    at(cluster, "24s")
    assert phase(cluster, "web") == "Running"
    at(cluster, "28s")
    assert (phase(cluster, "web"), phase(cluster, "dns", "kube-system")) == ("Failed", "Running")
    at(cluster, "33s")
    assert phase(cluster, "dns", "kube-system") == "Failed"
    assert off(cluster)


def test_groups_by_priority_are_read_from_the_file_and_exclude_the_other_two() -> None:
    groups = [{"priority": at, "shutdownGracePeriodSeconds": lasts} for at, lasts in ((0, 60), (9, 5))]
    text = f"apiVersion: {VERSION}\nkind: {KIND}\nshutdownGracePeriodByPodPriority: {groups}\n"
    found = read(text, KubeletFlags(), KubeletFlags()).flags
    assert found.shutdown_grace_period_by_pod_priority == ("0=60", "9=5")
    assert "- priority: 9\n  shutdownGracePeriodSeconds: 5" in written(found, KubeletFlags())
    with pytest.raises(ConfigurationError, match="annot specify both shutdownGracePeriodByPodPriority and"):
        read(f"{text}shutdownGracePeriod: 30s\n", KubeletFlags(), KubeletFlags())
