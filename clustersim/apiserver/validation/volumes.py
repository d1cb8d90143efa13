"""Validation of volumes, of PersistentVolumes and of claims."""

import posixpath
from typing import Any, Final

import msgspec

from clustersim.api.core.persistent_volume import (
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    PersistentVolumeSpec,
)
from clustersim.api.core.placement import NodeSelector
from clustersim.api.core.volumes import (
    EmptyDirVolumeSource,
    EphemeralVolumeSource,
    PersistentVolumeClaimTemplate,
    ProjectedVolumeSource,
    Volume,
)
from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import NO_FIELDS, FieldErrors, go_nil
from clustersim.apiserver.validation.files_of_pods import check_items, check_mode, check_projected
from clustersim.apiserver.validation.meta import check_annotations, check_label_selector, check_labels
from clustersim.apiserver.validation.placement import check_node_selector
from clustersim.apiserver.validation.resources import check_quantity
from clustersim.apiserver.validation.storage_systems import check_portal, check_storage

NODE_AFFINITY: Final = "volume.alpha.kubernetes.io/node-affinity"
"""With which a local volume of the older releases says on which node it is."""

ACCESS_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany")
RECLAIM_POLICIES: Final = ("Delete", "Recycle", "Retain")
PULL_POLICIES: Final = ("Always", "IfNotPresent", "Never")

_SOURCES: Final = (
    "empty_dir", "host_path", "git_repo", "gce_persistent_disk", "aws_elastic_block_store", "secret", "nfs",
    "iscsi", "glusterfs", "flocker", "persistent_volume_claim", "rbd", "cinder", "cephfs", "quobyte",
    "downward_api", "fc", "flex_volume", "config_map", "azure_file", "vsphere_volume",
    "photon_persistent_disk", "portworx_volume", "azure_disk", "storageos", "projected", "scale_io", "csi",
    "ephemeral", "image",
)  # fmt: skip
"""What a volume of a pod can be, in the order in which it is looked at (validateVolumeSource)."""

PERSISTENT: Final = (
    "host_path", "gce_persistent_disk", "aws_elastic_block_store", "glusterfs", "flocker", "nfs", "rbd",
    "quobyte", "cephfs", "iscsi", "cinder", "fc", "flex_volume", "azure_file", "vsphere_volume",
    "photon_persistent_disk", "portworx_volume", "azure_disk", "scale_io", "local", "storageos", "csi",
)  # fmt: skip
"""What a PersistentVolume can be, in the order in which it is looked at (ValidatePersistentVolumeSpec)."""

_ONE_TOO_MANY: Final = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}
"""Fields that the message of a second source spells otherwise."""


def check_volumes(errors: FieldErrors, field: str, volumes: tuple[Volume, ...]) -> dict[str, Volume]:
    """The volumes of a pod; returns those that containers may mount, by name."""
    found: dict[str, Volume] = {}
    for index, volume in enumerate(volumes):
        here = f"{field}[{index}]"
        before = len(errors.causes)
        _check_sources(errors, here, volume, _SOURCES)
        check_portal(errors, f"{here}.name", volume.name, volume.name, volume.iscsi)
        if not volume.name:
            errors.required(f"{here}.name")
        else:
            errors.each(f"{here}.name", volume.name, names.dns_label(volume.name, errors.release))
        if volume.name in found:
            errors.duplicate(f"{here}.name", volume.name)
        if len(errors.causes) == before:
            found[volume.name] = volume
    return found


def check_made_claims(errors: FieldErrors, field: str, volumes: tuple[Volume, ...], pod: str) -> None:
    """Claims that are made for volumes of this pod have a name, and no other volume of it names them."""
    made = {f"{pod}-{volume.name}" for volume in volumes if volume.ephemeral is not None}
    for index, volume in enumerate(volumes):
        here = f"{field}[{index}]"
        if volume.ephemeral is not None and volume.name:
            _check_claim_of_pod(errors, f"{here}.name", volume.name, f"{pod}-{volume.name}")
        claim = volume.persistent_volume_claim
        if claim is not None and claim.claim_name in made:
            why = "must not reference a PVC that gets created for an ephemeral volume"
            errors.invalid(f"{here}.persistentVolumeClaim.claimName", claim.claim_name, why)


