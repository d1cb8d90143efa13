"""Validation of volumes, of PersistentVolumes and of claims."""

import posixpath
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from clustersim.api.core.persistent_volume import (
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    PersistentVolumeSpec,
)
from clustersim.api.core.volume_plugins import HostPathVolumeSource, LocalVolumeSource
from clustersim.api.core.volumes import ProjectedVolumeSource, Volume
from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors, go_nil
from clustersim.apiserver.validation.files_of_pods import check_items, check_mode, check_projected
from clustersim.apiserver.validation.meta import check_label_selector
from clustersim.apiserver.validation.resources import check_quantity

ACCESS_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany")
RECLAIM_POLICIES: Final = ("Delete", "Recycle", "Retain")
PULL_POLICIES: Final = ("Always", "IfNotPresent", "Never")

_SOURCES: Final = tuple(field for field in msgspec.structs.fields(Volume) if field.name != "name")
_PERSISTENT: Final = (
    "aws_elastic_block_store", "azure_disk", "azure_file", "cephfs", "cinder", "csi", "fc", "flex_volume",
    "flocker", "gce_persistent_disk", "glusterfs", "host_path", "iscsi", "local", "nfs",
    "photon_persistent_disk", "portworx_volume", "quobyte", "rbd", "scale_io", "storageos", "vsphere_volume",
)  # fmt: skip

_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "aws_elastic_block_store": ("volumeID",),
    "azure_disk": ("diskName", "diskURI"),
    "azure_file": ("secretName", "shareName"),
    "cephfs": ("monitors",),
    "cinder": ("volumeID",),
    "config_map": ("name",),
    "csi": ("driver",),
    "ephemeral": ("volumeClaimTemplate",),
    "flex_volume": ("driver",),
    "gce_persistent_disk": ("pdName",),
    "git_repo": ("repository",),
    "glusterfs": ("endpoints", "path"),
    "host_path": ("path",),
    "iscsi": ("targetPortal", "iqn"),
    "local": ("path",),
    "nfs": ("server", "path"),
    "persistent_volume_claim": ("claimName",),
    "photon_persistent_disk": ("pdID",),
    "portworx_volume": ("volumeID",),
    "quobyte": ("registry", "volume"),
    "rbd": ("monitors", "image"),
    "scale_io": ("gateway", "system", "volumeName"),
    "secret": ("secretName",),
    "vsphere_volume": ("volumePath",),
}
"""What a source cannot do without."""


def check_volumes(errors: FieldErrors, field: str, volumes: tuple[Volume, ...]) -> dict[str, Volume]:
    """The volumes of a pod; returns those that containers may mount, by name."""
    found: dict[str, Volume] = {}
    for index, volume in enumerate(volumes):
        here = f"{field}[{index}]"
        reasons: Sequence[str] = ()
        if not volume.name:
            errors.required(f"{here}.name")
        else:
            reasons = names.dns_label(volume.name, errors.release)
            errors.each(f"{here}.name", volume.name, reasons)
        if volume.name in found:
            errors.duplicate(f"{here}.name", volume.name)
        given = [one for one in _SOURCES if getattr(volume, one.name) is not None]
        if not given:
            errors.required(here, "must specify a volume type")
        for one in given[1:]:
            errors.forbidden(f"{here}.{one.encode_name}", "may not specify more than 1 volume type")
        for one in given[:1]:
            _check_source(errors, f"{here}.{one.encode_name}", one.name, getattr(volume, one.name))
        if volume.name and not reasons:
            found.setdefault(volume.name, volume)
    return found


