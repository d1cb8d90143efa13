"""How v1.36 chooses nodes: filters, scores, words."""

from clustersim.api import core_v1 as v1
from clustersim.api.meta import replace
from clustersim.engine.time import SECOND
from tests.model.scheduler.worlds import SchedulerWorld, node, pod, service

THREE = (node("n1"), node("n2"), node("n3"))


def _world(*nodes: v1.Node) -> SchedulerWorld:
    return SchedulerWorld(*nodes, release="v1.36")


def test_totals_of_the_worked_example_are_595_and_490_on_the_used_node() -> None:
    world = _world(*THREE)
    world.create(service())
    assert world.bindings(3) == ["n1", "n2", "n3"]
    attempts = world.scheduler.state.attempts.by_pod
    totals = [[score.total for score in attempts[f"default/pod-0{number}"].scores] for number in range(3)]
    assert totals == [[595, 595, 595], [490, 595, 595], [490, 490, 595]]


def test_a_pod_larger_than_every_node_is_not_helped_by_preemption() -> None:
    world = _world(*THREE)
    world.create(pod("big", {"cpu": "3"}))
    (event,) = world.events("FailedScheduling")
    assert (event.seen, event.action) == (1, "Scheduling")
    assert event.message == (
        "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: "
        "0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    )
    condition = world.pod("big").status.conditions[0]
    assert (condition.type, condition.reason, condition.message) == (
        "PodScheduled",
        "Unschedulable",
        event.message,
    )


def test_a_full_cluster_has_no_preemption_victims() -> None:
    world = _world(*THREE)
    world.create(*(pod(f"p{number}", {"cpu": "1500m"}) for number in range(4)))
    assert world.events("FailedScheduling")[0].message == (
        "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: "
        "0/3 nodes are available: 3 No preemption victims found for incoming pod."
    )


def test_success_names_the_namespace() -> None:
    world = _world(*THREE)
    world.create(pod("a"))
    assert world.events("Scheduled")[0].message == "Successfully assigned default/a to n1"


def test_the_first_filter_that_fails_ends_the_node() -> None:
    taint = v1.Taint(key="gpu", value="yes", effect="NoSchedule")
    world = _world(node("n1", taints=(taint,)), node("n2", unschedulable=True, taints=(taint,)), node("n3"))
    world.create(pod("a", node_selector={"disk": "ssd"}))
    assert world.events("FailedScheduling")[0].message == (
        "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
        "1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. "
        "no new claims to deallocate, preemption: "
        "0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    )


def _named(*names: str) -> v1.Affinity:
    terms = tuple(
        v1.NodeSelectorTerm(
            match_fields=(v1.NodeSelectorRequirement(key="metadata.name", operator="In", values=(name,)),)
        )
        for name in names
    )
    required = v1.NodeSelector(node_selector_terms=terms)
    return v1.Affinity(
        node_affinity=v1.NodeAffinity(required_during_scheduling_ignored_during_execution=required)
    )


def test_of_a_pod_that_names_its_node_the_others_are_told_in_other_words() -> None:
    """As of a DaemonSet's (nodeaffinity PreFilter, schedule_one.go findNodesThatFitPod)."""
    taint = v1.Taint(key="gpu", value="yes", effect="NoSchedule")
    world = _world(node("n1", taints=(taint,)), node("n2"), node("n3"))
    world.create(pod("a", {"cpu": "3"}, affinity=_named("n2")))
    assert world.events("FailedScheduling")[0].message == (
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. "
        "no new claims to deallocate, preemption: "
        "0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    )
    world.create(pod("b", affinity=_named("n2", "n3")))
    assert world.where("b") in ("n2", "n3")


def test_requests_of_the_pod_as_a_whole_are_reserved_and_not_scored() -> None:
    whole = v1.ResourceRequirements(requests={"cpu": "1", "memory": "2Gi"})
    world = _world(node("n1"), node("n2"))
    world.create(pod("a", resources=whole))
    scores = world.scheduler.state.attempts.by_pod["default/a"].scores
    assert [part.points for part in scores[0].parts if part.name == "NodeResourcesFit"] == [95]
    world.create(pod("b", {"cpu": "1500m"}))
    assert world.where("b") == ("n2" if world.where("a") == "n1" else "n1")


def test_a_pod_that_asks_for_devices_alone_changes_no_balance() -> None:
    offered = {"cpu": "2", "memory": "4Gi", "pods": "110", "example.com/gpu": "2"}
    nodes = (node(name) for name in ("n1", "n2"))
    world = _world(*(replace(one, status=replace(one.status, allocatable=offered)) for one in nodes))
    gpu = v1.ResourceRequirements(requests={"example.com/gpu": "1"}, limits={"example.com/gpu": "1"})
    asking = pod("a")
    container = replace(asking.spec.containers[0], resources=gpu)
    world.create(replace(asking, spec=replace(asking.spec, containers=(container,))))
    scores = world.scheduler.state.attempts.by_pod["default/a"].scores
    assert [p.points for p in scores[0].parts if p.name == "NodeResourcesBalancedAllocation"] == [0]


def test_without_any_node_there_are_no_nodes_available() -> None:
    world = _world()
    world.create(pod("a"))
    assert world.events("FailedScheduling")[0].message == "no nodes available to schedule pods"
    attempt = world.scheduler.state.attempts.by_pod["default/a"]
    assert world.scheduler.armed(attempt).rule.id == "scheduler.backs-off"
    world.create(node("n1"))
    world.run(20 * SECOND)
    assert world.where("a") == "n1"
