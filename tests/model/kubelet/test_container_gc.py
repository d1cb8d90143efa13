"""Which dead containers are kept where there is a limit for the node, and how long their last words are."""

from typing import Any

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta
from clustersim.machine import DISK_BYTES
from clustersim.programs import Exits
from clustersim.runtime.records import IMAGE_BYTES
from tests.model.kubelet.node_world import NodeWorld


def _kept(world: NodeWorld) -> dict[str, int]:
    dead = [one.name for one in world.containers() if one.state == "exited"]
    return {name: dead.count(name) for name in sorted(set(dead))}


def test_of_too_many_dead_containers_each_keeps_equally_many_and_then_the_oldest_go() -> None:
    flags: dict[str, Any] = {"maximum_dead_containers_per_container": -1, "maximum_dead_containers": 4}
    world = NodeWorld(kubelet=flags)
    world.run(10)
    world.create_pod("often", exits=Exits(1000, 0))
    world.create_pod("once", exits=Exits(1000, 0), restart_policy="Never")
    world.run(61)
    assert _kept(world) == {"often": 2, "once": 1}


@pytest.mark.parametrize(("count", "length"), [(3, 4096), (4, 3072)])
def test_containers_of_a_pod_share_the_room_for_their_last_words(count: int, length: int) -> None:
    world = NodeWorld()
    world.run(10)
    script = f"echo {'x' * 5000} > /dev/termination-log"
    containers = tuple(
        v1.Container(
            name=f"c{at}", image="busybox:1", command=("sh", "-c", script),
            termination_message_path="/dev/termination-log",
        )
        for at in range(count)
    )  # fmt: skip
    spec = v1.PodSpec(containers=containers, restart_policy="Never")
    world.ask("create", "pods", "default", "web", v1.Pod(metadata=ObjectMeta(name="web"), spec=spec))
    world.ask("bind", "pods", "default", "web", "n1")
    world.run(60)
    pod = world.pod("web")
    assert pod is not None
    ended = [one.state.terminated for one in pod.status.container_statuses]
    assert [None if one is None else len(one.message) for one in ended] == [length] * count


@pytest.mark.parametrize(("release", "left"), [("v1.7", []), ("v1.8", []), ("v1.36", ["again"])])
def test_where_the_disk_is_full_what_is_dead_goes_and_then_its_images(release: str, left: list[str]) -> None:
    world = NodeWorld(release, kubelet={"eviction_hard": ("nodefs.available<10%",)})
    world.run(8)
    world.create_pod("over", "over:1", exits=Exits(after_ms=100, code=0), restart_policy="Never")
    world.create_pod("again", "again:1", exits=Exits(after_ms=60_000, code=1))
    world.run(430)
    assert set(_kept(world)) == {"over", "again"}
    world.machine.fill_disk(90 + 50 * IMAGE_BYTES / DISK_BYTES)
    world.run(432)
    assert list(_kept(world)) == left
    assert "over:1" not in world.docker.disk.images
