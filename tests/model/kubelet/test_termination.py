"""How long a pod has that ends, and what happens when that changes."""

from typing import Any

import pytest

from tests.model.kubelet.node_world import NodeWorld

SLEEPS: dict[str, Any] = {"image": "busybox", "command": ("sleep", "1d")}
"""The first process of a container that handles no signal: SIGTERM does not reach it."""


def _world(release: str, grace: int = 30) -> NodeWorld:
    world = NodeWorld(release)
    world.run(8)
    world.create_pod("web", grace=grace, **SLEEPS)
    world.run(30)
    assert world.is_ready("web")
    return world


def _ended(world: NodeWorld) -> float:
    [ended] = world.container_times("exited")
    return ended


def test_a_grace_period_once_set_is_never_lengthened() -> None:
    world = _world("v1.36")
    world.delete_pod("web", grace=10)
    world.run(33)
    world.delete_pod("web", grace=60)
    world.run(60)
    assert 39.9 <= _ended(world) <= 41.1


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_shorter_grace_is_noticed_only_when_everything_has_stopped(release: str) -> None:
    world = _world(release)
    world.delete_pod("web")
    world.run(35)
    world.delete_pod("web", grace=5)
    world.run(65)
    assert 59.9 <= _ended(world) <= 61.5


@pytest.mark.parametrize(("release", "ends"), [("v1.7", 37), ("v1.8", 37), ("v1.36", 60)])
def test_of_a_pod_that_ends_and_is_deleted_by_force_old_kubelets_ask_docker_again(
    release: str, ends: float
) -> None:
    world = _world(release)
    world.delete_pod("web")
    world.run(35)
    world.delete_pod("web", grace=0)
    world.run(65)
    assert ends - 0.1 <= _ended(world) <= ends + 2.1
    assert world.pod("web") is None


def test_a_pod_that_is_deleted_by_force_has_two_seconds() -> None:
    world = _world("v1.36")
    world.delete_pod("web", grace=0)
    world.run(40)
    assert 31.9 <= _ended(world) <= 33.1
