"""PodDisruptionBudgets are counted, and an eviction waits until one allows it."""

from typing import Any

import pytest

from clustersim.api.meta import Condition, LabelSelector, ObjectMeta, OwnerReference, replace
from clustersim.api.policy import PodDisruptionBudget, PodDisruptionBudgetSpec
from clustersim.api.request import Request
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV136,
)
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import deployment, settle

RELEASES = (ControllerManagerV17, ControllerManagerV136)


def world_with(release: type[ControllerManager], replicas: int = 4, **spec: Any) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", release=release)
    world.create(deployment("web", replicas), "deployments")
    settle(world)
    budget = PodDisruptionBudgetSpec(selector=LabelSelector(match_labels={"app": "web"}), **spec)
    metadata = ObjectMeta(name="p", namespace="default")
    world.create(PodDisruptionBudget(metadata=metadata, spec=budget), "poddisruptionbudgets")
    world.run(SECOND)
    return world


def allowed(world: ManagedWorld) -> int:
    found: PodDisruptionBudget = world.get("poddisruptionbudgets", "default/p")
    return found.status.disruptions_allowed


def evict(world: ManagedWorld, number: int = 0) -> Any:
    pods = [pod for pod in world.all("pods") if not pod.metadata.deletion_timestamp]
    return world.handle(Request("evict", "pods", "default", pods[number].metadata.name))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("spec", "count"),
    [
        ({"min_available": 3}, 1),
        ({"min_available": "50%"}, 2),
        ({"min_available": "60%"}, 1),
        ({"max_unavailable": 1}, 1),
        ({"max_unavailable": "30%"}, 2),
        ({"min_available": 9}, 0),
    ],
)
def test_a_budget_counts_what_may_go(
    release: type[ControllerManager], spec: dict[str, Any], count: int
) -> None:
    world = world_with(release, **spec)
    assert allowed(world) == count
    assert world.get("poddisruptionbudgets", "default/p").status.expected_pods == 4


@pytest.mark.parametrize("release", RELEASES)
def test_an_eviction_uses_the_budget_up_until_another_pod_is_ready(release: type[ControllerManager]) -> None:
    world = world_with(release, min_available=3)
    assert evict(world).ok
    assert allowed(world) == 0
    refused = evict(world)
    assert (refused.status, refused.message) == (
        429,
        "Cannot evict pod as it would violate the pod's disruption budget.",
    )
    settle(world)
    assert allowed(world) == 1
    assert evict(world).ok


def test_a_pod_that_is_not_ready_does_not_count_as_healthy() -> None:
    world = world_with(ControllerManagerV136, min_available=3)
    world.set_ready(world.all("pods")[0].metadata.name, False)
    world.run(SECOND)
    assert allowed(world) == 0
    (condition,) = world.get("poddisruptionbudgets", "default/p").status.conditions
    assert (condition.type, condition.status, condition.reason) == (
        "DisruptionAllowed",
        "False",
        "InsufficientPods",
    )


def test_more_wanted_pods_are_expected_before_they_are_there() -> None:
    world = world_with(ControllerManagerV136, max_unavailable=1)
    found = world.get("deployments", "default/web")
    changed = replace(found, spec=replace(found.spec, replicas=8))
    world.handle(Request("update", "deployments", "default", "web", changed))
    world.run(SECOND)
    assert world.get("poddisruptionbudgets", "default/p").status.desired_healthy == 7
    assert allowed(world) == 0


def test_two_budgets_of_one_pod_are_one_too_many() -> None:
    world = world_with(ControllerManagerV17, min_available=1)
    first = world.get("poddisruptionbudgets", "default/p")
    world.create(replace(first, metadata=ObjectMeta(name="q", namespace="default")), "poddisruptionbudgets")
    assert evict(world).status == 500


def test_an_allowed_eviction_that_comes_to_nothing_is_forgotten_after_two_minutes() -> None:
    world = world_with(ControllerManagerV17, min_available=3)
    found = world.get("poddisruptionbudgets", "default/p")
    name = world.all("pods")[0].metadata.name
    stamp = world.all("pods")[0].metadata.creation_timestamp
    status = replace(found.status, disruptions_allowed=0, disrupted_pods={name: stamp})
    body = replace(found, status=status)
    world.handle(Request("update-status", "poddisruptionbudgets", "default", "p", body))
    world.run(SECOND)
    assert allowed(world) == 0
    world.run(125 * SECOND)
    assert allowed(world) == 1
    told = [
        (one.involved_object.name, one.message) for one in world.all("events") if one.reason == "NotDeleted"
    ]
    assert told == [(name, "Pod was expected by PDB default/default to be deleted but it wasn't")]


def test_what_others_say_of_a_budget_stays_and_a_kind_that_is_not_served_is_told() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    owner = OwnerReference(
        api_version="argoproj.io/v1alpha1", kind="Rollout", name="r", uid="1", controller=True
    )
    world.pod("a", "n1", labels={"app": "web"}, owner_references=(owner,))
    spec = PodDisruptionBudgetSpec(selector=LabelSelector(match_labels={"app": "web"}), max_unavailable=1)
    moment = "2017-09-25T07:00:00Z"
    seen = Condition(type="Seen", status="True", reason="Test", last_transition_time=moment)
    made = PodDisruptionBudget(metadata=ObjectMeta(name="p", namespace="default"), spec=spec)
    stored = world.create(made, "poddisruptionbudgets")
    said = replace(stored, status=replace(stored.status, conditions=(seen,)))
    world.handle(Request("update-status", "poddisruptionbudgets", "default", "p", said))
    world.run(SECOND)
    first, second = world.get("poddisruptionbudgets", "default/p").status.conditions
    assert first == seen
    assert second.message == 'no matches for kind "Rollout" in version "argoproj.io/v1alpha1"'
