"""Validation of changes of PersistentVolumes and of claims on them.

Source: v1.7.5, v1.8.0 pkg/api/validation/validation.go, v1.36.2 pkg/apis/core/validation/validation.go
(ValidatePersistentVolumeUpdate, ValidatePersistentVolumeClaimUpdate).
"""

from typing import Any, Final

import msgspec

from clustersim.api.core.persistent_volume import (
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeSpec,
    VolumeNodeAffinity,
)
from clustersim.api.core.placement import NodeSelectorTerm
from clustersim.api.quantity import parse_quantity
from clustersim.api.topology import OLD_REGION, OLD_ZONE, REGION, ZONE
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.go_fields import go_diff
from clustersim.apiserver.validation.volumes import PERSISTENT

_RENAMED: Final = {
    OLD_ZONE: ZONE,
    OLD_REGION: REGION,
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
}
"""Labels of nodes by their old names."""
CLASS_ANNOTATION: Final = "volume.beta.kubernetes.io/storage-class"
_OF_OLD: Final = "field is immutable after creation"
_OF_TODAY: Final = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
    "bound claims"
)


def check_persistent_volume_update(errors: FieldErrors, old: PersistentVolume, new: PersistentVolume) -> None:
    """Today a volume stays where it is."""
    if not errors.modern:
        return
    before, after = old.spec, _placed(old.spec, new.spec)
    if any(getattr(before, source) != getattr(after, source) for source in PERSISTENT):
        difference = go_diff(before, after, as_type="PersistentVolumeSource")
        why = f"spec.persistentvolumesource is immutable after creation\n{difference}"
        errors.forbidden("spec.persistentvolumesource", why)
    if before.volume_mode != after.volume_mode:
        errors.invalid("volumeMode", after.volume_mode or None, IMMUTABLE)
    if before.node_affinity is not None and not _is_renamed(before.node_affinity, after.node_affinity):
        why = f"{IMMUTABLE}, except for updating from beta label to GA"
        errors.invalid("nodeAffinity", after.node_affinity, why)
    if before.volume_attributes_class_name and not after.volume_attributes_class_name:
        errors.forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden")


def _placed(before: PersistentVolumeSpec, after: PersistentVolumeSpec) -> PersistentVolumeSpec:
    """A driver may be told later with which Secret it makes the volume larger."""
    was, now = before.csi, after.csi
    if was is None or now is None or was.controller_expand_secret_ref is not None:
        return after
    return msgspec.structs.replace(after, csi=msgspec.structs.replace(now, controller_expand_secret_ref=None))


def _is_renamed(before: VolumeNodeAffinity, after: VolumeNodeAffinity | None) -> bool:
    """Whether only old names of labels gave way to those of today (validatePvNodeAffinity)."""
    if before == after or after is None or before.required is None or after.required is None:
        return before == after
    old, new = before.required.node_selector_terms, after.required.node_selector_terms
    return len(old) == len(new) and all(map(_is_renamed_term, old, new))


def _is_renamed_term(old: NodeSelectorTerm, new: NodeSelectorTerm) -> bool:
    if old.match_fields != new.match_fields or len(old.match_expressions) != len(new.match_expressions):
        return False
    return all(
        one == other or msgspec.structs.replace(one, key=_RENAMED.get(one.key, one.key)) == other
        for one, other in zip(old.match_expressions, new.match_expressions, strict=True)
    )


def check_claim_update(errors: FieldErrors, old: PersistentVolumeClaim, new: PersistentVolumeClaim) -> None:
    """A claim is only changed by being bound, and in its size where the release can grow it."""
    before, after = old.spec, new.spec
    if not before.volume_name:
        before = msgspec.structs.replace(before, volume_name=after.volume_name)
    if not errors.modern:
        if before != after:
            errors.forbidden("spec", _OF_OLD)
        _check_class_annotation(errors, old, new)
        return
    was, now = (one.metadata.annotations.get(CLASS_ANNOTATION) for one in (old, new))
    chosen = before.storage_class_name is None and after.storage_class_name is not None
    if chosen and was == after.storage_class_name and now in (None, was):
        after = msgspec.structs.replace(after, storage_class_name=None)
    else:
        _check_class_annotation(errors, old, new)
        if chosen and was in (None, after.storage_class_name):
            after = msgspec.structs.replace(after, storage_class_name=before.storage_class_name)
    if new.status.phase == "Bound":
        after = _of_the_same_size(before, after)
    if before != after:
        errors.forbidden("spec", f"{_OF_TODAY}\n{go_diff(before, after)}")
    if storage(new) < storage(old):
        least = parse_quantity(old.status.capacity.get("storage", "0")).nanos
        if storage(new) <= least:
            errors.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")
    if old.spec.volume_mode != new.spec.volume_mode:
        errors.invalid("volumeMode", new.spec.volume_mode or None, IMMUTABLE)
    _check_attributes_class(errors, old, new)


def _check_class_annotation(
    errors: FieldErrors, old: PersistentVolumeClaim, new: PersistentVolumeClaim
) -> None:
    was, now = (one.metadata.annotations.get(CLASS_ANNOTATION, "") for one in (old, new))
    if was != now:
        errors.invalid(f"metadata.annotations.{CLASS_ANNOTATION}", now, IMMUTABLE)


def _of_the_same_size(before: Any, after: Any) -> Any:
    """Of a bound claim only the size may change."""
    after = msgspec.structs.replace(after, volume_attributes_class_name=before.volume_attributes_class_name)
    if not after.resources.requests:
        return after
    requests = {**after.resources.requests, "storage": before.resources.requests.get("storage", "0")}
    return msgspec.structs.replace(
        after, resources=msgspec.structs.replace(after.resources, requests=requests)
    )


def _check_attributes_class(
    errors: FieldErrors, old: PersistentVolumeClaim, new: PersistentVolumeClaim
) -> None:
    """What a volume has been given once, it keeps or changes for another."""
    if old.status.current_volume_attributes_class_name and not new.spec.volume_attributes_class_name:
        why = "update to nil is forbidden when status.currentVolumeAttributesClassName is not nil"
        errors.forbidden("spec.volumeAttributesClassName", why)


def storage(claim: PersistentVolumeClaim) -> int:
    """How much it asks for, in billionths of a byte."""
    return parse_quantity(claim.spec.resources.requests.get("storage", "0")).nanos
