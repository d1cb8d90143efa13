"""Images go when the disk fills up, the longest unused first."""

from typing import Any

import pytest

from clustersim.machine import DISK_BYTES
from clustersim.programs import Exits
from clustersim.runtime.records import IMAGE_BYTES
from tests.model.kubelet.node_world import NodeWorld

RELEASES = ("v1.7", "v1.8", "v1.36")
SHARE = 100 * IMAGE_BYTES / DISK_BYTES
"""Percent of the disk that one image takes."""


def _images(world: NodeWorld) -> list[str]:
    return sorted(world.docker.disk.images)


def _node(release: str, *, ticking: bool = False, **flags: int) -> NodeWorld:
    """A node without today's threshold of 15 percent, from which its eviction manager removes images, too."""
    kubelet = {"eviction_hard": ("nodefs.available<10%",), **flags}
    return NodeWorld(release, ticking=ticking, kubelet=kubelet)


def _world(release: str, **options: Any) -> NodeWorld:
    """A node with one image in use and two of pods that are gone."""
    world = _node(release, **options)
    world.run(8)
    world.create_pod("used", "used:1")
    for name in ("first", "second"):
        world.create_pod(name, f"{name}:1")
    world.run(320)
    world.delete_pod("first")
    world.run(620)
    world.delete_pod("second")
    world.run(720)
    assert _images(world) == ["first:1", "second:1", "used:1"]
    return world


@pytest.mark.parametrize("release", RELEASES)
def test_below_85_percent_of_the_disk_no_image_goes(release: str) -> None:
    world = _world(release)
    world.machine.fill_disk(84)
    world.run(1220)
    assert len(_images(world)) == 3


@pytest.mark.parametrize("release", RELEASES)
def test_from_85_percent_on_unused_images_go_and_used_ones_never(release: str) -> None:
    world = _world(release)
    world.machine.fill_disk(86)
    world.run(1000)
    assert _images(world) == ["used:1"]
    assert world.machine.state.disk_filled == pytest.approx(86 - 2 * SHARE)
    (notice,) = world.notices("FreeDiskSpaceFailed")
    freed = 2 * IMAGE_BYTES
    wanted = DISK_BYTES * 6 // 100
    if release == "v1.36":
        assert notice[1] == (
            "Insufficient free disk space on the node's image filesystem (86% of 100.0 GiB used). Failed to "
            f"free sufficient space by deleting unused images (freed {freed} bytes). Investigate disk usage, "
            "as it could be used by active images, logs, volumes, or other data."
        )
        return
    assert notice[1].endswith(f"but freed {freed} bytes")
    assert abs(int(notice[1].split(" bytes")[0].split()[-1]) - wanted) < 10


@pytest.mark.parametrize("release", RELEASES)
def test_images_go_only_until_80_percent_are_used_the_longest_unused_first(release: str) -> None:
    world = _world(release, image_gc_high_threshold=80)
    world.machine.fill_disk(80 + SHARE / 2)
    world.run(1220)
    assert _images(world) == ["second:1", "used:1"]
    assert world.notices("FreeDiskSpaceFailed") == []


@pytest.mark.parametrize("release", RELEASES)
def test_an_image_that_was_first_seen_less_than_two_minutes_ago_stays(release: str) -> None:
    world = _node(release)
    world.machine.fill_disk(87)
    world.run(250)
    world.create_pod("short", "young:1", exits=Exits(after_ms=100, code=0), restart_policy="Never")
    world.run(260)
    world.delete_pod("short")
    world.run(420)
    assert _images(world) == ["young:1"]
    world.run(650)
    assert _images(world) == []


@pytest.mark.parametrize("release", RELEASES)
def test_only_the_second_failure_in_a_row_is_told_of_as_one(release: str) -> None:
    world = _node(release)
    world.machine.fill_disk(87)
    world.run(290)
    assert world.notices("FreeDiskSpaceFailed")
    assert world.notices("ImageGCFailed") == []
    world.run(310)
    assert len(world.notices("ImageGCFailed")) == 1


@pytest.mark.parametrize("release", RELEASES)
def test_under_disk_pressure_unused_images_go_before_a_pod_must(release: str) -> None:
    world = _world(release)
    world.machine.fill_disk(90 + SHARE)
    world.run(740)
    assert _images(world) == ["used:1"]
    pod = world.pod("used")
    assert pod is not None
    assert pod.status.phase == "Running"
    world.machine.fill_disk(91)
    world.run(760)
    pod = world.pod("used")
    assert pod is not None
    assert (pod.status.phase, pod.status.reason) == ("Failed", "Evicted")


@pytest.mark.parametrize("release", RELEASES)
def test_a_lazy_collector_leaves_the_same_trace_as_its_ticking_twin(release: str) -> None:
    traces = []
    for ticking in (False, True):
        world = _world(release, ticking=ticking)
        world.machine.fill_disk(86)
        world.run(1300)
        world.create_pod("late", "late:1", exits=Exits(after_ms=100, code=0), restart_policy="Never")
        world.run(2500)
        world.delete_pod("late")
        world.run(3200)
        traces.append([(e.t, e.kind, e.actor, e.verb, e.object) for e in world.engine.record])
    assert traces[0] == traces[1]


@pytest.mark.parametrize("release", RELEASES)
def test_to_a_kubelet_of_today_no_image_is_older_than_its_start(release: str) -> None:
    """v1.36 pkg/kubelet/images/image_gc_manager.go Start, which gives detectImages the time of day."""
    world = _world(release)
    world.kubelet.kill()
    world.machine.fill_disk(86)
    world.run(730)
    world.kubelet.start()
    world.run(780)
    assert _images(world) == (["first:1", "second:1", "used:1"] if release == "v1.36" else ["used:1"])
    world.run(1100)
    assert _images(world) == ["used:1"]
