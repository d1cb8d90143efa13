"""How v1.7.5 and v1.8.0 spread a workload over nodes of different size, as recorded (spreading.json)."""

from collections import Counter

import pytest

from clustersim.engine.time import SECOND
from tests.model.scheduler.worlds import SchedulerWorld, node, pod, service

REQUESTS = {"cpu": "200m", "memory": "200Mi"}
SIZES = (node("n1", "2", "2048Mi"), node("n2", "2", "2048Mi"), node("n3", "4", "4096Mi"))


def _world(release: str) -> SchedulerWorld:
    world = SchedulerWorld(*SIZES, release=release)
    world.create(service())
    return world


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_nine_pods_spread_evenly_and_thirty_fill_the_larger_node_further(release: str) -> None:
    bound = _world(release).bindings(30, REQUESTS)
    assert Counter(bound[:9]) == {"n1": 3, "n2": 3, "n3": 3}
    assert Counter(bound) == {"n1": 9, "n2": 9, "n3": 12}


def test_pods_that_take_long_to_end_keep_new_ones_away() -> None:
    world = _world("v1.8")
    bound = world.bindings(30, REQUESTS)
    for number, where in enumerate(bound):
        grace = 0 if where == "n3" else None
        world.ask("delete", "pods", "default", f"pod-{number:02}", grace_seconds=grace, wait=0)
    world.run(SECOND)
    names = [f"new-{number}" for number in range(9)]
    world.create(*(pod(name, REQUESTS) for name in names))
    assert {world.where(name) for name in names} == {"n3"}


def test_a_restarted_scheduler_begins_to_count_anew() -> None:
    equal = tuple(node(name, "2", "2048Mi") for name in ("n1", "n2", "n3"))
    world = SchedulerWorld(*equal)
    world.create(service("tomcat"))
    world.create(pod("mysql", app="mysql"), *(pod(f"t{number}", app="tomcat") for number in range(3)))
    assert [world.where(f"t{number}") for number in range(3)] == ["n1", "n2", "n3"]
    world.scheduler.kill()
    world.scheduler.start()
    world.create(*(pod(f"u{number}", app="tomcat") for number in range(3)), wait=3 * SECOND)
    assert {world.where(f"u{number}") for number in range(3)} == {"n1", "n2", "n3"}
