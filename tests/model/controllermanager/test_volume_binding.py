"""Volumes and claims get to know each other: who chose whom is noted, and what does not fit stays apart."""

from typing import Any

import pytest

from clustersim.api.core.volume_plugins import HostPathVolumeSource
from clustersim.api.core_v1 import (
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    PersistentVolumeSpec,
    VolumeResourceRequirements,
)
from clustersim.api.meta import ObjectMeta, ObjectReference, replace
from clustersim.api.request import Request
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV136,
)
from clustersim.controllermanager.volumematching import fits
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld

EVERY = pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV136])
CHOSEN = "pv.kubernetes.io/bound-by-controller"


def volume(
    name: str, size: str = "1Gi", *, promised: str = "", uid: str = "", **spec: Any
) -> PersistentVolume:
    claim = ObjectReference(kind="PersistentVolumeClaim", namespace="default", name=promised, uid=uid)
    body = PersistentVolumeSpec(
        capacity={"storage": size},
        access_modes=("ReadWriteOnce",),
        host_path=HostPathVolumeSource(path="/data"),
        claim_ref=claim if promised else None,
        **spec,
    )
    return PersistentVolume(metadata=ObjectMeta(name=name), spec=body)


def claim(name: str, size: str = "1Gi", **spec: Any) -> PersistentVolumeClaim:
    resources = VolumeResourceRequirements(requests={"storage": size})
    body = PersistentVolumeClaimSpec(resources=resources, access_modes=("ReadWriteOnce",), **spec)
    return PersistentVolumeClaim(metadata=ObjectMeta(name=name, namespace="default"), spec=body)


def world_with(
    release: type[ControllerManager], pv: PersistentVolume, pvc: PersistentVolumeClaim
) -> ManagedWorld:
    world = ManagedWorld("n1", release=release)
    world.create(pv, "persistentvolumes")
    world.run(SECOND)
    world.create(pvc, "persistentvolumeclaims")
    world.run(SECOND)
    return world


def both(world: ManagedWorld) -> tuple[Any, Any]:
    return world.get("persistentvolumes", "pv"), world.get("persistentvolumeclaims", "default/data")


@EVERY
@pytest.mark.parametrize(
    ("promised", "asks", "noted"),
    [
        ("", "", (True, True)),
        ("data", "", (False, True)),
        ("", "pv", (True, False)),
        ("data", "pv", (False, False)),
    ],
    ids=["nobody", "the volume names the claim", "the claim names the volume", "each names the other"],
)
def test_whoever_named_the_other_was_not_chosen_by_the_controller(
    release: type[ControllerManager], promised: str, asks: str, noted: tuple[bool, bool]
) -> None:
    world = world_with(release, volume("pv", promised=promised), claim("data", volume_name=asks))
    pv, pvc = both(world)
    assert (pv.status.phase, pvc.status.phase) == ("Bound", "Bound")
    assert pv.spec.claim_ref.uid == pvc.metadata.uid
    assert pvc.spec.volume_name == "pv"
    assert (CHOSEN in pv.metadata.annotations, CHOSEN in pvc.metadata.annotations) == noted
    assert "pv.kubernetes.io/bind-completed" in pvc.metadata.annotations


@EVERY
def test_a_promised_volume_that_is_too_small_serves_nobody(release: type[ControllerManager]) -> None:
    world = world_with(release, volume("pv", promised="data"), claim("data", "2Gi"))
    pv, pvc = both(world)
    assert (pv.status.phase, pvc.status.phase) == ("Available", "Pending")


def test_a_volume_that_is_not_available_serves_only_whom_it_names() -> None:
    for phase in ("Released", "Failed"):
        free = volume("pv")
        told = replace(free.status, phase=phase)
        assert not fits(claim("data"), replace(free, status=told))
        assert fits(claim("data"), replace(volume("pv", promised="data"), status=told))


@EVERY
@pytest.mark.parametrize("promised", [False, True])
def test_a_volume_whose_claim_has_another_one_is_free_again(
    release: type[ControllerManager], promised: bool
) -> None:
    world = world_with(release, volume("pv"), claim("data"))
    _pv, pvc = both(world)
    other = volume("other", promised="data", uid=pvc.metadata.uid)
    notes = {} if promised else {CHOSEN: "yes"}
    world.create(replace(other, metadata=replace(other.metadata, annotations=notes)), "persistentvolumes")
    world.run(SECOND)
    found = world.get("persistentvolumes", "other")
    assert found.status.phase == "Available"
    assert CHOSEN not in found.metadata.annotations
    assert (found.spec.claim_ref is None) is not promised
    assert not promised or found.spec.claim_ref.uid == ""


def test_a_claim_that_names_a_volume_which_is_not_there_is_pending_and_not_lost() -> None:
    world = world_with(ControllerManagerV136, volume("pv"), claim("data", volume_name="nowhere"))
    found = world.get("persistentvolumeclaims", "default/data")
    bound = replace(found, status=replace(found.status, phase="Bound"))
    world.handle(Request("update-status", "persistentvolumeclaims", "default", "data", bound))
    world.run(SECOND)
    assert world.get("persistentvolumeclaims", "default/data").status.phase == "Pending"
    assert world.events("ClaimLost") == []


def test_volumes_and_claims_of_two_modes_are_told_so() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(claim("data", volume_mode="Block"), "persistentvolumeclaims")
    world.run(SECOND)
    uid = world.get("persistentvolumeclaims", "default/data").metadata.uid
    world.create(volume("pv", promised="data", uid=uid, volume_mode="Filesystem"), "persistentvolumes")
    world.run(SECOND)
    told = {event.message for event in world.events("VolumeMismatch")}
    assert told == {
        'Cannot bind PersistentVolume to requested PersistentVolumeClaim "data" due to incompatible '
        "volumeMode.",
        'Cannot bind PersistentVolume "pv" to requested PersistentVolumeClaim due to incompatible '
        "volumeMode.",
    }
    assert both(world)[1].status.phase == "Pending"