def _check_claim_of_pod(errors: FieldErrors, field: str, volume: str, claim: str) -> None:
    """The name of the claim that is made for a volume of the pod."""
    for why in names.dns_subdomain(claim, errors.release):
        errors.invalid(field, volume, f'PVC name "{claim}": {why}')


def _check_sources(errors: FieldErrors, field: str, volume: Any, sources: tuple[str, ...]) -> None:
    """Exactly one of them; the first is looked at."""
    given = [name for name in sources if getattr(volume, name) is not None]
    if not given:
        errors.required(field, "must specify a volume type")
    spelled = dict(zip(volume.__struct_fields__, volume.__struct_encode_fields__, strict=True))
    for place, name in enumerate(given):
        encoded = spelled[name]
        if not place:
            inside = "persistentDisk" if name == "gce_persistent_disk" else encoded
            _check_source(errors, f"{field}.{inside}", name, getattr(volume, name))
        elif name != "flex_volume" or sources is not PERSISTENT:
            here = f"{field}.{_ONE_TOO_MANY.get(encoded, encoded)}"
            errors.forbidden(here, "may not specify more than 1 volume type")


def _check_source(errors: FieldErrors, field: str, name: str, source: Any) -> None:
    values = {one.encode_name: getattr(source, one.name) for one in msgspec.structs.fields(type(source))}
    check_storage(errors, field, name, source)
    check_mode(errors, f"{field}.defaultMode", values.get("defaultMode"))
    if isinstance(source, EmptyDirVolumeSource):
        _check_empty_dir(errors, field, source)
    if isinstance(source, EphemeralVolumeSource) and source.volume_claim_template is not None:
        _check_claim_template(errors, f"{field}.volumeClaimTemplate", source.volume_claim_template)
    check_items(errors, field, values.get("items") or ())
    if isinstance(source, ProjectedVolumeSource):
        check_projected(errors, field, source)
    if name == "image":
        if field.startswith("spec.volumes") and not values["reference"]:
            errors.required(f"{field}.reference")
        errors.one_of(f"{field}.pullPolicy", values["pullPolicy"], PULL_POLICIES, needed=False)


def _check_empty_dir(errors: FieldErrors, field: str, source: EmptyDirVolumeSource) -> None:
    """Alpha gates keep its size and huge pages out of the older releases."""
    size = parse_quantity(source.size_limit).nanos if source.size_limit else 0
    if not errors.modern and size:
        why = "SizeLimit field disabled by feature-gate for EmptyDir volumes"
        errors.forbidden(f"{field}.sizeLimit", why)
    elif size < 0:
        errors.forbidden(f"{field}.sizeLimit", "SizeLimit field must be a valid resource quantity")
    if errors.release == "v1.8" and source.medium == "HugePages":
        why = "HugePages medium is disabled by feature-gate for EmptyDir volumes"
        errors.forbidden(f"{field}.medium", why)


def _check_claim_template(errors: FieldErrors, field: str, template: PersistentVolumeClaimTemplate) -> None:
    metadata = template.metadata
    check_annotations(errors, metadata.annotations, f"{field}.metadata.annotations")
    check_labels(errors, f"{field}.metadata.labels", metadata.labels)
    check_claim_spec(errors, f"{field}.spec", template.spec)


def check_persistent_volume(errors: FieldErrors, volume: PersistentVolume) -> None:
    """Its size, its modes, and exactly one place where it is."""
    spec = volume.spec
    _check_access(errors, "spec.accessModes", spec.access_modes)
    _check_capacity(errors, spec)
    policy = spec.persistent_volume_reclaim_policy
    if policy not in RECLAIM_POLICIES:
        errors.unsupported("spec.persistentVolumeReclaimPolicy", policy, RECLAIM_POLICIES)
    if errors.modern and spec.node_affinity is not None:
        _check_affinity(errors, spec.node_affinity.required)
    if not errors.modern and NODE_AFFINITY in volume.metadata.annotations:
        errors.forbidden("metadata.annotations", "Storage node affinity is disabled by feature-gate")
    if errors.modern and spec.iscsi is not None:
        portal = spec.iscsi.target_portal
        check_portal(errors, "spec.iscsi.targetportal", portal, volume.metadata.name, spec.iscsi)
    _check_sources(errors, "spec", spec, PERSISTENT)
    if not errors.modern:
        check_portal(errors, "metadata.name", volume.metadata.name, volume.metadata.name, spec.iscsi)
    if spec.local is not None:
        _check_local(errors, volume)
    at_the_top = spec.host_path is not None and posixpath.normpath(spec.host_path.path) in ("/", "//")
    if policy == "Recycle" and at_the_top:
        why = "may not be 'recycle' for a hostPath mount of '/'"
        errors.forbidden("spec.persistentVolumeReclaimPolicy", why)
    if spec.storage_class_name:
        reasons = names.dns_subdomain(spec.storage_class_name, errors.release)
        errors.each("spec.storageClassName", spec.storage_class_name, reasons)
    if errors.modern:
        _check_mode_and_attributes(errors, spec)


