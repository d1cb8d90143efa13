"""How v1.36 makes room for important pods."""

from clustersim.api import core_v1 as v1
from clustersim.api import policy
from clustersim.api.meta import LabelSelector, ObjectMeta, replace
from clustersim.engine.time import SECOND
from tests.model.scheduler.worlds import SchedulerWorld, node, pod

HALF = {"cpu": "1"}
WHOLE = {"cpu": "2"}


def _world(*nodes: v1.Node) -> SchedulerWorld:
    return SchedulerWorld(*(nodes or (node("n1"), node("n2"))), release="v1.36")


def test_the_least_important_pod_goes_and_the_important_one_is_nominated() -> None:
    world = _world()
    world.create(pod("low", WHOLE, priority=1), pod("middle", WHOLE, priority=5))
    world.create(pod("high", WHOLE, priority=10))
    victim, high = world.pod("low"), world.pod("high")
    assert victim.metadata.deletion_timestamp
    assert not world.pod("middle").metadata.deletion_timestamp
    condition = next(one for one in victim.status.conditions if one.type == "DisruptionTarget")
    assert (condition.status, condition.reason) == ("True", "PreemptionByScheduler")
    assert condition.message == "default-scheduler: preempting to accommodate a higher priority pod"
    assert high.status.nominated_node_name == victim.spec.node_name
    assert world.events("Preempted")[0].message == (
        f"Preempted by pod {high.metadata.uid} on node {victim.spec.node_name}"
    )
    (failed,) = (event for event in world.events("FailedScheduling"))
    assert failed.message == "0/2 nodes are available: 2 Insufficient cpu."


def test_it_gets_the_node_when_the_victim_is_gone_and_nobody_less_important_takes_the_place() -> None:
    world = _world(node("n1"))
    world.create(pod("low", WHOLE, priority=1), pod("high", WHOLE, priority=10))
    world.create(pod("late", WHOLE, priority=2))
    assert world.where("high") == ""
    world.run(12 * SECOND)
    world.ask("delete", "pods", "default", "low", grace_seconds=0)
    world.run(SECOND)
    assert (world.where("high"), world.where("late")) == ("n1", "")


def test_while_the_victim_ends_no_other_is_taken() -> None:
    world = _world(node("n1"))
    world.create(pod("low", HALF, priority=1), pod("other", HALF, priority=1), pod("high", HALF, priority=9))
    gone = [name for name in ("low", "other") if world.pod(name).metadata.deletion_timestamp]
    world.ask("patch", "pods", "default", "high", {"metadata": {"labels": {"touched": "yes"}}})
    world.run(20 * SECOND)
    assert gone == [n for n in ("low", "other") if world.pod(n).metadata.deletion_timestamp]
    assert len(gone) == 1
    told = next(one for one in world.pod("high").status.conditions if one.type == "PodScheduled").message
    assert told.endswith(
        "no new claims to deallocate, preemption: "
        "not eligible due to a terminating pod on the nominated node."
    )


def test_equals_are_not_preempted() -> None:
    world = _world(node("n1"))
    world.create(pod("a", WHOLE, priority=7), pod("b", WHOLE, priority=7))
    assert not world.pod("a").metadata.deletion_timestamp
    assert "1 No preemption victims found for incoming pod." in world.events("FailedScheduling")[0].message


def test_a_pod_that_never_preempts_waits() -> None:
    world = _world(node("n1"))
    world.create(pod("low", WHOLE), pod("high", WHOLE, priority=9, preemption_policy="Never"))
    assert not world.pod("low").metadata.deletion_timestamp
    assert world.events("FailedScheduling")[0].message == (
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: "
        "not eligible due to preemptionPolicy=Never."
    )


def test_as_many_as_possible_are_spared_the_most_important_first() -> None:
    world = _world(node("n1"))
    world.create(pod("a", {"cpu": "500m"}, priority=3), pod("b", {"cpu": "500m"}, priority=1))
    world.create(pod("c", {"cpu": "500m"}, priority=2), pod("high", HALF, priority=9))
    gone = {name for name in ("a", "b", "c") if world.pod(name).metadata.deletion_timestamp}
    assert gone == {"b"}


def test_a_protected_pod_is_spared_for_another_node() -> None:
    world = _world()
    budget = policy.PodDisruptionBudget(
        metadata=ObjectMeta(name="keep", namespace="default"),
        spec=policy.PodDisruptionBudgetSpec(selector=LabelSelector(match_labels={"app": "db"})),
    )
    world.create(budget)
    world.create(pod("db", WHOLE, app="db", priority=1), pod("web", WHOLE, priority=2))
    world.create(pod("high", WHOLE, priority=10))
    assert world.pod("web").metadata.deletion_timestamp
    assert not world.pod("db").metadata.deletion_timestamp


def test_nobody_is_preempted_in_v18() -> None:
    world = SchedulerWorld(node("n1"), release="v1.8")
    world.create(pod("low", WHOLE, priority=1), pod("high", WHOLE, priority=10))
    assert not world.pod("low").metadata.deletion_timestamp


def test_the_queue_goes_by_priority() -> None:
    world = _world(node("n1", cpu="1"))
    gate = (v1.PodSchedulingGate(name="wait"),)
    world.create(pod("low", HALF, scheduling_gates=gate), wait=0)
    world.create(pod("high", HALF, priority=9, scheduling_gates=gate))
    for name in ("low", "high"):
        old = world.pod(name)
        world.ask("update", replace(old, spec=replace(old.spec, scheduling_gates=())), wait=0)
    world.run(SECOND)
    assert (world.where("low"), world.where("high")) == ("", "n1")
