"""CPU that containers of one machine have: their limits, their shares, and what is counted of it."""

import pytest

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import ResourceRequirements
from clustersim.api.meta import replace
from clustersim.console.nodes.cgroup_files import cgroup_files
from clustersim.engine.time import SECOND
from clustersim.runtime.records import Container
from clustersim.runtime.usage import SYSTEM_MILLICORES, cpu_spent, cpu_taken, shares_of
from tests.model.docker.test_daemon import DockerWorld


def computing(world: DockerWorld, cpu: int, *, request: str = "", limit: str = "") -> str:
    """A container of that world that would take so much from now on; its id."""
    container = world.start_container()
    resources = ResourceRequirements(
        requests={"cpu": request} if request else {}, limits={"cpu": limit} if limit else {}
    )
    spec = replace(container.spec, resources=resources)
    world.docker.put(replace(world.docker.disk.containers[container.id], spec=spec, cpu=cpu))
    return container.id


def taken(world: DockerWorld, number: str) -> int:
    return cpu_taken(world.docker.disk.containers[number])


def test_a_limit_holds_down_what_would_take_more() -> None:
    world = DockerWorld()
    number = computing(world, 2000, limit="500m")
    one = world.docker.disk.containers[number]
    before, began = cpu_spent(one, world.engine.now).used, world.engine.now
    world.run(10 * SECOND)
    after = cpu_spent(one, world.engine.now)
    assert after.used - before == 500 * 10 * SECOND
    assert (after.missed, after.held) == (1500 * 10 * SECOND, world.engine.now - began)


def test_all_that_want_more_than_the_machine_has_get_it_by_what_they_ask_for() -> None:
    world = DockerWorld()
    small, large = computing(world, 4000, request="100m"), computing(world, 4000, request="300m")
    assert taken(world, large) == pytest.approx(3 * taken(world, small), rel=0.01)
    assert taken(world, small) + taken(world, large) == pytest.approx(1000 - SYSTEM_MILLICORES, abs=2)


def test_what_one_leaves_the_others_have() -> None:
    world = DockerWorld()
    greedy = computing(world, 4000, request="100m")
    alone = taken(world, greedy)
    modest = computing(world, 300, request="1")
    assert taken(world, modest) == 300
    assert taken(world, greedy) == alone - 300
    world.docker.crash(modest)
    assert taken(world, greedy) == alone


def test_nobody_is_held_down_while_there_is_enough() -> None:
    idle = Container(
        id="a", name="a", image="a", sandbox_id="", attempt=0, spec=ContainerSpec(), created_at=0, pod_uid="",
        pod="", namespace="",
    )  # fmt: skip
    assert shares_of([idle], 1000) == {"a": None}


@pytest.mark.parametrize("unified", [True, False])
def test_its_cgroup_counts_the_periods_in_which_its_limit_held_it_down(unified: bool) -> None:
    world = DockerWorld()
    number = computing(world, 1000, limit="250m")
    world.run(10 * SECOND)
    one = world.docker.disk.containers[number]
    files = cgroup_files(one, world.engine.now, unified=unified)
    stat = dict(
        line.split() for path in files if path.endswith("cpu.stat") for line in files[path].splitlines()
    )
    assert stat["nr_throttled"] == "100", "of 100 ms each"
    assert stat["throttled_usec" if unified else "throttled_time"] == ("7500000" if unified else "7500000000")
