"""Pods that were to be disrupted and stay."""

import pytest

from clustersim.api.core_v1 import Pod, PodCondition, PodStatus
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld


def marked(reason: str) -> ManagedWorld:
    """A pod that somebody was about to delete, 119 s ago."""
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.pod("web", "n1")
    condition = PodCondition(
        type="DisruptionTarget",
        status="True",
        last_transition_time=rfc3339(world.now),
        reason=reason,
        message="about to go",
    )
    status = PodStatus(conditions=(condition,))
    request = Request("patch-status", "pods", "default", "web", status, before=PodStatus())
    assert world.handle(request).ok
    world.run(119 * SECOND)
    return world


def target(world: ManagedWorld) -> tuple[str, str]:
    pod: Pod = world.get("pods", "default/web")
    found = next(one for one in pod.status.conditions if one.type == "DisruptionTarget")
    return found.status, found.reason


def test_after_two_minutes_it_is_no_target_any_more() -> None:
    world = marked("PreemptionByScheduler")
    assert target(world) == ("True", "PreemptionByScheduler")
    world.run(3 * SECOND)
    assert target(world) == ("False", "")
    assert world.get("pods", "default/web").status.phase == "Running"


@pytest.mark.parametrize(
    ("reason", "deleted"), [("TerminationByKubelet", False), ("EvictionByEvictionAPI", True)]
)
def test_who_is_ended_by_its_kubelet_or_is_being_deleted_stays_one(reason: str, *, deleted: bool) -> None:
    world = marked(reason)
    if deleted:
        world.delete("pods", "default/web")
    world.run(120 * SECOND)
    assert target(world) == ("True", reason)
