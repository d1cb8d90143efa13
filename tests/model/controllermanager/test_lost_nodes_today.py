"""Today's node lifecycle controller: what it tells pods, what it tries again, what it swaps."""

import pytest

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.request import Request
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
