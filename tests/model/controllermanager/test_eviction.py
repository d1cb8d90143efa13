"""When the pods of a lost node are deleted, how, and when not."""

import pytest

from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.timestamp import micros
from clustersim.controllermanager.process import ControllerManagerV17, ControllerManagerV18
from clustersim.engine.time import MILLISECOND, SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import daemon_set


def lost(world: ManagedWorld, pod: str) -> bool:
    return bool(world.get("pods", f"default/{pod}").metadata.deletion_timestamp)


def test_pods_are_deleted_260_seconds_after_the_node_turned_unknown() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.pod("web", "n1")
    world.stop("n1")
    flipped = world.wait(lambda: world.condition("n1") == "Unknown")
    evicted = world.wait(lambda: lost(world, "web"))
    assert 259.9 * SECOND < evicted - flipped < 265.3 * SECOND
    assert world.decisions("queue-eviction")[0].rule.rule.id == "node-controller.eviction-due-from-heartbeat"


def test_an_evicted_pod_is_nodelost_and_has_its_own_grace_period_and_stays() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.pod("web", "n1")
    world.stop("n1")
    evicted = world.wait(lambda: lost(world, "web"))
    pod = world.get("pods", "default/web")
    assert pod.status.reason == "NodeLost"
    assert pod.status.message == "Node n1 which was running pod web is unresponsive"
    assert pod.status.phase == "Running"
    assert pod.metadata.deletion_grace_period_seconds == 30
    assert 28 * SECOND < micros(pod.metadata.deletion_timestamp) - evicted <= 30 * SECOND
    world.run(3600 * SECOND)
    assert lost(world, "web")


def test_status_is_written_then_the_event_then_the_deletion() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    for name in ("a", "b"):
        world.pod(name, "n1")
    world.stop("n1")
    world.wait(lambda: lost(world, "b"))
    world.run(SECOND)
    start = world.decisions("evict-node")[0]
    writes = [e for e in world.engine.record if e.kind == "write" and e.t >= start.t]
    seen = [
        (e.verb, e.object.rpartition("/")[2].partition(".")[0], getattr(e.after, "reason", ""))
        for e in writes
        if e.actor == "controller-manager" and not e.object.startswith("endpoints/")
    ]
    assert seen == [
        ("create", "n1", "DeletingAllPods"),
        ("update-status", "a", ""),
        ("create", "a", "NodeControllerEviction"),
        ("delete", "a", ""),
        ("update-status", "b", ""),
        ("create", "b", "NodeControllerEviction"),
        ("delete", "b", ""),
    ]


def test_a_pod_of_a_daemon_set_is_nodelost_but_never_deleted() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(daemon_set("agent"), "daemonsets")
    world.run(SECOND)
    mine = next(pod for pod in world.all("pods") if pod.spec.node_name == "n1")
    name = mine.metadata.name
    world.set_ready(name, True)
    world.stop("n1")
    world.wait(lambda: world.get("pods", f"default/{name}").status.reason == "NodeLost")
    world.run(600 * SECOND)
    assert not lost(world, name)


def test_a_node_that_is_back_before_its_time_keeps_its_pods() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.pod("web", "n1")
    world.stop("n1")
    world.run(200 * SECOND)
    world.beats.say("n1", "True")
    world.run(600 * SECOND)
    assert not lost(world, "web")


def test_a_kubelet_that_stays_not_ready_is_evicted_five_minutes_after_that_was_seen() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.pod("web", "n1")
    world.beats.say("n1", "False")
    said = world.now
    world.wait(lambda: world.manager.node_controller.state.health["n1"].ready == "False")
    seen = world.now
    evicted = world.wait(lambda: lost(world, "web"))
    assert seen - said < 5.1 * SECOND
    assert 300 * SECOND < evicted - seen < 305.3 * SECOND
    rule = world.decisions("queue-eviction")[0].rule
    assert rule.rule.id == "node-controller.eviction-due-from-transition"


def test_pods_bound_to_an_evicted_node_stay_until_it_was_ready_once() -> None:
    world = ManagedWorld("n1", "n2", "n3", pod_eviction_timeout=60 * SECOND)
    world.pod("web", "n1")
    world.stop("n1")
    world.wait(lambda: lost(world, "web"))
    world.pod("late", "n1")
    world.run(600 * SECOND)
    assert not lost(world, "late")
    world.beats.say("n1", "True")
    world.run(20 * SECOND)
    world.stop("n1")
    world.wait(lambda: lost(world, "late"), limit=120 * SECOND)


