"""The alpha feature TaintBasedEvictions of v1.7 and v1.8: lost nodes are tainted, their pods go by the taint.

k8s-website: "Taint based Evictions" of the documentation of v1.7 (docs/concepts/configuration/
taint-and-toleration.md), whose YAML and times these are.
"""

import pytest

from clustersim import Cluster, ScenarioError
from tests.model.reports.typed import at, cluster_of, rows, typed

GATE = "flags: {controller-manager: {feature-gates: TaintBasedEvictions=true}}"
OLD = ("v1.7", "v1.8")
UNREACHABLE = "node.alpha.kubernetes.io/unreachable:NoExecute"
NOT_READY = "node.alpha.kubernetes.io/notReady:NoExecute"
OBJECTS = """
objects:
- {kind: ReplicationController, name: w, replicas: 4}
- {kind: DaemonSet, name: ds}
"""
PODS = "kubectl get pods -o wide"


def lost(release: str, actions: str, flags: str = GATE, nodes: int = 3) -> Cluster:
    return cluster_of(f"release: {release}\nnodes: {nodes}\n{flags}{OBJECTS}actions:\n{actions}")


def statuses(cluster: Cluster, owner: str, node: str = "n1") -> set[str]:
    return {row[2] for row in rows(typed(cluster, PODS)) if row[0].startswith(f"{owner}-") and row[6] == node}


def taints(cluster: Cluster, node: str = "n1") -> str:
    return typed(cluster, f"kubectl describe node {node} | grep Taints").split()[1]


@pytest.mark.parametrize("release", OLD)
def test_pods_without_a_toleration_go_as_soon_as_their_node_is_tainted(release: str) -> None:
    cluster = lost(release, "- {at: 10s, do: power-off, target: n1}")
    at(cluster, "50s")
    assert (taints(cluster), statuses(cluster, "w")) == ("<none>", {"Running"})
    at(cluster, "62s")
    assert (taints(cluster), statuses(cluster, "w")) == (UNREACHABLE, {"Terminating"})
    at(cluster, "75s")
    assert (
        len([row for row in rows(typed(cluster, PODS)) if row[0].startswith("w-") and row[2] == "Running"])
        == 4
    )
    told = typed(cluster, "kubectl get events")
    assert "Marking for deletion Pod default/w-" in told
    assert "DeletingAllPods" not in told


@pytest.mark.parametrize("release", OLD)
def test_pods_of_daemon_sets_tolerate_a_lost_node_for_ever(release: str) -> None:
    cluster = lost(release, "- {at: 10s, do: power-off, target: n1}")
    at(cluster, "15m")
    assert statuses(cluster, "ds") == {"Running"}


@pytest.mark.parametrize("release", OLD)
def test_a_node_that_is_back_loses_its_taint(release: str) -> None:
    cluster = lost(release, "- {at: 10s, do: power-off, target: n1}\n- {at: 2m, do: power-on, target: n1}")
    at(cluster, "4m")
    assert taints(cluster) == "<none>"
    assert rows(typed(cluster, "kubectl get nodes"))[0][:2] == ["n1", "Ready"]


@pytest.mark.parametrize("release", OLD)
def test_a_kubelet_that_is_not_ready_gets_the_other_taint(release: str) -> None:
    cluster = lost(release, "- {at: 10s, do: stop-docker, target: n1}\n- {at: 3m, do: power-off, target: n1}")
    at(cluster, "2m")
    assert taints(cluster) == NOT_READY
    at(cluster, "5m")
    assert taints(cluster) == UNREACHABLE


@pytest.mark.parametrize("release", OLD)
def test_with_the_admission_plugin_pods_stay_for_five_minutes_after_the_taint(release: str) -> None:
    plugin = "apiserver: {admission-control: DefaultTolerationSeconds}"
    flags = GATE.replace("}}", f"}}, {plugin}}}")
    cluster = lost(release, "- {at: 10s, do: power-off, target: n1}", flags)
    at(cluster, "350s")
    assert (taints(cluster), statuses(cluster, "w")) == (UNREACHABLE, {"Running"})
    at(cluster, "362s")
    assert statuses(cluster, "w") == {"Terminating"}


@pytest.mark.parametrize("release", OLD)
def test_no_node_keeps_its_taint_where_all_are_lost(release: str) -> None:
    cluster = lost(
        release,
        "- {at: 10s, do: power-off, target: n1}\n- {at: 30s, do: power-off, target: n2}",
        nodes=2,
    )
    at(cluster, "62s")
    assert taints(cluster) == UNREACHABLE
    at(cluster, "2m")
    assert (taints(cluster), taints(cluster, "n2")) == ("<none>", "<none>")


@pytest.mark.parametrize("release", OLD)
def test_without_the_taint_manager_the_gate_changes_nothing(release: str) -> None:
    flags = GATE.replace("}}", ", enable-taint-manager: false}}")
    cluster = lost(release, "- {at: 10s, do: power-off, target: n1}", flags)
    at(cluster, "2m")
    assert (taints(cluster), statuses(cluster, "w")) == ("<none>", {"Running"})
    at(cluster, "6m")
    assert statuses(cluster, "w") == {"Unknown"}


def test_today_has_no_such_gate() -> None:
    with pytest.raises(ScenarioError, match="always on"):
        lost("v1.36", "- {at: 10s, do: power-off, target: n1}")


BY_CONDITION = "flags: {controller-manager: {feature-gates: TaintNodesByCondition=true}}"
SHORT = "- {at: 10s, do: use-memory, target: n1, mib: 2000}"


def test_a_node_of_v1_8_that_is_short_of_memory_is_tainted_where_the_gate_is_open() -> None:
    tainted = "node.kubernetes.io/memory-pressure:NoSchedule"
    cluster = lost("v1.8", SHORT, BY_CONDITION)
    at(cluster, "60s")
    assert taints(cluster) == tainted
    plain = lost("v1.8", SHORT, "flags: {}")
    at(plain, "60s")
    assert taints(plain) == "<none>"
