"""When a node turns Unknown, and what becomes of its conditions and pods."""

from typing import Any

import pytest

from clustersim.api.core_v1 import Node
from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.controllermanager.process import ControllerManagerV17, ControllerManagerV18
from clustersim.engine.time import MILLISECOND, SECOND
from tests.model.controllermanager.managed_world import ManagedWorld


def last_probe(world: ManagedWorld, node: str) -> int:
    return world.manager.node_controller.state.health[node].probe


def test_node_turns_unknown_at_the_eighth_pass_after_the_one_that_saw_its_last_heartbeat() -> None:
    world = ManagedWorld("n1", "n2")
    world.stop("n1")
    flipped = world.wait(lambda: world.condition("n1") == "Unknown")
    silent = flipped - last_probe(world, "n1")
    assert 40 * SECOND < silent < 40 * SECOND + 200 * MILLISECOND


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("phase", [0.0, 1.3, 4.2, 8.9])
def test_node_turns_unknown_30_to_45_seconds_after_it_died(seed: int, phase: float) -> None:
    world = ManagedWorld("n1", "n2", seed=seed)
    world.run(round(phase * SECOND))
    died = world.now
    world.stop("n1")
    flipped = world.wait(lambda: world.condition("n1") == "Unknown")
    assert 30 * SECOND < flipped - died < 45.2 * SECOND


def test_a_node_whose_clock_is_an_hour_wrong_is_treated_like_any_other() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.beats.state.skew["n1"] = 3600 * SECOND
    world.beats.state.skew["n2"] = -3600 * SECOND
    world.run(100 * SECOND)
    assert [world.condition(node) for node in ("n1", "n2", "n3")] == ["True"] * 3
    world.stop("n1", "n2")
    silent_since = world.now
    world.wait(lambda: world.condition("n1") == "Unknown")
    assert 30 * SECOND < world.now - silent_since < 45.2 * SECOND


@pytest.mark.parametrize(
    ("release", "out_of_disk"), [(ControllerManagerV17, "Unknown"), (ControllerManagerV18, "False")]
)
def test_conditions_that_turn_unknown_with_ready(release: type, out_of_disk: str) -> None:
    world = ManagedWorld("n1", "n2", release=release)
    heartbeat = world.get("nodes", "n1").status.conditions[-1].last_heartbeat_time
    world.stop("n1")
    world.wait(lambda: world.condition("n1") == "Unknown")
    assert world.condition("n1", "MemoryPressure") == "Unknown"
    assert world.condition("n1", "DiskPressure") == "Unknown"
    assert world.condition("n1", "OutOfDisk") == out_of_disk
    assert world.condition("n1", "NetworkUnavailable") == "False"
    ready = world.get("nodes", "n1").status.conditions[-1]
    assert ready.reason == "NodeStatusUnknown"
    assert ready.message == "Kubelet stopped posting node status."
    assert ready.last_heartbeat_time >= heartbeat
    assert ready.last_transition_time > ready.last_heartbeat_time


def test_a_node_that_never_reported_turns_unknown_sixty_seconds_after_its_creation() -> None:
    world = ManagedWorld("n1")
    created = world.now
    world.create(Node(metadata=ObjectMeta(name="n9")), "nodes")
    world.wait(lambda: bool(world.get("nodes", "n9").status.conditions))
    assert 60 * SECOND < world.now - created < 65.2 * SECOND
    conditions = {c.type: c for c in world.get("nodes", "n9").status.conditions}
    assert list(conditions) == ["Ready", "OutOfDisk", "MemoryPressure", "DiskPressure"]
    assert conditions["Ready"].reason == "NodeStatusNeverUpdated"
    assert conditions["Ready"].message == "Kubelet never posted node status."
    assert world.decisions("mark-unknown")[0].rule.rule.id == "node-controller.startup-grace-exceeded"


def test_pods_of_a_silent_node_are_not_ready_but_run_on() -> None:
    world = ManagedWorld("n1", "n2")
    pod = world.pod("web", "n1")
    since = pod.status.conditions[0].last_transition_time
    world.stop("n1")
    world.wait(lambda: world.condition("n1") == "Unknown")
    world.run(100 * MILLISECOND)
    pod = world.get("pods", "default/web")
    assert pod.status.conditions[0].status == "False"
    assert pod.status.conditions[0].last_transition_time == since
    assert pod.status.phase == "Running"
    assert pod.status.reason == ""
    assert pod.status.container_statuses[0].ready