def test_the_clock_of_an_eviction_starts_anew_with_the_controller_manager() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.pod("web", "n1")
    world.stop("n1")
    world.run(240 * SECOND)
    world.manager.kill()
    world.run(2 * SECOND)
    world.manager.start()
    world.wait(lambda: world.manager.node_controller.state.health.get("n1") is not None)
    restarted = world.now
    evicted = world.wait(lambda: lost(world, "web"))
    assert 300 * SECOND < evicted - restarted < 305.3 * SECOND


def test_a_conflict_leaves_the_pod_for_the_nodes_next_turn() -> None:
    world = ManagedWorld("n1", "n2", "n3", pod_eviction_timeout=60 * SECOND)
    world.pod("web", "n1")
    world.stop("n1")
    world.wait(lambda: bool(world.decisions("evict-node")))
    world.run(1200)  # the list of its pods is on its way
    pod = world.get("pods", "default/web")
    changed = replace(pod, metadata=replace(pod.metadata, labels={"touched": "yes"}))
    world.handle(Request("update", "pods", "default", "web", changed))
    world.run(50 * MILLISECOND)
    first = len(world.decisions("evict-node"))
    world.wait(lambda: lost(world, "web"), limit=12 * SECOND)
    assert len(world.decisions("evict-node")) > 1
    assert first >= 1


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18])
def test_two_of_several_nodes_go_at_once_then_one_on_each_tick_of_the_bucket(release: type) -> None:
    world = ManagedWorld(*(f"n{i}" for i in range(10)), release=release, pod_eviction_timeout=60 * SECOND)
    for i in range(5):
        world.pod(f"p{i}", f"n{i}")
    world.stop(*(f"n{i}" for i in range(5)))
    created = world.decisions("change-zone-state")[0].t / SECOND
    world.wait(lambda: all(lost(world, f"p{i}") for i in range(5)))
    times = [t for _, t in world.evicted_at()]
    assert len(times) == 5
    queued = [e.t / SECOND for e in world.decisions("queue-eviction")]
    assert times[0] - queued[0] < 0.15
    assert times[1] - queued[1] < 0.15
    ticks = [(t - created) % 10 for t in times[2:]]
    assert all(tick < 0.15 for tick in ticks), ticks
    assert 0 < times[2] - times[1] <= 10.2
    assert times[3] - times[2] == pytest.approx(10, abs=0.15)
    assert times[4] - times[3] == pytest.approx(10, abs=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_the_lazy_eviction_loop_does_what_its_ticking_twin_does(seed: int) -> None:
    traces = []
    for ticking in (False, True):
        names = [f"n{i}" for i in range(7)]
        world = ManagedWorld(*names, ticking=ticking, seed=seed, pod_eviction_timeout=60 * SECOND)
        world.controller("web", 7)
        world.service("web")
        world.run(SECOND)
        for index, pod in enumerate(world.all("pods")):
            world.bind(pod.metadata.name, names[index])
        world.run((seed + 1) * 1_234_567)
        world.stop("n0", "n1", "n2")
        world.run(150 * SECOND)
        world.stop("n3")
        world.run(30 * SECOND)
        world.beats.say("n1", "True")
        world.run(200 * SECOND)
        traces.append([(e.id, e.t, e.kind, e.actor, e.verb, e.object, e.causes) for e in world.engine.record])
    assert traces[0] == traces[1]
    assert any(event[4] == "evict-node" for event in traces[0])


def test_every_write_of_an_eviction_is_caused_by_the_decision() -> None:
    world = ManagedWorld("n1", "n2", "n3", pod_eviction_timeout=60 * SECOND)
    for name in ("a", "b"):
        world.pod(name, "n1")
    world.stop("n1")
    world.wait(lambda: lost(world, "b"))
    decision = world.decisions("evict-node")[0]
    writes = [
        e
        for e in world.engine.record
        if e.kind == "write" and e.object in ("pods/default/a", "pods/default/b")
    ]
    assert [e.causes for e in writes if e.t >= decision.t] == [(decision.id,)] * 4
