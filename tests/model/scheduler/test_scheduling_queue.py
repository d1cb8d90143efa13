"""What wakes a pod that waits in v1.36, and when."""

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.meta import LabelSelector, replace
from clustersim.api.request import Request
from clustersim.engine.time import MINUTE, SECOND
from clustersim.scheduler.framework.queue import QueueState, SchedulingQueue
from tests.model.scheduler.worlds import HOSTNAME, SchedulerWorld, node, pod

BIG = {"cpu": "2"}


def _world(*nodes: v1.Node) -> SchedulerWorld:
    return SchedulerWorld(*nodes, release="v1.36")


def _tries(world: SchedulerWorld, name: str) -> int:
    return int(world.scheduler.state.attempts.by_pod[f"default/{name}"].tried)


def test_a_new_unschedulable_pod_is_tried_once() -> None:
    world = _world(node("n1", cpu="1"))
    world.create(pod("big", BIG))
    world.run(MINUTE)
    assert _tries(world, "big") == 1


def test_a_pod_that_leaves_wakes_the_one_that_waits_for_room() -> None:
    world = _world(node("n1"))
    world.create(pod("a", BIG), pod("b", BIG))
    world.run(30 * SECOND)
    world.ask("delete", "pods", "default", "a", grace_seconds=0)
    assert world.where("b") == "n1"


def _resize(world: SchedulerWorld, name: str, cpu: str) -> None:
    """A pod asks for another size, and its kubelet says that it has it."""
    body = {"spec": {"containers": [{"name": "main", "resources": {"requests": {"cpu": cpu}}}]}}
    asked = Request("patch", "pods", "default", name, body, patch_type="strategic", subresource="resize")
    assert world.apiserver.handle(asked, "test").ok


def _has(world: SchedulerWorld, name: str, cpu: str) -> None:
    old, asked = world.pod(name), {"cpu": cpu}
    status = v1.ContainerStatus(
        name="main", allocated_resources=asked, resources=v1.ResourceRequirements(requests=asked)
    )
    status = replace(status, state=v1.ContainerState(running=v1.ContainerStateRunning()))
    world.ask("update_status", replace(old, status=replace(old.status, container_statuses=(status,))))


def test_a_pod_that_shrinks_wakes_who_waits_for_room_when_its_kubelet_says_so() -> None:
    world = _world(node("n1"))
    world.create(pod("a", BIG))
    _has(world, "a", "2")
    world.create(pod("b", {"cpu": "1"}), pod("c", {"memory": "8Gi"}))
    world.run(30 * SECOND)
    _resize(world, "a", "1")
    world.run(SECOND)
    assert (world.where("b"), _tries(world, "b")) == ("", 1)
    _has(world, "a", "1")
    assert world.where("b") == "n1"
    assert _tries(world, "c") == 1


def test_a_pod_that_grows_takes_room_before_it_has_it() -> None:
    world = _world(node("n1"))
    world.create(pod("a", {"cpu": "1"}))
    _has(world, "a", "1")
    _resize(world, "a", "2")
    world.create(pod("b", {"cpu": "1"}))
    world.run(SECOND)
    assert not world.where("b")


def test_a_taint_taken_away_wakes_who_fell_at_it_and_who_fell_at_something_else() -> None:
    """Plugins of taints and of spreading alone judge whether that may help (buildQueueingHintMap)."""
    gpu, other = (v1.Taint(key=key, value="yes", effect="NoSchedule") for key in ("gpu", "other"))
    world = _world(node("n1", taints=(gpu, other)), node("n2", cpu="1", taints=(other,)))
    anything = (v1.Toleration(operator="Exists"),)
    but_gpu = (v1.Toleration(key="other", operator="Exists"),)
    world.create(pod("a", BIG, tolerations=but_gpu), pod("b", {"cpu": "3"}, tolerations=anything), pod("c"))
    world.run(30 * SECOND)
    old = world.etcd.get("nodes", "n1")
    world.ask("update", replace(old, spec=replace(old.spec, taints=(other,))))
    world.run(SECOND)
    assert world.where("a") == "n1"
    assert [_tries(world, name) for name in ("b", "c")] == [2, 1]