def test_a_kubelet_that_says_it_is_not_ready_gets_no_event_and_its_pods_are_left_alone() -> None:
    world = ManagedWorld("n1", "n2")
    world.pod("web", "n1")
    world.beats.say("n1", "False")
    world.run(60 * SECOND)
    assert world.condition("n1") == "False"
    assert not world.events("NodeNotReady")
    assert world.get("pods", "default/web").status.conditions[0].status == "True"


def test_events_name_the_controller_as_their_release_does() -> None:
    for release, own in ((ControllerManagerV17, "NodeController"), (ControllerManagerV18, "Controller")):
        world = ManagedWorld("n1", "n2", release=release)
        world.delete("nodes", "n2")
        world.beats.stop("n2")
        world.run(10 * SECOND)
        registered, removed = world.events("RegisteredNode"), world.events("RemovingNode")
        assert [event.message for event in registered] == [
            f"Node n1 event: Registered Node n1 in {own}",
            f"Node n2 event: Registered Node n2 in {own}",
        ]
        assert [event.message for event in removed] == [f"Node n2 event: Removing Node n2 from {own}"]
        assert {event.source.component for event in registered} == {"controllermanager"}


def test_a_heartbeat_that_overtakes_the_write_saves_the_node() -> None:
    world = ManagedWorld("n1", "n2")
    world.stop("n1")
    world.wait(lambda: world.decisions("mark-unknown"))
    assert world.condition("n1") == "True"
    world.beats.state.ready["n1"] = "True"
    world.handle(Request("patch-status", "nodes", name="n1", body=world.beats.report("n1")))
    world.run(SECOND)
    assert world.condition("n1") == "True"
    assert not world.events("NodeNotReady")


def test_idle_passes_drift_by_what_they_cost() -> None:
    world = ManagedWorld("n1", "n2", "n3", monitor_pass_cost=2 * MILLISECOND)
    state = world.manager.node_controller.state
    first = state.last_pass
    world.run(100 * SECOND)
    assert first is not None
    assert state.last_pass is not None
    passes = round((state.last_pass - first) / (5 * SECOND))
    assert (state.last_pass - first) - passes * 5 * SECOND == passes * (2 * MILLISECOND + 75)


def test_the_first_pass_comes_soon_after_leading() -> None:
    for release in (ControllerManagerV17, ControllerManagerV18):
        world = ManagedWorld("n1", release=release)
        led = next(event.t for event in world.engine.record if event.verb == "became-leader")
        registered = next(event.t for event in world.decisions("change-zone-state"))
        assert registered - led == release.first_pass_delay()


def test_a_decision_is_caused_by_the_last_heartbeat_and_causes_the_write() -> None:
    world = ManagedWorld("n1", "n2")
    world.stop("n1")
    world.wait(lambda: world.condition("n1") == "Unknown")
    decision = world.decisions("mark-unknown")[0]
    write = next(e for e in world.engine.record if e.object == "nodes/n1" and decision.id in e.causes)
    assert write.kind == "write"
    assert write.actor == "controller-manager"
    assert decision.rule.values["grace"] == 40 * SECOND
    assert decision.rule.due < decision.t
    heartbeat = world.engine.record.get(decision.causes[0])
    assert heartbeat is not None
    assert heartbeat.object == "nodes/n1"


def test_a_node_is_written_in_five_tries_or_left_for_the_next_pass() -> None:
    world = ManagedWorld("n1", "n2")
    world.stop("n1")
    world.wait(lambda: world.decisions("mark-unknown"))
    monitor: Any = world.manager.node_controller.monitor
    assert monitor.state.working == 1
    read = Reply(200, world.get("nodes", "n1"))
    monitor.read_again(read, "n1", 4)
    assert monitor.state.working == 1
    monitor.read_again(read, "n1", 5)
    assert monitor.state.working == 0


def test_a_node_that_was_saved_at_the_last_moment_is_no_reason_for_the_state_of_its_zone() -> None:
    world = ManagedWorld("n1", "n2")
    world.stop("n1")
    world.wait(lambda: world.decisions("mark-unknown"))
    world.beats.state.ready["n1"] = "True"
    world.handle(Request("patch-status", "nodes", name="n1", body=world.beats.report("n1")))
    monitor: Any = world.manager.node_controller.monitor
    assert len(monitor.state.flips) == 1
    world.wait(lambda: world.decisions("spare-node"))
    assert (monitor.state.flips, monitor.state.flipped) == ([], {})