def _check_capacity(errors: FieldErrors, spec: PersistentVolumeSpec) -> None:
    if not spec.capacity:
        errors.required("spec.capacity")
    if "storage" not in spec.capacity or len(spec.capacity) > 1:
        shown = spec.capacity or go_nil(errors, "api.ResourceList")
        errors.unsupported("spec.capacity", shown, ("storage",))
    for name, text in spec.capacity.items():
        check_quantity(errors, f"spec.capacity[{name}]", name, text)
        if parse_quantity(text).nanos == 0:
            errors.invalid(f"spec.capacity[{name}]", text, "must be greater than zero")


def _check_affinity(errors: FieldErrors, required: NodeSelector | None) -> None:
    field = "spec.nodeAffinity.required"
    if required is None:
        errors.required(field, "must specify required node constraints")
    else:
        check_node_selector(errors, field, required)


def _check_local(errors: FieldErrors, volume: PersistentVolume) -> None:
    """A disk of one node: in the older releases only behind an alpha gate, and the node is an annotation."""
    if errors.modern:
        if volume.spec.node_affinity is None:
            errors.required("spec.nodeAffinity", "Local volume requires node affinity")
        return
    errors.forbidden("spec.local", "Local volumes are disabled by feature-gate")
    if NODE_AFFINITY not in volume.metadata.annotations:
        errors.required("metadata.annotations", "Local volume requires node affinity")


VOLUME_MODES: Final = ("Block", "Filesystem")


def _check_mode_and_attributes(errors: FieldErrors, spec: PersistentVolumeSpec) -> None:
    """Whether it is files or blocks, and the class of its attributes."""
    errors.one_of("spec.volumeMode", spec.volume_mode, VOLUME_MODES, needed=False)
    if spec.volume_attributes_class_name:
        reasons = names.dns_subdomain(spec.volume_attributes_class_name, errors.release)
        errors.each("spec.volumeAttributesClassName", spec.volume_attributes_class_name, reasons)
        if spec.csi is None:
            errors.required("spec.csi", "has to be specified when using volumeAttributesClassName")


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
    for part, text in (
        ("storageClassName", spec.storage_class_name),
        ("volumeAttributesClassName", spec.volume_attributes_class_name),
    ):
        if part == "volumeAttributesClassName":
            errors.one_of(f"{field}.volumeMode", spec.volume_mode, VOLUME_MODES, needed=False)
            _check_data_sources(errors, field, spec)
        if text:
            errors.each(f"{field}.{part}", text, names.dns_subdomain(text, errors.release))


def _check_data_sources(errors: FieldErrors, field: str, spec: PersistentVolumeClaimSpec) -> None:
    """From what it is filled (validateDataSource, validateDataSourceRef)."""
    source, reference = spec.data_source, spec.data_source_ref
    for name, one in (("dataSource", source), ("dataSourceRef", reference)):
        if one is None:
            continue
        here = f"{field}.{name}"
        if not one.name:
            errors.required(f"{here}.name")
        if not one.kind:
            errors.required(f"{here}.kind")
        if one.api_group:
            errors.each(f"{here}.apiGroup", one.api_group, names.dns_subdomain(one.api_group, errors.release))
        elif one.kind != "PersistentVolumeClaim":
            why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
            errors.invalid(here, one.kind, why)
    if source is None or reference is None or reference.namespace:
        return
    if (source.api_group, source.kind, source.name) != (reference.api_group, reference.kind, reference.name):
        errors.invalid(field, NO_FIELDS, "must match dataSourceRef")
