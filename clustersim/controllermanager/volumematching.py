"""Which volume serves a claim, and how the two get to know each other.

Pure functions. Source: v1.7.5, v1.8.0, v1.36 pkg/controller/volume/persistentvolume/index.go; v1.36
staging/src/k8s.io/component-helpers/storage/volume/{pv_helpers,helpers}.go.
"""

from typing import Final

from clustersim.api.core_v1 import PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimStatus
from clustersim.api.meta import ObjectReference, replace
from clustersim.api.quantity import parse_quantity
from clustersim.api.selectors import selects
from clustersim.controllermanager.reclaiming import BOUND_BY_CONTROLLER

BIND_COMPLETED: Final = "pv.kubernetes.io/bind-completed"
CLASS_ANNOTATION: Final = "volume.beta.kubernetes.io/storage-class"


def is_completed(claim: PersistentVolumeClaim) -> bool:
    """The claim was bound once."""
    return BIND_COMPLETED in claim.metadata.annotations


def is_meant_for(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """The volume names the claim, as bound to it or only by its name (IsVolumeBoundToClaim)."""
    reference = volume.spec.claim_ref
    if reference is None:
        return False
    named = (reference.namespace, reference.name) == (claim.metadata.namespace, claim.metadata.name)
    return named and reference.uid in ("", claim.metadata.uid)


def bound_volume(
    volume: PersistentVolume, claim: PersistentVolumeClaim, reference: ObjectReference
) -> PersistentVolume:
    """The volume that knows its claim; that the controller chose is noted (GetBindVolumeToClaim)."""
    chosen = not is_meant_for(volume, claim)
    annotations = {**volume.metadata.annotations, **({BOUND_BY_CONTROLLER: "yes"} if chosen else {})}
    known = volume.spec.claim_ref
    if known is not None and is_meant_for(volume, claim) and known.uid:
        reference = known
    return replace(
        volume,
        metadata=replace(volume.metadata, annotations=annotations),
        spec=replace(volume.spec, claim_ref=reference),
    )


def bound_claim(claim: PersistentVolumeClaim, volume: PersistentVolume) -> PersistentVolumeClaim:
    """The claim that knows its volume; that the controller chose is noted (bindClaimToVolume)."""
    name = volume.metadata.name
    chosen = {BOUND_BY_CONTROLLER: "yes"} if claim.spec.volume_name != name else {}
    annotations = {**claim.metadata.annotations, **chosen, BIND_COMPLETED: "yes"}
    return replace(
        claim,
        metadata=replace(claim.metadata, annotations=annotations),
        spec=replace(claim.spec, volume_name=name),
    )


def bound_status(
    claim: PersistentVolumeClaim, volume: PersistentVolume, *, keeps_size: bool
) -> PersistentVolumeClaimStatus:
    """The status of a claim that has its volume (updateClaimStatus). keeps_size: as in v1.36 what a bound
    claim says of its size is left alone, as it may differ while it changes."""
    status, spec = claim.status, volume.spec
    fresh = status.phase != "Bound"
    attributes = status.current_volume_attributes_class_name
    return replace(
        status,
        phase="Bound",
        access_modes=spec.access_modes,
        capacity=spec.capacity if fresh or not keeps_size else status.capacity,
        current_volume_attributes_class_name=spec.volume_attributes_class_name if fresh else attributes,
    )


def unbound_volume(volume: PersistentVolume) -> PersistentVolume:
    """The volume without its claim, or, where a person promised it to one of that name, without its uid
    (unbindVolume)."""
    annotations, reference = dict(volume.metadata.annotations), volume.spec.claim_ref
    chosen = annotations.pop(BOUND_BY_CONTROLLER, "")
    left = None if chosen or reference is None else replace(reference, uid="")
    return replace(
        volume,
        metadata=replace(volume.metadata, annotations=annotations),
        spec=replace(volume.spec, claim_ref=left),
    )


def class_of(obj: PersistentVolume | PersistentVolumeClaim) -> str:
    """Its storage class, empty for none."""
    return obj.metadata.annotations.get(CLASS_ANNOTATION, obj.spec.storage_class_name or "")


def names_class(claim: PersistentVolumeClaim) -> bool:
    """It says of which class it is, or that it is of none (PersistentVolumeClaimHasClass)."""
    return CLASS_ANNOTATION in claim.metadata.annotations or claim.spec.storage_class_name is not None


def fits(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """The volume may serve the claim (findMatchingVolume)."""
    if volume.metadata.deletion_timestamp:
        return False
    if not (has_access(claim, volume) and has_mode(claim, volume) and is_large_enough(claim, volume)):
        return False
    if not has_attributes(claim, volume):
        return False
    if volume.spec.claim_ref is not None:
        return is_meant_for(volume, claim)
    selector = claim.spec.selector
    return (
        volume.status.phase in ("", "Available")
        and class_of(volume) == class_of(claim)
        and (selector is None or selects(selector, volume.metadata.labels))
    )


def is_large_enough(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """It holds what the claim asks for."""
    wanted = parse_quantity(claim.spec.resources.requests.get("storage", "0")).nanos
    return parse_quantity(volume.spec.capacity.get("storage", "0")).nanos >= wanted


def has_access(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """It can be used in all the ways that the claim asks for."""
    return all(mode in volume.spec.access_modes for mode in claim.spec.access_modes)


def has_mode(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """Both are a filesystem, or a block device."""
    return (volume.spec.volume_mode or "Filesystem") == (claim.spec.volume_mode or "Filesystem")


def has_attributes(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """Both are of the same class of attributes, or of none."""
    return claim.spec.volume_attributes_class_name == volume.spec.volume_attributes_class_name


def by_preference(volume: PersistentVolume) -> tuple[bool, int, str]:
    """One that was made for this claim, then the smallest."""
    size = parse_quantity(volume.spec.capacity.get("storage", "0")).nanos
    return volume.spec.claim_ref is None, size, volume.metadata.name