def test_a_cordon_wakes_nobody_and_its_end_everybody_but_who_falls_at_taints() -> None:
    taint = v1.Taint(key="gpu", value="yes", effect="NoSchedule")
    world = _world(node("n1", taints=(taint,)))
    world.create(pod("big", {"cpu": "3"}, tolerations=(v1.Toleration(operator="Exists"),)), pod("c"))
    for cordoned, tries in ((True, [1, 1]), (False, [2, 1])):
        world.run(30 * SECOND)
        old = world.etcd.get("nodes", "n1")
        world.ask("update", replace(old, spec=replace(old.spec, unschedulable=cordoned)))
        world.run(SECOND)
        assert [_tries(world, name) for name in ("big", "c")] == tries


def test_a_node_that_offers_less_of_what_is_asked_wakes_nobody() -> None:
    world = _world(node("n1", cpu="4"))
    world.create(pod("a", {"cpu": "3"}), pod("b", {"cpu": "2"}))
    for cpu, memory, tries in (("4", "8Gi", 1), ("3500m", "8Gi", 1), ("3800m", "8Gi", 2)):
        world.run(30 * SECOND)
        old = world.etcd.get("nodes", "n1")
        offered = {**old.status.allocatable, "cpu": cpu, "memory": memory}
        world.ask("update_status", replace(old, status=replace(old.status, allocatable=offered)))
        world.run(SECOND)
        assert _tries(world, "b") == tries


def test_of_pods_that_leave_only_those_wake_a_pod_that_its_affinity_is_about() -> None:
    far = v1.Affinity(
        pod_anti_affinity=v1.PodAntiAffinity(
            required_during_scheduling_ignored_during_execution=(
                v1.PodAffinityTerm(
                    label_selector=LabelSelector(match_labels={"app": "web"}), topology_key=HOSTNAME
                ),
            )
        )
    )
    world = _world(node("n1"))
    world.create(pod("there"), pod("too"), pod("another", app="db"), pod("lonely", affinity=far))
    for leaving, tries in (("another", 1), ("there", 2)):
        world.run(30 * SECOND)
        world.ask("delete", "pods", "default", leaving, grace_seconds=0)
        world.run(SECOND)
        assert _tries(world, "lonely") == tries


def test_a_heartbeat_wakes_nobody() -> None:
    world = _world(node("n1", cpu="1"))
    world.create(pod("big", BIG))
    world.change_node("n1", "True")
    world.run(10 * SECOND)
    assert _tries(world, "big") == 1


def test_without_any_change_a_pod_is_tried_again_after_five_minutes() -> None:
    world = _world(node("n1", cpu="1"))
    world.create(pod("big", BIG))
    world.run(4 * MINUTE + 50 * SECOND)
    assert _tries(world, "big") == 1
    world.run(45 * SECOND)
    assert _tries(world, "big") == 2


def test_a_gate_keeps_a_pod_from_being_tried_at_all() -> None:
    world = _world(node("n1"))
    world.create(pod("a", scheduling_gates=(v1.PodSchedulingGate(name="wait"),)))
    world.run(10 * MINUTE)
    assert not world.where("a")
    assert not world.events("FailedScheduling")
    old = world.pod("a")
    world.ask("update", replace(old, spec=replace(old.spec, scheduling_gates=())))
    assert world.where("a") == "n1"


@pytest.mark.parametrize(("tries", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (9, 10)])
def test_the_back_off_doubles_up_to_ten_seconds(tries: int, seconds: int) -> None:
    queue = SchedulingQueue(QueueState(), SECOND, 10 * SECOND)
    queue.add(pod("a"), 0, 0)
    for _ in range(tries):
        queued = queue.pop()
        assert queued is not None
        queue.turned_away(queued, ("NodeResourcesFit",), 0)
        queue.activate(queued)
    assert queued.backoff_until == seconds * SECOND


def test_pods_are_taken_from_the_back_off_queue_when_nobody_else_waits() -> None:
    queue = SchedulingQueue(QueueState(), SECOND, 10 * SECOND)
    queue.add(pod("a"), 0, 0)
    queued = queue.pop()
    assert queued is not None
    queue.turned_away(queued, ("NodePorts",), 0)
    assert not queue.has_turn()
    queue.move(queued, SECOND // 2)
    assert queued.place == "backoff"
    assert queue.has_turn()
    assert queue.pop() is queued


def test_a_refused_binding_waits_out_its_back_off() -> None:
    queue = SchedulingQueue(QueueState(), SECOND, 10 * SECOND)
    queue.add(pod("a"), 0, 0)
    queued = queue.pop()
    assert queued is not None
    queue.turned_away(queued, (), 0)
    assert queued.place == "backoff"
    assert not queue.has_turn()