def _check_source(errors: FieldErrors, field: str, name: str, source: Any) -> None:
    values = {one.encode_name: getattr(source, one.name) for one in msgspec.structs.fields(type(source))}
    for needed in _NEEDED.get(name, ()):
        if not values.get(needed):
            errors.required(f"{field}.{needed}")
    check_mode(errors, f"{field}.defaultMode", values.get("defaultMode"))
    if name == "host_path" and ".." in str(values.get("path", "")).split("/"):
        errors.invalid(f"{field}.path", values["path"], "must not contain '..'")
    size = values.get("sizeLimit")
    if name == "empty_dir" and size and parse_quantity(size).nanos < 0:
        errors.forbidden(f"{field}.sizeLimit", "SizeLimit field must be a valid resource quantity")
    check_items(errors, field, values.get("items") or ())
    if isinstance(source, ProjectedVolumeSource):
        check_projected(errors, field, source)
    if name == "image":
        if field.startswith("spec.volumes") and not values["reference"]:
            errors.required(f"{field}.reference")
        errors.one_of(f"{field}.pullPolicy", values["pullPolicy"], PULL_POLICIES, needed=False)


def check_persistent_volume(errors: FieldErrors, volume: PersistentVolume) -> None:
    """Its size, its modes, and exactly one place where it is."""
    spec = volume.spec
    _check_access(errors, "spec.accessModes", spec.access_modes)
    if errors.modern:
        _check_class_and_mode(errors, spec)
    if not spec.capacity:
        errors.required("spec.capacity")
    if "storage" not in spec.capacity or len(spec.capacity) > 1:
        shown = spec.capacity or go_nil(errors, "api.ResourceList")
        errors.unsupported("spec.capacity", shown, ("storage",))
    for name, text in spec.capacity.items():
        check_quantity(errors, f"spec.capacity[{name}]", name, text)
        if parse_quantity(text).nanos == 0:
            errors.invalid(f"spec.capacity[{name}]", text, "must be greater than zero")
    policies = RECLAIM_POLICIES
    if spec.persistent_volume_reclaim_policy not in policies:
        errors.unsupported(
            "spec.persistentVolumeReclaimPolicy", spec.persistent_volume_reclaim_policy, policies
        )
    given = [one for one in _persistent_sources(spec) if getattr(spec, one.name) is not None]
    if not given:
        errors.required("spec", "must specify a volume type")
    for one in given[1:]:
        errors.forbidden(f"spec.{one.encode_name}", "may not specify more than 1 volume type")
    for one in given[:1]:
        source = getattr(spec, one.name)
        _check_source(errors, f"spec.{one.encode_name}", one.name, source)
        at_the_top = isinstance(source, HostPathVolumeSource) and posixpath.normpath(source.path) in (
            "/",
            "//",
        )
        if spec.persistent_volume_reclaim_policy == "Recycle" and at_the_top:
            why = "may not be 'recycle' for a hostPath mount of '/'"
            errors.forbidden("spec.persistentVolumeReclaimPolicy", why)
        if isinstance(source, LocalVolumeSource) and errors.modern and spec.node_affinity is None:
            errors.required("spec.nodeAffinity", "Local volume requires node affinity")


VOLUME_MODES: Final = ("Block", "Filesystem")


def _check_class_and_mode(errors: FieldErrors, spec: PersistentVolumeSpec) -> None:
    """Of which class it is, and whether it is files or blocks."""
    if spec.storage_class_name:
        reasons = names.dns_subdomain(spec.storage_class_name, errors.release)
        errors.each("spec.storageClassName", spec.storage_class_name, reasons)
    errors.one_of("spec.volumeMode", spec.volume_mode, VOLUME_MODES, needed=False)
    if spec.volume_attributes_class_name:
        reasons = names.dns_subdomain(spec.volume_attributes_class_name, errors.release)
        errors.each("spec.volumeAttributesClassName", spec.volume_attributes_class_name, reasons)
        if spec.csi is None:
            errors.required("spec.csi", "has to be specified when using volumeAttributesClassName")
    if spec.node_affinity is not None and spec.node_affinity.required is None:
        errors.required("spec.nodeAffinity.required", "must specify required node constraints")


def _persistent_sources(spec: PersistentVolumeSpec) -> list[msgspec.structs.FieldInfo]:
    return [one for one in msgspec.structs.fields(type(spec)) if one.name in _PERSISTENT]


