"""Today's node lifecycle controller: what it tells pods, what it tries again, what it swaps."""

from typing import Any

import pytest

from clustersim.api.core_v1 import Node, Pod, Taint
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.controllermanager.nodelifecycle.taint_writer import TaintChange
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.time import MILLISECOND, SECOND
from tests.model.controllermanager.managed_world import ManagedWorld

NO_EXECUTE = "NoExecute"


def taints(world: ManagedWorld, node: str) -> list[str]:
    found = world.get("nodes", node).spec.taints
    return [taint.key.partition("/")[2] for taint in found if taint.effect == NO_EXECUTE]


def is_ready(pod: Pod) -> bool:
    return any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions)


def is_unknown(world: ManagedWorld, node: str) -> bool:
    return world.condition(node) == "Unknown"


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18, ControllerManagerV136])
def test_only_today_pods_are_told_that_their_node_is_not_ready(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", "n2", release=release)
    world.pod("web", "n1")
    world.stop("n1")
    world.wait(lambda: is_unknown(world, "n1"))
    world.run(SECOND)
    told = [
        (event.type, event.message, event.source.component)
        for event in world.events("NodeNotReady")
        if event.involved_object.kind == "Pod"
    ]
    today = release is ControllerManagerV136
    assert told == ([("Warning", "Node is not ready", "node-controller")] if today else [])


def test_today_a_pod_that_somebody_changed_at_that_moment_is_marked_by_the_next_pass() -> None:
    world = ManagedWorld("n1", "n2", release=ControllerManagerV136)
    world.pod("web", "n1")
    world.stop("n1")
    world.wait(lambda: bool(world.decisions("mark-unknown")))
    pod = world.get("pods", "default/web")
    noted = replace(pod, metadata=replace(pod.metadata, annotations={"by": "somebody"}))
    world.handle(Request("update", "pods", "default", "web", noted))
    world.run(200 * MILLISECOND)
    assert is_unknown(world, "n1")
    assert is_ready(world.get("pods", "default/web")), "its version was out of date"
    world.run(6 * SECOND)
    assert not is_ready(world.get("pods", "default/web"))


def test_today_a_taint_of_the_other_kind_is_swapped_without_waiting_for_a_token() -> None:
    world = ManagedWorld("n1", "n2", "n3", "n4", "n5", "n6", release=ControllerManagerV136)
    world.stop("n1")
    world.wait(lambda: taints(world, "n1") == ["unreachable"])
    world.stop("n2")
    world.wait(lambda: taints(world, "n2") == ["unreachable"])
    world.beats.say("n1", "False")
    world.run(6 * SECOND)
    assert taints(world, "n1") == ["not-ready"]


def lifecycle(world: ManagedWorld) -> Any:
    """The node lifecycle controller."""
    return world.manager.node_controller


def test_while_its_taint_is_written_a_node_waits_for_no_other() -> None:
    world = ManagedWorld("n1", "n2", release=ControllerManagerV136)
    world.pod("web", "n1")
    world.stop("n1")
    world.wait(lambda: bool(world.decisions("taint-node")))
    told = world.manager.node_controller.deadlines()["n1"]
    assert told.frozen is None
    assert not told.queued


def test_today_a_pod_that_is_gone_when_it_is_to_be_marked_is_not_tried_again() -> None:
    world = ManagedWorld("n1", "n2", release=ControllerManagerV136)
    world.pod("web", "n1")
    world.stop("n1")
    world.wait(lambda: bool(world.decisions("mark-pods")))
    world.delete("pods", "default/web", grace=0)
    world.run(SECOND)
    assert is_unknown(world, "n1")
    assert lifecycle(world).state.retry == {}


def test_today_a_pod_that_comes_to_a_node_which_has_never_reported_is_left_alone() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(Node(metadata=ObjectMeta(name="n9")), "nodes")
    world.run(6 * SECOND)
    world.pod("web", "n9")
    world.run(SECOND)
    assert is_ready(world.get("pods", "default/web"))


def test_today_a_taint_is_written_in_five_tries_or_left_for_the_nodes_next_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    writer, ends = lifecycle(world).tainting.writer, []
    monkeypatch.setattr(writer, "done", lambda _change, ok: ends.append(ok))
    taint = Taint(key="k", effect=NO_EXECUTE)
    conflict = Reply(409, reason="Conflict")
    writer.written(conflict, TaintChange("n1", (taint,), (), "", 0, attempt=5))
    assert ends == [False]
    writer.written(conflict, TaintChange("n1", (taint,), (), "", 0, attempt=4))
    world.run(SECOND)
    assert ends == [False, True]


def test_what_is_known_of_a_node_and_of_a_zone_without_nodes_is_forgotten() -> None:
    world = ManagedWorld(release=ControllerManagerV136)
    for name, zone in (("n1", "a"), ("n2", "b")):
        world.join(name, labels={"topology.kubernetes.io/zone": zone})
    world.stop("n2")
    world.wait(lambda: is_unknown(world, "n2"))
    state = lifecycle(world).state
    assert (len(state.zones), list(state.flipped)) == (2, ["n2"])
    world.delete("nodes", "n2")
    world.run(11 * SECOND)
    assert (len(state.zones), list(state.flipped)) == (1, [])


@pytest.mark.parametrize(
    ("labels", "after"),
    [
        ({"kubernetes.io/os": "linux"}, {"beta.kubernetes.io/os": "linux"}),
        (
            {"kubernetes.io/arch": "amd64", "beta.kubernetes.io/arch": "arm"},
            {"beta.kubernetes.io/arch": "amd64"},
        ),
        ({"beta.kubernetes.io/os": "linux"}, {"beta.kubernetes.io/os": "linux"}),
        ({"zone": "a"}, {}),
    ],
)
def test_old_labels_of_a_node_follow_the_stable_ones(labels: dict[str, str], after: dict[str, str]) -> None:
    world = ManagedWorld(release=ControllerManagerV136)
    world.join("n1", labels=labels)
    world.run(SECOND)
    assert world.get("nodes", "n1").metadata.labels == {**labels, **after}
