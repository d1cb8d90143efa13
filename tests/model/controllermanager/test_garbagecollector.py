"""What nobody owns any more is collected."""

from typing import Any

import pytest

from clustersim.api.core_v1 import HostPathVolumeSource, PersistentVolume, PersistentVolumeSpec, Pod
from clustersim.api.meta import ObjectMeta, OwnerReference, replace
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.controllermanager.garbagecollector import Item
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


def owned(owner: Any, *, name: str = "", uid: str = "", **more: Any) -> tuple[OwnerReference, ...]:
    """A reference to an owner, or to one of another name or UID."""
    metadata = owner.metadata
    return (
        OwnerReference(
            api_version="extensions/v1beta1",
            kind="ReplicaSet",
            name=name or metadata.name,
            uid=uid or metadata.uid,
            **more,
        ),
    )


def test_an_owner_of_the_same_name_is_another_one() -> None:
    world = ManagedWorld("n1")
    owner = world.create(replica_set("a", 0), "replicasets")
    world.pod("mine", "n1", owner_references=owned(owner))
    world.pod("its-predecessors", "n1", owner_references=owned(owner, uid="another"))
    world.run(5 * SECOND)
    found = {pod.metadata.name: bool(pod.metadata.deletion_timestamp) for pod in world.all("pods")}
    assert found == {"mine": False, "its-predecessors": True}


def test_what_is_being_deleted_already_is_not_deleted_again() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(replica_set("web", 2), "replicasets")
    settle(world)
    world.delete("replicasets", "default/web", propagation="Background")
    world.run(5 * SECOND)
    assert len(world.decisions("collect")) == 2
    world.manager.kill()
    world.manager.start()
    world.run(30 * SECOND)
    assert len(world.all("pods")) == 2
    assert len(world.decisions("collect")) == 2


@pytest.mark.parametrize("blocks", [False, True])
def test_in_the_foreground_an_owner_waits_only_for_what_blocks_it(blocks: bool) -> None:
    world = ManagedWorld("n1")
    owner = world.create(replica_set("a", 0), "replicasets")
    world.pod("p", "n1", owner_references=owned(owner, block_owner_deletion=blocks))
    world.delete("replicasets", "default/a", propagation="Foreground")
    world.run(5 * SECOND)
    assert world.get("pods", "default/p") is not None
    assert (world.get("replicasets", "default/a") is not None) is blocks


def test_what_was_to_leave_its_dependents_alone_does_so_also_when_it_is_collected() -> None:
    world = ManagedWorld("n1")
    owner = world.create(replica_set("a", 0), "replicasets")
    middle = replica_set("b", 0)
    metadata = replace(middle.metadata, owner_references=owned(owner), finalizers=("orphan",))
    middle = world.create(replace(middle, metadata=metadata), "replicasets")
    world.pod("p", "n1", owner_references=owned(middle))
    world.delete("replicasets", "default/a", propagation="Background")
    world.run(5 * SECOND)
    assert world.all("replicasets") == []
    pod = world.get("pods", "default/p")
    assert (pod.metadata.owner_references, pod.metadata.deletion_timestamp) == ((), "")


def test_an_owner_that_cannot_be_read_is_not_taken_for_gone() -> None:
    world = ManagedWorld("n1")
    owner = world.create(replica_set("a", 0), "replicasets")
    pod = world.pod("p", "n1", owner_references=owned(owner))
    collector: Any = next(part for part in world.manager.parts.values() if part.name == "garbage-collector")
    collector.state.items["pods/default/p"] = Item(pod)
    collector.owner_read(Reply(500, reason="InternalError"), "pods/default/p", 0)
    world.run(5 * SECOND)
    assert world.decisions("collect") == []
    assert collector.state.items == {}


def test_where_a_reference_cannot_be_taken_off_the_owner_stays_and_it_is_tried_again() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    owner = world.create(replica_set("a", 0), "replicasets")
    world.pod("p", "n1", owner_references=owned(owner))
    collector: Any = next(part for part in world.manager.parts.values() if part.name == "garbage-collector")
    collector.state.orphaning["replicasets/default/a"] = 2
    collector.reference_removed(Reply(500, reason="InternalError"), "replicasets/default/a")
    assert collector.state.orphaning == {}
    world.run(5 * SECOND)
    assert world.get("replicasets", "default/a") is not None


def test_a_circle_of_owners_that_wait_for_one_another_is_deleted() -> None:
    """test/e2e/apimachinery/garbage_collector.go: not blocked by dependency circle."""
    world = ManagedWorld("n1")
    uids = {}
    for name in ("a", "b", "c"):
        uids[name] = world.create(replica_set(name, 0), "replicasets").metadata.uid
    for owned, owner in (("a", "c"), ("b", "a"), ("c", "b")):
        found = world.get("replicasets", f"default/{owned}")
        reference = OwnerReference(
            api_version="extensions/v1beta1",
            kind="ReplicaSet",
            name=owner,
            uid=uids[owner],
            block_owner_deletion=True,
        )
        changed = replace(found, metadata=replace(found.metadata, owner_references=(reference,)))
        assert world.handle(Request("update", "replicasets", "default", owned, changed)).ok
    settle(world)
    world.delete("replicasets", "default/a", propagation="Foreground")
    world.run(90 * SECOND)
    assert world.all("replicasets") == []


@pytest.mark.parametrize(("release", "stays"), [(ControllerManagerV17, False), (ControllerManagerV136, True)])
def test_only_today_what_has_no_namespace_outlives_an_owner_that_has_one(
    release: type[ControllerManager], stays: bool
) -> None:
    world = ManagedWorld("n1", release=release)
    reference = OwnerReference(api_version="v1", kind="Pod", name="p", uid="another")
    volume = PersistentVolume(
        metadata=ObjectMeta(name="disk", owner_references=(reference,)),
        spec=PersistentVolumeSpec(
            access_modes=("ReadWriteOnce",),
            capacity={"storage": "1Gi"},
            host_path=HostPathVolumeSource(path="/d"),
        ),
    )
    world.create(volume, "persistentvolumes")
    world.run(30 * SECOND)
    found = world.get("persistentvolumes", "disk")
    assert (found is not None and not found.metadata.deletion_timestamp) is stays


@pytest.mark.parametrize(("version", "stays"), [("apps/v1", False), ("extensions/v1beta1", True)])
def test_an_owner_of_a_version_that_is_not_served_is_not_taken_for_gone(version: str, stays: bool) -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    reference = OwnerReference(api_version=version, kind="ReplicaSet", name="a", uid="another")
    world.pod("p", "n1", owner_references=(reference,))
    world.run(5 * SECOND)
    assert (not world.get("pods", "default/p").metadata.deletion_timestamp) is stays
