"""What endpoints tell of when that happened which they were last changed for."""

import pytest

from clustersim.controllermanager.process import (
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.controllermanager.triggertimes import LAST_CHANGE
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld


def told(world: ManagedWorld) -> list[str | None]:
    """By the Endpoints of web, and by its slice."""
    kinds = [one for kind in ("endpoints", "endpointslices") for one in world.all(kind)]
    return [one.metadata.annotations.get(LAST_CHANGE) for one in kinds if one.metadata.name.startswith("web")]


def readiness_changed(world: ManagedWorld, pod: str) -> str:
    conditions = world.get("pods", f"default/{pod}").status.conditions
    return next(one.last_transition_time for one in conditions if one.type == "Ready")


def test_todays_endpoints_tell_when_the_first_pod_changed_for_which_they_were_written() -> None:
    """Recorded: facts/api-v1.36.2.json."""
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.service("web", app="web")
    world.run(3 * SECOND)
    created = world.get("services", "default/web").metadata.creation_timestamp
    assert told(world) == [created, created]
    world.pod("web-1", "n1", labels={"app": "web"})
    world.run(3 * SECOND)
    first = readiness_changed(world, "web-1")
    assert first > created
    assert told(world) == [first, first]
    world.pod("web-2", "n1", labels={"app": "web"})
    world.run(3 * SECOND)
    assert told(world) == [readiness_changed(world, "web-2")] * 2


def test_what_changes_without_a_pod_becoming_ready_takes_the_moment_away() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.service("web", app="web")
    world.pod("web-1", "n1", labels={"app": "web"})
    world.run(3 * SECOND)
    world.delete("pods", "default/web-1", grace=0)
    world.run(3 * SECOND)
    assert told(world) == [None, None]


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18])
def test_endpoints_of_old_tell_no_moment(release: type[ControllerManagerV17, ControllerManagerV18]) -> None:
    world = ManagedWorld("n1", release=release)
    world.service("web", app="web")
    world.pod("web-1", "n1", labels={"app": "web"})
    world.run(3 * SECOND)
    assert told(world) == [None]