def _check_access(errors: FieldErrors, field: str, modes: tuple[str, ...], why: str = "") -> None:
    known = (*ACCESS_MODES, "ReadWriteOncePod") if errors.modern else ACCESS_MODES
    if not modes:
        errors.required(field, why)
    for mode in modes:
        if mode not in known:
            errors.unsupported(field, mode, tuple(sorted(known)))
    if errors.modern and "ReadWriteOncePod" in modes and len(modes) > 1:
        errors.forbidden(field, "may not use ReadWriteOncePod with other access modes")


def check_claim(errors: FieldErrors, claim: PersistentVolumeClaim) -> None:
    """A PersistentVolumeClaim."""
    check_claim_spec(errors, "spec", claim.spec)


def check_claim_spec(errors: FieldErrors, field: str, spec: PersistentVolumeClaimSpec) -> None:
    """How much of which storage, and how it is used."""
    _check_access(errors, f"{field}.accessModes", spec.access_modes, "at least 1 access mode is required")
    check_label_selector(errors, f"{field}.selector", spec.selector)
    size = spec.resources.requests.get("storage")
    if size is None:
        errors.required(f"{field}.resources[storage]")
    elif parse_quantity(size).nanos <= 0:
        errors.invalid(f"{field}.resources[storage]", size, "must be greater than zero")
    if spec.storage_class_name:
        reasons = names.dns_subdomain(spec.storage_class_name, errors.release)
        errors.each(f"{field}.storageClassName", spec.storage_class_name, reasons)


def check_persistent_volume_update(errors: FieldErrors, old: PersistentVolume, new: PersistentVolume) -> None:
    """Today a volume stays where it is (ValidatePersistentVolumeUpdate; the difference, which the real
    message prints line by line, is left out)."""
    if not errors.modern:
        return
    before, after = old.spec, new.spec
    if any(_placed(before, after, source) != getattr(after, source) for source in _PERSISTENT):
        errors.forbidden(
            "spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"
        )
    if before.volume_mode != after.volume_mode:
        errors.invalid("volumeMode", after.volume_mode or None, IMMUTABLE)
    if before.node_affinity is not None and before.node_affinity != after.node_affinity:
        why = f"{IMMUTABLE}, except for updating from beta label to GA"
        errors.invalid("nodeAffinity", after.node_affinity, why)
    if before.volume_attributes_class_name and not after.volume_attributes_class_name:
        errors.forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden")


def _placed(before: PersistentVolumeSpec, after: PersistentVolumeSpec, source: str) -> Any:
    """Where the volume was; a driver may be told later with which Secret it makes it larger."""
    was, now = getattr(before, source), getattr(after, source)
    later = source == "csi" and was is not None and now is not None
    if later and was.controller_expand_secret_ref is None:
        return msgspec.structs.replace(was, controller_expand_secret_ref=now.controller_expand_secret_ref)
    return was


def check_claim_update(errors: FieldErrors, old: PersistentVolumeClaim, new: PersistentVolumeClaim) -> None:
    """A claim is not changed any more, but for its size where the release can grow it, and by being bound."""
    before, after = old.spec, new.spec
    if not before.volume_name:
        before = msgspec.structs.replace(before, volume_name=after.volume_name)
    if errors.modern and new.status.phase == "Bound":
        before = msgspec.structs.replace(
            before,
            resources=after.resources,
            volume_attributes_class_name=after.volume_attributes_class_name,
        )
    if before != after:
        errors.forbidden("spec", _CLAIM_KEPT[errors.release])
    if errors.modern and storage(new) < storage(old):
        least = parse_quantity(old.status.capacity.get("storage", "0")).nanos
        if storage(new) <= least:
            errors.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")


def storage(claim: PersistentVolumeClaim) -> int:
    """How much it asks for, in billionths of a byte."""
    return parse_quantity(claim.spec.resources.requests.get("storage", "0")).nanos


_CLAIM_KEPT: Final = {
    "v1.7": "field is immutable after creation",
    "v1.8": "is immutable after creation except resources.requests for bound claims",
    "v1.36": "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
    "bound claims",
}
