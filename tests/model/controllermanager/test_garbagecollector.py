"""What nobody owns any more is collected."""

import pytest

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import OwnerReference, replace
from clustersim.api.request import Request
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV136,
)
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import deployment, replica_set, settle


def test_a_deleted_deployment_takes_its_replica_sets_and_pods_with_it() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(deployment("web", 3), "deployments")
    settle(world)
    world.delete("deployments", "default/web", propagation="Background")
    world.run(5 * SECOND)
    assert world.all("replicasets") == []
    assert all(pod.metadata.deletion_timestamp for pod in world.all("pods"))
    settle(world)
    assert world.all("pods") == []
    owners = [event.rule.values["owner"] for event in world.decisions("collect")]
    assert owners[0] == "Deployment web"
    assert all(owner.startswith("ReplicaSet web-") for owner in owners[1:])


def test_a_pod_of_another_owner_stays() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    for name in ("web", "api"):
        world.create(replica_set(name, 2), "replicasets")
    settle(world)
    world.delete("replicasets", "default/web", propagation="Background")
    settle(world)
    left: list[Pod] = world.all("pods")
    assert [pod.metadata.labels["app"] for pod in left] == ["api", "api"]


def test_what_lost_its_owner_while_nobody_looked_is_collected_after_a_restart() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(replica_set("web", 2), "replicasets")
    settle(world)
    world.manager.kill()
    world.delete("replicasets", "default/web", propagation="Background")
    world.run(SECOND)
    world.manager.start()
    world.run(30 * SECOND)
    assert all(pod.metadata.deletion_timestamp for pod in world.all("pods"))


def test_pods_without_an_owner_are_left_alone() -> None:
    world = ManagedWorld("n1")
    world.pod("lone", "n1")
    world.run(60 * SECOND)
    assert len(world.all("pods")) == 1


@pytest.mark.parametrize(("release", "left"), [(ControllerManagerV17, 2), (ControllerManagerV136, 0)])
def test_a_replica_set_deleted_without_a_wish_leaves_its_pods_in_old_versions_of_the_api(
    release: type[ControllerManager], left: int
) -> None:
    world = ManagedWorld("n1", "n2", "n3", release=release)
    world.create(replica_set("web", 2), "replicasets")
    settle(world)
    world.delete("replicasets", "default/web")
    settle(world)
    assert world.all("replicasets") == []
    assert [pod.metadata.owner_references for pod in world.all("pods")] == [()] * left


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV136])
def test_in_the_foreground_an_owner_goes_after_what_it_owns(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", "n2", "n3", release=release)
    world.create(deployment("web", 2), "deployments")
    settle(world)
    world.delete("deployments", "default/web", propagation="Foreground")
    world.run(5 * SECOND)
    assert all(pod.metadata.deletion_timestamp for pod in world.all("pods"))
    assert len(world.all("pods")) == 2
    (kept,) = world.all("deployments")
    assert kept.metadata.finalizers == ("foregroundDeletion",)
    assert [found.metadata.finalizers for found in world.all("replicasets")] == [("foregroundDeletion",)]
    settle(world)
    assert world.all("pods") == world.all("replicasets") == world.all("deployments") == []


def test_an_orphaning_deletion_keeps_pods_running_and_another_owner_may_adopt_them() -> None:
    world = ManagedWorld("n1", "n2", "n3", release=ControllerManagerV136)
    world.create(replica_set("web", 2), "replicasets")
    settle(world)
    names = {pod.metadata.name for pod in world.all("pods")}
    world.delete("replicasets", "default/web", propagation="Orphan")
    world.run(5 * SECOND)
    assert world.all("replicasets") == []
    world.create(replica_set("web", 2), "replicasets")
    settle(world)
    assert {pod.metadata.name for pod in world.all("pods")} == names
    assert all(pod.metadata.owner_references[0].api_version == "apps/v1" for pod in world.all("pods"))


def test_of_two_owners_the_one_that_is_gone_is_forgotten() -> None:
    world = ManagedWorld("n1")
    first, second = (world.create(replica_set(name, 0), "replicasets") for name in ("a", "b"))
    owners = tuple(
        OwnerReference(
            api_version="extensions/v1beta1", kind="ReplicaSet", name=one.metadata.name, uid=one.metadata.uid
        )
        for one in (first, second)
    )
    world.pod("shared", "n1", owner_references=owners)
    world.delete("replicasets", "default/a", propagation="Background")
    world.run(5 * SECOND)
    pod = world.get("pods", "default/shared")
    assert [owner.name for owner in pod.metadata.owner_references] == ["b"]
    assert not pod.metadata.deletion_timestamp


def test_an_object_with_a_finalizer_of_somebody_else_stays_until_that_is_taken_off() -> None:
    world = ManagedWorld("n1")
    found = replica_set("web", 0)
    held = replace(found, metadata=replace(found.metadata, finalizers=("example.com/hold",)))
    world.create(held, "replicasets")
    world.delete("replicasets", "default/web", propagation="Background")
    world.run(5 * SECOND)
    kept = world.get("replicasets", "default/web")
    assert kept.metadata.deletion_timestamp
    released = replace(kept, metadata=replace(kept.metadata, finalizers=()))
    world.handle(Request("update", "replicasets", "default", "web", released))
    assert world.get("replicasets", "default/web") is None
