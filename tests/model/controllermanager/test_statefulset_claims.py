"""Claims of StatefulSets of today: who owns them, and what comes back when somebody deletes one."""

from typing import Any

import pytest

from clustersim.api.apps import StatefulSetOrdinals
from clustersim.api.apps import StatefulSetPersistentVolumeClaimRetentionPolicy as Policy
from clustersim.api.core_v1 import (
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    VolumeResourceRequirements,
)
from clustersim.api.meta import ObjectMeta, OwnerReference, replace
from clustersim.api.request import Request
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import change_set, play_nodes, settle, stateful_set

STORAGE = VolumeResourceRequirements(requests={"storage": "1Gi"})
CLAIM = PersistentVolumeClaim(
    metadata=ObjectMeta(name="data"),
    spec=PersistentVolumeClaimSpec(access_modes=("ReadWriteOnce",), resources=STORAGE),
)


def settled(deleted: str, scaled: str, replicas: int = 2, **spec: Any) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", release=ControllerManagerV136)
    policy = Policy(when_deleted=deleted, when_scaled=scaled)
    spec |= {"volume_claim_templates": (CLAIM,), "persistent_volume_claim_retention_policy": policy}
    world.create(stateful_set("db", replicas, **spec), "statefulsets")
    settle(world, 60)
    return world


def owners(world: ManagedWorld, ordinal: int) -> list[tuple[str, str, bool | None]]:
    claim = world.get("persistentvolumeclaims", f"default/data-db-{ordinal}")
    return [(one.kind, one.name, one.controller) for one in claim.metadata.owner_references]


def claims(world: ManagedWorld) -> list[str]:
    return [found.metadata.name for found in world.all("persistentvolumeclaims")]


SET = [("StatefulSet", "db", True)]


@pytest.mark.parametrize(
    ("deleted", "scaled", "known"),
    [
        ("Retain", "Retain", []),
        ("Delete", "Retain", SET),
        ("Retain", "Delete", []),
        ("Delete", "Delete", SET),
    ],
)
def test_the_policy_says_who_owns_the_claims(
    deleted: str, scaled: str, known: list[tuple[str, str, bool | None]]
) -> None:
    world = settled(deleted, scaled)
    assert [owners(world, number) for number in (0, 1)] == [known, known]
    assert world.events("SuccessfulUpdate") == [], "they were set while the pods were pending"


@pytest.mark.parametrize("deleted", ["Retain", "Delete"])
def test_claims_of_a_pod_that_is_too_much_go_with_it(deleted: str) -> None:
    world = settled(deleted, "Delete")
    change_set(world, replicas=1)
    world.run(SECOND)
    assert owners(world, 1) == [("Pod", "db-1", True)]
    settle(world, 60)
    assert claims(world) == ["data-db-0"]


def test_claims_go_with_their_set() -> None:
    world = settled("Delete", "Retain")
    change_set(world, replicas=1)
    settle(world, 60)
    assert claims(world) == ["data-db-0", "data-db-1"], "scaling down keeps them"
    world.delete("statefulsets", "default/db", propagation="Background")
    settle(world, 60)
    assert claims(world) == []


def test_another_policy_is_made_good_for_pods_that_run_and_told() -> None:
    world = settled("Retain", "Retain")
    change_set(
        world, persistent_volume_claim_retention_policy=Policy(when_deleted="Delete", when_scaled="Retain")
    )
    settle(world, 10)
    assert [owners(world, number) for number in (0, 1)] == [SET, SET]
    told = {event.message for event in world.events("SuccessfulUpdate")}
    assert told == {f"Update Pod db-{number} in StatefulSet db successful" for number in (0, 1)}
    change_set(
        world, persistent_volume_claim_retention_policy=Policy(when_deleted="Retain", when_scaled="Retain")
    )
    settle(world, 10)
    assert [owners(world, number) for number in (0, 1)] == [[], []]


def test_a_claim_of_another_controller_is_left_alone_and_told() -> None:
    world = settled("Retain", "Retain", 1)
    claim = world.get("persistentvolumeclaims", "default/data-db-0")
    other = OwnerReference(api_version="acme.io/v1", kind="Backup", name="b", uid="u", controller=True)
    changed = replace(claim, metadata=replace(claim.metadata, owner_references=(other,)))
    world.handle(Request("update", "persistentvolumeclaims", "default", "data-db-0", changed))
    change_set(
        world, persistent_volume_claim_retention_policy=Policy(when_deleted="Delete", when_scaled="Retain")
    )
    settle(world, 10)
    assert owners(world, 0) == [("Backup", "b", True)]


def test_a_claim_that_goes_with_the_last_pod_of_that_name_holds_the_next_one_up() -> None:
    world = settled("Retain", "Delete")
    change_set(world, replicas=1)
    world.run(SECOND)
    claim = world.get("persistentvolumeclaims", "default/data-db-1")
    kept = replace(claim, metadata=replace(claim.metadata, finalizers=("acme.io/keep",)))
    world.handle(Request("update", "persistentvolumeclaims", "default", "data-db-1", kept))
    settle(world, 20)
    change_set(world, replicas=2)
    settle(world, 20)
    assert [pod.metadata.name for pod in world.all("pods")] == ["db-0"]
    assert world.decisions("wait-for-pod")[-1].rule.rule.id == "statefulset.waits-for-claim"


def test_a_pending_pod_gets_its_claim_again() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(stateful_set("db", 1, volume_claim_templates=(CLAIM,)), "statefulsets")
    world.run(SECOND)
    world.delete("persistentvolumeclaims", "default/data-db-0")
    world.run(SECOND)
    pod = world.get("pods", "default/db-0")
    world.handle(
        Request(
            "update",
            "pods",
            "default",
            "db-0",
            replace(pod, metadata=replace(pod.metadata, annotations={"touched": "yes"})),
        )
    )
    world.run(SECOND)
    assert claims(world) == ["data-db-0"]
    assert world.get("pods", "default/db-0").metadata.uid == pod.metadata.uid


def test_claims_of_ordinals_that_start_elsewhere_go_when_the_start_moves() -> None:
    world = settled("Retain", "Delete", ordinals=StatefulSetOrdinals(start=3))
    assert claims(world) == ["data-db-3", "data-db-4"]
    change_set(world, ordinals=StatefulSetOrdinals(start=4))
    for _ in range(60):
        world.run(SECOND // 10)
        play_nodes(world)
    world.run(SECOND)
    assert claims(world) == ["data-db-4", "data-db-5"]
