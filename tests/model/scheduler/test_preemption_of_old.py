"""The alpha features of v1.8: priorities that displace, and taints instead of conditions."""

from typing import Any

from clustersim.api import core_v1 as v1
from clustersim.api.meta import replace
from clustersim.engine.time import SECOND
from clustersim.flags import SchedulerFlags
from clustersim.releases import release_named
from clustersim.scheduler.fifo_preemption import NOMINATED
from tests.model.scheduler.worlds import SchedulerWorld, node, pod

PRIORITY = "PodPriority=true"


def _world(*nodes: v1.Node, gates: tuple[str, ...] = (PRIORITY,)) -> SchedulerWorld:
    flags: SchedulerFlags = replace(release_named("v1.8").flags.scheduler, feature_gates=gates)
    world = SchedulerWorld(*nodes, release="v1.8", flags=flags)
    world.apiserver.flags = replace(world.apiserver.flags, feature_gates=(PRIORITY,))
    return world


def _pod(name: str, cpu: str, priority: int, **more: Any) -> v1.Pod:
    return pod(name, {"cpu": cpu}, priority=priority, termination_grace_period_seconds=5, **more)


def _ends(world: SchedulerWorld, name: str) -> bool:
    found = world.etcd.get("pods", f"default/{name}")
    return found is None or bool(found.metadata.deletion_timestamp)


def test_a_pod_that_fits_nowhere_displaces_less_important_ones() -> None:
    world = _world(node("n1"))
    world.create(_pod("low", "1", 1), _pod("middle", "500m", 5), _pod("high", "1", 10))
    world.run(SECOND)
    assert _ends(world, "low")
    assert not _ends(world, "middle")
    assert world.pod("high").metadata.annotations[NOMINATED] == "n1"
    [told] = world.events("Preempted")
    assert (told.message, told.involved_object.name) == ("by default/high on node n1", "low")
    world.ask("delete", "pods", "default", "low", grace_seconds=0)
    world.run(20 * SECOND)
    assert world.where("high") == "n1"


def test_nobody_is_displaced_by_an_equal_or_in_vain() -> None:
    world = _world(node("n1"))
    world.create(_pod("low", "1500m", 5), _pod("equal", "1", 5), _pod("huge", "3", 10))
    world.run(5 * SECOND)
    assert not _ends(world, "low")
    assert not world.events("Preempted")


def test_where_nothing_helps_nobody_has_to_go() -> None:
    world = _world(node("n1", ready="False"), node("n2", labels={"disk": "ssd"}))
    world.create(_pod("low", "1500m", 1))
    world.create(_pod("high", "1", 10, node_selector={"disk": "hdd"}))
    world.run(5 * SECOND)
    assert world.where("low") == "n2"
    assert not _ends(world, "low")


def test_the_node_is_chosen_whose_victims_matter_least() -> None:
    world = _world(node("n1"), node("n2"))
    world.create(_pod("a", "2", 3), _pod("b", "2", 2))
    where = world.where("b")
    world.create(_pod("high", "1", 10))
    world.run(SECOND)
    assert world.pod("high").metadata.annotations[NOMINATED] == where
    assert _ends(world, "b")
    assert not _ends(world, "a")


def test_while_its_victims_end_a_pod_displaces_nobody_else() -> None:
    world = _world(node("n1"), node("n2"))
    world.create(_pod("a", "2", 3), _pod("b", "2", 2), _pod("high", "1", 10))
    world.run(4 * SECOND)
    assert [event.involved_object.name for event in world.events("Preempted")] == ["b"]


def test_without_the_gate_nobody_is_displaced() -> None:
    world = _world(node("n1"), gates=())
    world.create(_pod("low", "2", 1), _pod("high", "1", 10))
    world.run(5 * SECOND)
    assert not _ends(world, "low")


def test_pods_are_tried_in_the_order_in_which_they_came_all_the_same() -> None:
    world = _world(node("n1"))
    for one in (_pod("low", "1500m", 1), _pod("high", "1500m", 10)):
        assert world.ask("create", one, wait=0).ok
    world.run(SECOND // 20)
    assert world.where("low") == "n1"


# --- taints instead of conditions --------------------------------------------------------------------------


def test_with_taints_by_condition_neither_a_condition_nor_a_cordon_keeps_a_pod_away() -> None:
    gates = ("TaintNodesByCondition=true",)
    for nodes in ((node("n1", ready="False"),), (node("n1", unschedulable=True),)):
        assert _world(*nodes, gates=gates).bindings(1) == ["n1"]
        assert _world(*nodes, gates=()).bindings(1) == [""]
    taint = v1.Taint(key="node.kubernetes.io/out-of-disk", effect="NoSchedule")
    assert _world(node("n1", taints=(taint,)), gates=gates).bindings(1) == [""]
