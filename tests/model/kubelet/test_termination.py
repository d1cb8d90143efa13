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


def test_a_grace_period_can_be_shortened_while_containers_are_told_to_stop() -> None:
    world = _world("v1.36")
    world.delete_pod("web")
    world.run(35)
    world.delete_pod("web", grace=5)
    world.run(50)
    assert 39.9 <= _ended(world) <= 42.1


def test_a_grace_period_once_set_is_never_lengthened() -> None:
    world = _world("v1.36")
    world.delete_pod("web", grace=10)
    world.run(33)
    world.delete_pod("web", grace=60)
    world.run(60)
    assert 39.9 <= _ended(world) <= 41.1


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_kubelets_of_old_notice_a_shorter_grace_only_when_everything_has_stopped(release: str) -> None:
    world = _world(release)
    world.delete_pod("web")
    world.run(35)
    world.delete_pod("web", grace=5)
    world.run(65)
    assert 59.9 <= _ended(world) <= 61.5


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_pod_that_ends_and_is_deleted_by_force_has_two_more_seconds(release: str) -> None:
    world = _world(release)
    world.delete_pod("web")
    world.run(35)
    world.delete_pod("web", grace=0)
    world.run(50)
    assert 36.9 <= _ended(world) <= 39.1


def test_who_ends_sooner_is_told_to_stop_again() -> None:
    world = _world("v1.36")
    world.delete_pod("web")
    world.run(35)
    world.delete_pod("web", grace=5)
    world.run(50)
    assert sum(count for _, _, count in world.notices("Killing")) == 2
