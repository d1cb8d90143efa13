"""The process: leading, losing the lock, restarting, and what people see of its loops."""

import pytest

from clustersim.api.meta import LEADER_ANNOTATION
from clustersim.api.request import Request
from clustersim.client.leaderelection import NAMESPACE
from clustersim.controllermanager.node.deadlines import (
    FROM_HEARTBEAT,
    FROM_TRANSITION,
    LIMITER_WAITS,
    NO_NODE_READY,
    ZONE_DISRUPTED,
)
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.state import copy_state, digest
from clustersim.engine.time import MILLISECOND, SECOND
from tests.model.controllermanager.managed_world import ManagedWorld


def test_it_leads_with_the_name_of_its_host_and_says_so() -> None:
    world = ManagedWorld("n1")
    lock = world.get("endpoints", f"{NAMESPACE}/kube-controller-manager")
    assert '"holderIdentity":"master"' in lock.metadata.annotations[LEADER_ANNOTATION]
    event = world.events("LeaderElection")[0]
    assert event.message == "master became leader"
    assert event.involved_object.name == "kube-controller-manager"
    assert world.manager.leading


def test_restarted_on_the_same_host_it_leads_again_at_once() -> None:
    world = ManagedWorld("n1")
    world.manager.kill()
    world.run(SECOND)
    world.manager.start()
    started = world.now
    world.wait(lambda: world.manager.leading)
    assert world.now - started < SECOND


def test_it_exits_ten_seconds_after_the_last_renewal_when_the_api_server_is_away() -> None:
    world = ManagedWorld("n1")
    world.run(10 * SECOND)
    world.apiserver.kill()
    died = world.now
    world.wait(lambda: not world.manager.running)
    assert 8 * SECOND <= world.now - died <= 10.1 * SECOND
    lines = [line.text for line in world.manager.journal]
    assert "failed to renew lease kube-system/kube-controller-manager" in lines[-2]
    assert "leaderelection lost" in lines[-1]


def test_without_leader_election_it_works_at_once() -> None:
    world = ManagedWorld("n1", leader_elect=False)
    assert world.get("endpoints", f"{NAMESPACE}/kube-controller-manager") is None
    assert world.events("RegisteredNode")


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18, ControllerManagerV136])
def test_every_control_loop_has_a_name_a_time_and_a_queue(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", "n2", release=release)
    world.controller("web", 2)
    world.run(SECOND)
    loops = world.manager.control_loops()
    assert len({loop.name for loop in loops}) == len(loops)
    assert all(controller.control_loops() for controller in world.manager.controllers.values())
    (replication,) = [loop for loop in loops if loop.name == "replication-controller"]
    assert replication.last_active is not None
    assert world.now - replication.last_active < SECOND
    assert {loop.queue for loop in loops} == {0}


def test_looking_changes_nothing_whether_it_runs_or_not() -> None:
    world = ManagedWorld("n1", "n2")
    for _ in range(2):
        before = digest(world.manager.state, world.engine.state)
        world.manager.control_loops()
        world.manager.node_controller.deadlines()
        assert digest(world.manager.state, world.engine.state) == before
        world.manager.kill()
    assert world.manager.node_controller.deadlines() == {}
    assert not world.manager.leading


def test_its_memory_can_be_copied_and_hashed_in_the_middle_of_a_pass() -> None:
    world = ManagedWorld("n1", "n2")
    world.pod("a", "n1")
    world.stop("n1")
    world.wait(lambda: world.decisions("mark-unknown"))
    state = world.manager.state
    assert digest(copy_state(state)) == digest(state)
    assert digest(copy_state(world.engine.state)) == digest(world.engine.state)


def test_a_process_that_is_stopped_while_it_waits_for_an_answer_forgets_everything() -> None:
    world = ManagedWorld("n1", "n2")
    world.stop("n1")
    world.wait(lambda: world.decisions("mark-unknown"))
    world.manager.kill()
    world.run(SECOND)
    world.manager.start()
    world.run(10 * SECOND)
    assert world.manager.node_controller.state.health["n1"].transition > world.now - 10 * SECOND


# --- deadlines ----------------------------------------------------------------------------------------


def test_the_deadline_of_a_healthy_node_moves_with_its_heartbeats() -> None:
    world = ManagedWorld("n1", "n2")
    first = world.manager.node_controller.deadlines()["n1"]
    world.run(20 * SECOND)
    later = world.manager.node_controller.deadlines()["n1"]
    assert first.grace.due is not None
    assert later.grace.due is not None
    assert later.grace.due > first.grace.due
    assert not later.grace.holds
    assert not later.marked


def test_the_pass_that_marks_a_silent_node_is_foretold_to_the_millisecond() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.pod("a", "n1")
    world.stop("n1")
    world.run(20 * SECOND)
    foretold = world.manager.node_controller.deadlines()["n1"].grace_pass
    world.wait(lambda: world.decisions("mark-unknown"))
    assert foretold == world.now
    world.run(SECOND)
    told = world.manager.node_controller.deadlines()["n1"]
    assert told.marked
    assert told.eviction_origin == FROM_HEARTBEAT
    assert told.eviction_pass is not None
    world.wait(lambda: world.decisions("queue-eviction"))
    assert abs(told.eviction_pass - world.now) < 5 * MILLISECOND
    world.run(SECOND)
    assert world.manager.node_controller.deadlines()["n1"].evicted


def test_a_kubelet_that_says_it_is_not_ready_counts_from_there() -> None:
    world = ManagedWorld("n1", "n2")
    world.beats.say("n1", "False")
    world.run(10 * SECOND)
    told = world.manager.node_controller.deadlines()["n1"]
    assert told.eviction_origin == FROM_TRANSITION
    assert told.eviction.due == told.transition + 300 * SECOND


def test_why_an_eviction_does_not_happen() -> None:
    world = ManagedWorld("n1", "n2", "n3", "n4", "n5", pod_eviction_timeout=60 * SECOND)
    controller = world.manager.node_controller
    world.stop("n1", "n2", "n3")
    world.run(60 * SECOND)
    assert controller.deadlines()["n1"].frozen == ZONE_DISRUPTED
    world.stop("n4", "n5")
    world.run(60 * SECOND)
    assert controller.deadlines()["n1"].frozen == NO_NODE_READY
    world.beats.say("n4", "True")
    world.beats.say("n5", "True")
    world.beats.say("n3", "True")
    world.wait(lambda: world.decisions("leave-master-disruption"))
    waiting = controller.deadlines()["n1"]
    assert waiting.queued
    assert waiting.frozen == LIMITER_WAITS
    assert waiting.frozen_until == world.now + 10 * SECOND
    world.wait(lambda: world.decisions("evict-node"))
    assert waiting.frozen_until <= world.now < waiting.frozen_until + 150 * MILLISECOND


def test_two_runs_are_the_same_whatever_the_steps() -> None:
    traces = []
    for step in (100 * SECOND, 777 * MILLISECOND):
        world = ManagedWorld("n1", "n2", "n3", pod_eviction_timeout=60 * SECOND)
        world.controller("web", 3)
        world.run(SECOND)
        for index, pod in enumerate(world.all("pods")):
            world.bind(pod.metadata.name, f"n{index + 1}")
        world.until(0)
        world.stop("n2")
        while world.now < 200 * SECOND:
            world.until(min(200 * SECOND, world.now + step))
        traces.append((digest(world.manager.state, world.engine.state, world.etcd.store), world.now))
    assert traces[0] == traces[1]
    assert world.handle(Request("get", "nodes", name="n2")).ok
