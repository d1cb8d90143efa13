"""What a Deployment says of its rollout: deadlines, pauses, ReplicaSets and pods that cannot be made."""

from typing import Any

import pytest

from clustersim.api.apps import DeploymentCondition
from clustersim.api.core_v1 import ResourceQuota, ResourceQuotaSpec
from clustersim.api.errors import forbidden
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.admission import PLUGINS, PLUGINS_OF_TODAY, PLUGINS_OF_V1_8
from clustersim.controllermanager.deployment.status import progress_due
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.time import SECOND
from clustersim.etcd import Etcd
from clustersim.flags import ApiServerFlags
from tests.model.controllermanager.deployments import change_spec, conditions, create, set_image, world_with
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import deployment, settle


def test_a_rollout_that_makes_no_progress_is_reported_after_its_deadline() -> None:
    world = ManagedWorld("n1")
    create(world, deployment("web", 1, progress_deadline_seconds=60))
    world.run(90 * SECOND)
    conditions = world.get("deployments", "default/web").status.conditions
    progressing = next(found for found in conditions if found.type == "Progressing")
    assert (progressing.status, progressing.reason) == ("False", "ProgressDeadlineExceeded")


def test_a_rollout_that_has_timed_out_is_over() -> None:
    def due(reason: str) -> int | None:
        condition = DeploymentCondition(
            type="Progressing", status="False", reason=reason, last_update_time=rfc3339(0)
        )
        found = deployment("web", 1, progress_deadline_seconds=60)
        return progress_due(replace(found, status=replace(found.status, conditions=(condition,))))

    assert due("ReplicaSetUpdated") == 60 * SECOND
    assert due("ProgressDeadlineExceeded") is None


def test_a_pod_that_gets_ready_is_progress_before_it_is_available() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    create(world, deployment("web", 1, progress_deadline_seconds=100, min_ready_seconds=90))
    world.run(80 * SECOND)
    settle(world)
    world.run(40 * SECOND)
    assert world.get("deployments", "default/web").status.available_replicas == 0
    assert conditions(world)["Progressing"] == ("True", "ReplicaSetUpdated")


def test_a_rollout_back_to_what_is_there_progresses_too() -> None:
    world = world_with(deployment("web", 2, progress_deadline_seconds=600))
    set_image(world, "j")
    settle(world, 60)
    set_image(world, "i")
    world.run(SECOND)
    assert conditions(world)["Progressing"] == ("True", "ReplicaSetUpdated")


def test_a_paused_deployment_with_a_deadline_says_so_and_does_not_roll() -> None:
    world = world_with(deployment("web", 2, progress_deadline_seconds=600))
    change_spec(world, paused=True)
    world.run(SECOND)
    assert conditions(world)["Progressing"] == ("Unknown", "DeploymentPaused")
    set_image(world, "j")
    settle(world, 20)
    assert len(world.all("replicasets")) == 1
    change_spec(world, paused=False)
    settle(world, 40)
    assert conditions(world)["Progressing"] == ("True", "NewReplicaSetAvailable")
    assert len(world.all("replicasets")) == 2


def test_a_rollout_that_is_paused_stays_paused_whatever_its_pods_do() -> None:
    world = ManagedWorld("n1", "n2", "n3", release=ControllerManagerV136)
    create(world, deployment("web", 3, progress_deadline_seconds=600), "apps/v1")
    settle(world, 40)
    set_image(world, "j")
    world.run(SECOND // 2)
    change_spec(world, paused=True)
    world.run(SECOND)
    before = len(transitions(world))
    settle(world, 40)
    assert conditions(world)["Progressing"] == ("Unknown", "DeploymentPaused")
    assert transitions(world)[before:] == [], "nothing else was said in between"


def transitions(world: ManagedWorld) -> list[str]:
    """What was said of the rollout, in order, each time it was another reason than before."""
    found: list[str] = []
    for event in world.engine.record:
        if event.kind == "write" and event.object == "deployments/default/web" and event.after is not None:
            reasons = [one.reason for one in event.after.status.conditions if one.type == "Progressing"]
            if reasons and reasons != found[-1:]:
                found += reasons
    return found


def test_the_largest_deadline_is_none() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    create(world, deployment("web", 1, progress_deadline_seconds=2**31 - 1), "apps/v1")
    settle(world, 20)
    assert "Progressing" not in conditions(world)


def test_pods_that_cannot_be_created_are_a_condition_of_the_replica_set_and_of_its_deployment() -> None:
    world = ManagedWorld("n1", admission=("NamespaceLifecycle", "ResourceQuota"))
    none = ResourceQuota(
        metadata=ObjectMeta(name="none", namespace="default"), spec=ResourceQuotaSpec(hard={"pods": "0"})
    )
    world.create(none, "resourcequotas")
    create(world, deployment("web", 0), "apps/v1beta1")
    settle(world, 10)
    change_spec(world, replicas=2)
    world.run(SECOND)
    (found,) = world.all("replicasets")
    (failure,) = found.status.conditions
    assert (failure.type, failure.reason) == ("ReplicaFailure", "FailedCreate")
    assert "exceeded quota: none" in failure.message
    assert conditions(world)["ReplicaFailure"] == ("True", "FailedCreate")


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18, ControllerManagerV136])
def test_a_replica_set_that_cannot_be_made_is_told_of_in_a_condition_and_an_event(
    release: type[ControllerManager], monkeypatch: pytest.MonkeyPatch
) -> None:
    """v1.7.5, v1.8.0, v1.36 pkg/controller/deployment/sync.go getNewReplicaSet."""

    def none(etcd: Etcd, flags: ApiServerFlags, resource: str, obj: Any) -> Any:
        if resource.startswith("replicasets"):
            raise forbidden(resource, "web", "exceeded quota")
        return obj

    for plugins in (PLUGINS, PLUGINS_OF_V1_8, PLUGINS_OF_TODAY):
        monkeypatch.setitem(plugins, "ResourceQuota", none)
    world = ManagedWorld("n1", release=release, admission=("ResourceQuota",))
    create(world, deployment("web", 2, progress_deadline_seconds=600), "apps/v1beta1")
    world.run(SECOND)
    [told] = {one.message for one in world.all("events") if one.reason == "ReplicaSetCreateError"}
    assert told.startswith('Failed to create new replica set "web-')
    assert told.endswith("exceeded quota")
    found = world.get("deployments", "default/web")
    condition = next(one for one in found.status.conditions if one.type == "Progressing")
    assert (condition.status, condition.reason, condition.message) == ("False", "ReplicaSetCreateError", told)


def test_who_waits_for_progress_for_the_first_time_has_found_a_replica_set() -> None:
    """v1.7.5, v1.36 pkg/controller/deployment/sync.go getNewReplicaSet; v1.7 of extensions/v1beta1 has no
    deadline."""
    world = ManagedWorld("n1")
    create(world, deployment("web", 1), "extensions/v1beta1")
    world.run(5 * SECOND)
    body = {"spec": {"progressDeadlineSeconds": 600}}
    world.handle(Request("patch", "deployments", "default", "web", body=body))
    world.run(5 * SECOND)
    assert transitions(world)[0] == "FoundNewReplicaSet"
