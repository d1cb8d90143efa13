"""Pods with ephemeral volumes get claims of their own, which go with them."""

import pytest

from clustersim.api.core_v1 import (
    Container,
    EphemeralVolumeSource,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    PersistentVolumeClaimTemplate,
    Pod,
    PodSpec,
    Volume,
    VolumeResourceRequirements,
)
from clustersim.api.meta import ObjectMeta
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld


@pytest.fixture
def world() -> ManagedWorld:
    return ManagedWorld("n1", release=ControllerManagerV136)


def claim_spec(size: str) -> PersistentVolumeClaimSpec:
    resources = VolumeResourceRequirements(requests={"storage": size})
    return PersistentVolumeClaimSpec(access_modes=("ReadWriteOnce",), resources=resources)


def create_pod(world: ManagedWorld, *volumes: str) -> None:
    template = PersistentVolumeClaimTemplate(metadata=ObjectMeta(labels={"app": "a"}), spec=claim_spec("1Gi"))
    spec = PodSpec(
        containers=(Container(name="c", image="i"),),
        volumes=tuple(
            Volume(name=name, ephemeral=EphemeralVolumeSource(volume_claim_template=template))
            for name in volumes
        ),
    )
    world.create(Pod(metadata=ObjectMeta(name="a", namespace="default"), spec=spec), "pods")
    world.run(SECOND)


def names(world: ManagedWorld) -> list[str]:
    return [claim.metadata.name for claim in world.all("persistentvolumeclaims")]


def test_a_pod_gets_a_claim_for_each_of_its_ephemeral_volumes(world: ManagedWorld) -> None:
    create_pod(world, "scratch", "cache")
    assert names(world) == ["a-scratch", "a-cache"]
    claim, pod = world.get("persistentvolumeclaims", "default/a-cache"), world.get("pods", "default/a")
    (owner,) = claim.metadata.owner_references
    assert (owner.kind, owner.uid, owner.controller) == ("Pod", pod.metadata.uid, True)
    assert claim.metadata.labels == {"app": "a"}
    assert claim.spec.resources.requests == {"storage": "1Gi"}
    assert [told.rule.rule.id for told in world.decisions("make-claim")] == ["ephemeral-volume.claim"] * 2


def test_its_claims_go_with_it_and_not_before(world: ManagedWorld) -> None:
    create_pod(world, "scratch")
    first = world.get("persistentvolumeclaims", "default/a-scratch").metadata.uid
    world.delete("persistentvolumeclaims", "default/a-scratch")
    world.run(SECOND)
    assert world.get("persistentvolumeclaims", "default/a-scratch").metadata.uid != first
    world.delete("pods", "default/a", grace=0)
    world.run(5 * SECOND)
    assert names(world) == []


def test_a_claim_of_somebody_else_is_in_the_way(world: ManagedWorld) -> None:
    taken = ObjectMeta(name="a-scratch", namespace="default")
    world.create(PersistentVolumeClaim(metadata=taken, spec=claim_spec("1Gi")), "persistentvolumeclaims")
    world.run(SECOND)
    create_pod(world, "scratch")
    messages = {event.message for event in world.events("FailedBinding")}
    assert (
        "ephemeral volume scratch: PVC default/a-scratch was not created for pod default/a (pod is not owner)"
        in messages
    )
