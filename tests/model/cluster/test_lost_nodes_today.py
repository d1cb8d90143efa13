"""Facts of today's node lifecycle, taint eviction, pod garbage collection and leader election."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario
from clustersim.api.conditions import condition_of
from clustersim.api.core_v1 import Node, Pod
from clustersim.engine.time import SECOND, Micros
from clustersim.view import build_view

LEASES = "kube-node-lease"


def a_cluster(**flags: str) -> Cluster:
    """Three nodes of v1.36; flags of the controller-manager."""
    scenario = default_scenario("v1.36")
    changed = {name.replace("_", "-"): text for name, text in flags.items()}
    return Cluster(replace(scenario, flags=scenario.flags.with_texts({"controller-manager": changed})))


def node(cluster: Cluster, name: str) -> Node:
    found: Node = cluster.object("nodes", name)
    return found


def taints(cluster: Cluster, name: str) -> list[str]:
    return [f"{taint.key.partition('/')[2]}:{taint.effect}" for taint in node(cluster, name).spec.taints]


def ready(cluster: Cluster, name: str) -> str:
    return next(c.status for c in node(cluster, name).status.conditions if c.type == "Ready")


def pods_on(cluster: Cluster, name: str) -> list[Pod]:
    return [pod for pod in cluster.objects("pods").values() if pod.spec.node_name == name]


def until(cluster: Cluster, holds: Callable[[], bool], limit: Micros = 900 * SECOND) -> Micros:
    """Go on until something holds, in steps of 50 ms; when that was."""
    end = cluster.now + limit
    while not holds():
        assert cluster.now < end, "it never came"
        cluster.run_until(cluster.now + SECOND // 20)
    return cluster.now


def decisions(cluster: Cluster, verb: str) -> list[Micros]:
    return [event.t for event in cluster.record.since(0) if event.kind == "decision" and event.verb == verb]


def test_a_lease_is_renewed_every_ten_seconds_and_the_status_is_not() -> None:
    cluster = a_cluster()
    before = node(cluster, "n1").status.conditions
    renewed = []
    for second in range(1, 61):
        cluster.run_until(second * SECOND)
        renewed.append(cluster.object("leases", f"{LEASES}/n1").spec.renew_time)
    assert 5 <= len(set(renewed)) <= 7
    assert node(cluster, "n1").status.conditions == before


def test_the_grace_period_is_fifty_seconds_from_the_pass_that_saw_the_last_lease() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    lost = until(cluster, lambda: ready(cluster, "n1") == "Unknown")
    assert 40 * SECOND <= lost <= 56 * SECOND


def test_a_lost_node_is_tainted_by_its_condition_and_with_no_execute() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    until(cluster, lambda: ready(cluster, "n1") == "Unknown")
    cluster.run_until(cluster.now + SECOND)
    assert taints(cluster, "n1") == ["unreachable:NoSchedule", "unreachable:NoExecute"]


def test_pods_are_deleted_300_seconds_after_the_taint_and_not_before() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    tainted = until(cluster, lambda: "unreachable:NoExecute" in taints(cluster, "n1"))
    old = [pod.metadata.name for pod in pods_on(cluster, "n1")]
    deleted = until(cluster, lambda: any(p.metadata.deletion_timestamp for p in pods_on(cluster, "n1")))
    assert abs(deleted - tainted - 300 * SECOND) < SECOND
    assert [p.metadata.name for p in pods_on(cluster, "n1")] == old


def test_an_evicted_pod_says_that_it_was_disrupted_and_never_that_it_is_lost() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    until(cluster, lambda: any(p.metadata.deletion_timestamp for p in pods_on(cluster, "n1")))
    pod = pods_on(cluster, "n1")[0]
    condition = next(c for c in pod.status.conditions if c.type == "DisruptionTarget")
    assert (condition.status, condition.reason) == ("True", "DeletionByTaintManager")
    assert pod.status.reason == ""


def test_the_pods_of_a_lost_node_are_marked_with_the_time_of_the_mark() -> None:
    cluster = a_cluster()
    before = {p.metadata.name: p for p in pods_on(cluster, "n1")}
    cluster.apply(Command("stop-kubelet", "n1"))
    until(cluster, lambda: ready(cluster, "n1") == "Unknown")
    cluster.run_until(cluster.now + SECOND)
    after = {p.metadata.name: condition_of(p.status, "Ready") for p in pods_on(cluster, "n1")}
    assert after.keys() == before.keys() != set()
    for name, now in after.items():
        then = condition_of(before[name].status, "Ready")
        assert now is not None
        assert then is not None
        assert now.status == "False"
        assert now.last_transition_time > then.last_transition_time


def test_a_return_calls_the_eviction_off_at_the_next_pass() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    until(cluster, lambda: "unreachable:NoExecute" in taints(cluster, "n1"))
    cluster.apply(Command("start-kubelet", "n1"))
    back = until(cluster, lambda: ready(cluster, "n1") == "True")
    until(cluster, lambda: taints(cluster, "n1") == [])
    assert cluster.now - back <= 6 * SECOND
    cluster.run_until(cluster.now + SECOND)
    told = [e.message for e in cluster.objects("events").values() if e.reason == "TaintManagerEviction"]
    assert told
    assert all(message.startswith("Cancelling deletion of Pod default/") for message in told)
    cluster.run_until(cluster.now + 400 * SECOND)
    assert not any(p.metadata.deletion_timestamp for p in pods_on(cluster, "n1"))


def test_two_nodes_lost_together_are_tainted_ten_seconds_apart() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.apply(Command("stop-kubelet", "n2"))
    until(cluster, lambda: all("unreachable:NoExecute" in taints(cluster, name) for name in ("n1", "n2")))
    *_at_boot, first, second = decisions(cluster, "taint-node")
    assert abs(second - first - 10 * SECOND) < SECOND // 2


def test_when_no_node_is_ready_the_taints_that_drive_pods_away_are_taken_off() -> None:
    cluster = a_cluster()
    for name in ("n1", "n2", "n3"):
        cluster.apply(Command("stop-kubelet", name))
    until(cluster, lambda: all(ready(cluster, name) == "Unknown" for name in ("n1", "n2", "n3")))
    cluster.run_until(cluster.now + 30 * SECOND)
    assert not any("NoExecute" in taint for name in ("n1", "n2", "n3") for taint in taints(cluster, name))
    cluster.run_until(cluster.now + 600 * SECOND)
    assert not any(pod.metadata.deletion_timestamp for pod in cluster.objects("pods").values())


def test_a_cordoned_node_gets_a_taint_of_its_own() -> None:
    cluster = a_cluster()
    cluster.apply(Command("cordon", "n1"))
    cluster.run_until(SECOND)
    assert taints(cluster, "n1") == ["unschedulable:NoSchedule"]
    cluster.apply(Command("uncordon", "n1"))
    cluster.run_until(2 * SECOND)
    assert taints(cluster, "n1") == []


def test_a_taint_that_is_not_tolerated_drives_pods_away_at_once() -> None:
    cluster = a_cluster()
    cluster.apply(Command("taint", "n1", {"key": "fire", "value": "", "effect": "NoExecute"}))
    cluster.run_until(SECOND)
    assert all(pod.metadata.deletion_timestamp for pod in pods_on(cluster, "n1"))


def test_a_node_that_stays_not_ready_waits_with_its_three_clocks() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(5 * SECOND)
    grace = build_view(cluster).deadlines["grace/n1"]
    assert grace.length == 50 * SECOND
    lost = until(cluster, lambda: ready(cluster, "n1") == "Unknown")
    assert grace.due is not None
    assert abs(grace.due - lost) < SECOND
    cluster.run_until(cluster.now + SECOND)
    eviction = build_view(cluster).deadlines["eviction/n1"]
    assert (eviction.origin_kind, eviction.length) == ("taint", 300 * SECOND)
    assert eviction.due is not None
    deleted = until(cluster, lambda: any(p.metadata.deletion_timestamp for p in pods_on(cluster, "n1")))
    assert abs(eviction.due - deleted) < SECOND


def test_the_pods_of_a_deleted_node_go_after_a_quarantine_of_forty_seconds() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(SECOND)
    cluster.apply(Command("delete-node", "n1"))
    gone = until(cluster, lambda: not pods_on(cluster, "n1"))
    assert 40 * SECOND <= gone - SECOND <= 81 * SECOND
    failed = [
        event
        for event in cluster.record.since(0)
        if event.kind == "write" and isinstance(event.after, Pod) and event.after.status.phase == "Failed"
    ]
    assert failed, "a pod is marked Failed before it is deleted"


def test_a_node_that_is_out_of_service_lets_its_terminating_pods_go() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    until(cluster, lambda: any(p.metadata.deletion_timestamp for p in pods_on(cluster, "n1")))
    cluster.run_until(cluster.now + 60 * SECOND)
    assert pods_on(cluster, "n1"), "nobody confirms"
    key = "node.kubernetes.io/out-of-service"
    cluster.apply(Command("taint", "n1", {"key": key, "value": "nodeshutdown", "effect": "NoExecute"}))
    began = cluster.now
    assert until(cluster, lambda: not pods_on(cluster, "n1")) - began <= 21 * SECOND


def test_the_leader_holds_a_lease_and_its_successor_waits_for_fifteen_seconds() -> None:
    cluster = a_cluster()
    lock = "kube-system/kube-controller-manager"
    holder = cluster.object("leases", lock).spec.holder_identity
    cluster.apply(Command("stop-controller-manager", "controller-manager"))
    cluster.run_until(SECOND)
    cluster.apply(Command("start-controller-manager", "controller-manager"))
    manager = cluster.world.controller_manager
    leads = until(cluster, lambda: manager.leading)
    assert 15 * SECOND <= leads - SECOND <= 21 * SECOND
    spec = cluster.object("leases", lock).spec
    assert spec.holder_identity != holder
    assert spec.lease_transitions == 1


def test_a_leader_that_cannot_renew_gives_up_ten_seconds_after_the_renewal_was_due() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-apiserver", "apiserver"))
    manager = cluster.process("controller-manager")
    assert 10 * SECOND <= until(cluster, lambda: not manager.running) <= 12.1 * SECOND


def a_larger_cluster(nodes: int) -> Cluster:
    """So many equal nodes of v1.36."""
    scenario = default_scenario("v1.36")
    equal = tuple(replace(scenario.nodes[0], name=f"n{number}") for number in range(1, nodes + 1))
    return Cluster(replace(scenario, nodes=equal))


def tainted(cluster: Cluster, *names: str) -> list[str]:
    return [name for name in names if "unreachable:NoExecute" in taints(cluster, name)]


@pytest.mark.parametrize("stopped_at", [0, 3, 7, 11])
def test_a_node_is_unknown_40_to_55_seconds_after_its_kubelet_stopped(stopped_at: int) -> None:
    cluster = a_cluster()
    cluster.run_until(stopped_at * SECOND)
    cluster.apply(Command("stop-kubelet", "n1"))
    lost = until(cluster, lambda: ready(cluster, "n1") == "Unknown")
    assert 39 * SECOND <= lost - stopped_at * SECOND <= 56 * SECOND


def test_a_zone_that_is_partly_disrupted_gets_no_new_taints_but_those_it_has_go_on() -> None:
    cluster = a_larger_cluster(5)
    cluster.apply(Command("stop-kubelet", "n2"))
    first = until(cluster, lambda: bool(tainted(cluster, "n2")))
    for name in ("n1", "n3"):
        cluster.apply(Command("stop-kubelet", name))
    until(cluster, lambda: ready(cluster, "n1") == ready(cluster, "n3") == "Unknown")
    cluster.run_until(first + 299 * SECOND)
    assert len(tainted(cluster, "n1", "n3")) <= 1, "one at most, in the instant before the zone counts"
    assert not any(pod.metadata.deletion_timestamp for pod in pods_on(cluster, "n2"))
    cluster.run_until(first + 301 * SECOND)
    assert all(pod.metadata.deletion_timestamp for pod in pods_on(cluster, "n2"))


def test_when_one_of_all_lost_nodes_is_back_the_others_are_tainted_ten_seconds_apart() -> None:
    cluster = a_cluster()
    for name in ("n1", "n2", "n3"):
        cluster.apply(Command("stop-kubelet", name))
    cluster.run_until(200 * SECOND)
    assert tainted(cluster, "n1", "n2", "n3") == []
    cluster.apply(Command("start-kubelet", "n1"))
    one = until(cluster, lambda: len(tainted(cluster, "n2", "n3")) == 1)
    assert 210 * SECOND <= one <= 216 * SECOND
    both = until(cluster, lambda: len(tainted(cluster, "n2", "n3")) == 2)
    assert abs(both - one - 10 * SECOND) < SECOND
    [first] = [name for name in ("n2", "n3") if pods_on(cluster, name)][:1]
    deleted = until(cluster, lambda: any(p.metadata.deletion_timestamp for p in pods_on(cluster, first)))
    assert min(abs(deleted - at - 300 * SECOND) for at in (one, both)) < SECOND


def test_a_new_controller_manager_takes_taints_off_and_counts_from_zero() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    until(cluster, lambda: bool(tainted(cluster, "n1")))
    cluster.run_until(cluster.now + 100 * SECOND)
    cluster.apply(Command("stop-controller-manager", None))
    cluster.run_until(cluster.now + 5 * SECOND)
    cluster.apply(Command("start-controller-manager", None))
    until(cluster, lambda: not tainted(cluster, "n1"))
    again = until(cluster, lambda: bool(tainted(cluster, "n1")))
    deleted = until(cluster, lambda: any(p.metadata.deletion_timestamp for p in pods_on(cluster, "n1")))
    assert abs(deleted - again - 300 * SECOND) < SECOND


def test_a_new_node_takes_no_pods_before_it_is_ready() -> None:
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.apply(Command("delete-node", "n1"))
    cluster.run_until(5 * SECOND)
    cluster.apply(Command("start-kubelet", "n1"))
    until(cluster, lambda: cluster.object("nodes", "n1") is not None)
    made = next(
        e for e in cluster.record.since(0) if e.verb == "create" and e.object == "nodes/n1" and e.t > 0
    )
    assert [(one.key, one.effect) for one in made.after.spec.taints] == [
        ("node.kubernetes.io/not-ready", "NoSchedule")
    ]
    cluster.run_until(cluster.now + 10 * SECOND)
    assert taints(cluster, "n1") == []


def test_a_nodes_lease_goes_with_it_and_comes_back_with_the_next_pass_of_a_returned_kubelet() -> None:
    """As recorded (node-deleted.json): gone 14 ms after the Node, made anew 10 s after the registration."""
    cluster = a_cluster()
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(10 * SECOND)
    cluster.apply(Command("delete-node", "n1"))
    cluster.run_until(11 * SECOND)
    assert cluster.object("leases", f"{LEASES}/n1") is None
    cluster.apply(Command("start-kubelet", "n1"))
    cluster.run_until(20 * SECOND)
    assert ready(cluster, "n1") == "True"
    assert cluster.object("leases", f"{LEASES}/n1") is None
    cluster.run_until(22 * SECOND)
    assert cluster.object("leases", f"{LEASES}/n1") is not None
