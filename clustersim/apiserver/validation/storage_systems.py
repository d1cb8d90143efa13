"""Validation of where a volume is: what each storage system needs and how its fields are written.

Source: v1.7.5, v1.8.0 pkg/api/validation/validation.go, v1.36 pkg/apis/core/validation/validation.go:
validateVolumeSource, ValidatePersistentVolumeSpec and the functions they call, one for each system.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from clustersim.api.core.volume_plugins import (
    AWSElasticBlockStoreVolumeSource,
    AzureDiskVolumeSource,
    CSIPersistentVolumeSource,
    FCVolumeSource,
    FlexVolumeSource,
    FlockerVolumeSource,
    GCEPersistentDiskVolumeSource,
    HostPathVolumeSource,
    ISCSIVolumeSource,
    LocalVolumeSource,
    NFSVolumeSource,
    QuobyteVolumeSource,
    SecretReference,
    StorageOSVolumeSource,
)
from clustersim.api.core.volumes import CSIVolumeSource, GitRepoVolumeSource
from clustersim.api.meta import LocalObjectReference
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.files_of_pods import check_local_path

HOST_PATH_TYPES: Final = (
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
)  # fmt: skip
LONGEST_DRIVER: Final = 63
LONGEST_TENANT: Final = 64
LONGEST_PORTAL: Final = 64
"""Of an iSCSI portal together with the name of its volume, where the initiator is told."""

_IQN: Final = re.compile(r"iqn\.[0-9]{4}-[0-9]{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+\Z")
_EUI: Final = re.compile(r"eui.[A-Za-z0-9]{16}\Z")
_NAA: Final = re.compile(r"naa.[A-Za-z0-9]{32}\Z")
_HOST_AND_PORT: Final = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*):[^:\[\]]*\Z")

_MANAGED: Final = (
    "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
)
_BLOB: Final = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"

_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "aws_elastic_block_store": ("volume_id",),
    "azure_disk": ("disk_name", "disk_uri"),
    "azure_file": ("secret_name", "share_name"),
    "cephfs": ("monitors",),
    "cinder": ("volume_id",),
    "config_map": ("name",),
    "ephemeral": ("volume_claim_template",),
    "flex_volume": ("driver",),
    "gce_persistent_disk": ("pd_name",),
    "git_repo": ("repository",),
    "glusterfs": ("endpoints", "path"),
    "host_path": ("path",),
    "iscsi": ("target_portal", "iqn"),
    "local": ("path",),
    "nfs": ("server", "path"),
    "persistent_volume_claim": ("claim_name",),
    "photon_persistent_disk": ("pd_id",),
    "portworx_volume": ("volume_id",),
    "rbd": ("monitors", "image"),
    "scale_io": ("gateway", "system", "volume_name"),
    "secret": ("secret_name",),
    "storageos": ("volume_name",),
    "vsphere_volume": ("volume_path",),
}
"""What a source cannot do without, in the order in which it is missed."""


def check_storage(errors: FieldErrors, field: str, name: str, source: Any) -> None:
    """One source of a volume. field: with its name, such as spec.nfs; name: its attribute, such as nfs."""
    spelled = dict(zip(source.__struct_fields__, source.__struct_encode_fields__, strict=True))
    for needed in _NEEDED.get(name, ()):
        if not getattr(source, needed):
            errors.required(f"{field}.{spelled[needed]}")
    if (rule := _RULES.get(name)) is not None:
        rule(errors, field, source)


def _check_partition(
    errors: FieldErrors, field: str, disk: AWSElasticBlockStoreVolumeSource | GCEPersistentDiskVolumeSource
) -> None:
    """0 is the whole disk, though the message leaves it out."""
    if not 0 <= disk.partition <= 255:
        errors.invalid(f"{field}.partition", disk.partition, "must be between 1 and 255, inclusive")


def _check_azure_disk(errors: FieldErrors, field: str, disk: AzureDiskVolumeSource) -> None:
    errors.one_of(f"{field}.cachingMode", disk.caching_mode, ("None", "ReadOnly", "ReadWrite"))
    errors.one_of(f"{field}.kind", disk.kind, ("Dedicated", "Managed", "Shared"))
    start, shown = ("/subscriptions/", _MANAGED) if disk.kind == "Managed" else ("https://", _BLOB)
    if not disk.disk_uri.startswith(start):
        errors.unsupported(f"{field}.diskURI", disk.disk_uri, (shown,))


def _check_secret(errors: FieldErrors, field: str, secret: Any) -> None:
    """A Secret by its name, and where a namespace can be told by that too."""
    if secret is None:
        return
    if not secret.name:
        errors.required(f"{field}.secretRef.name")
    if not isinstance(secret, LocalObjectReference) and not secret.namespace:
        errors.required(f"{field}.secretRef.namespace")


def _check_cinder(errors: FieldErrors, field: str, source: Any) -> None:
    if errors.modern:
        _check_secret(errors, field, source.secret_ref)


def _check_csi(errors: FieldErrors, field: str, source: CSIVolumeSource | CSIPersistentVolumeSource) -> None:
    if not source.driver:
        errors.required(f"{field}.driver")
    else:
        if len(source.driver) > LONGEST_DRIVER:
            errors.too_long(f"{field}.driver", LONGEST_DRIVER)
        reasons = names.dns_subdomain(source.driver.lower(), errors.release)
        errors.each(f"{field}.driver", source.driver, reasons)
    if isinstance(source, CSIPersistentVolumeSource):
        if not source.volume_handle:
            errors.required(f"{field}.volumeHandle")
        _check_reference(errors, f"{field}.controllerPublishSecretRef", source.controller_publish_secret_ref)
        _check_reference(errors, f"{field}.controllerExpandSecretRef", source.controller_expand_secret_ref)
        _check_reference(errors, f"{field}.nodePublishSecretRef", source.node_publish_secret_ref)
        _check_reference(errors, f"{field}.nodeExpandSecretRef", source.node_expand_secret_ref)
    elif (secret := source.node_publish_secret_ref) is not None:
        if not secret.name:
            errors.required(f"{field}.nodePublishSecretRef.name")
        else:
            errors.each(f"{field}.name", secret.name, names.dns_subdomain(secret.name, errors.release))


def _check_reference(errors: FieldErrors, field: str, secret: SecretReference | None) -> None:
    if secret is None:
        return
    for part, text, rule in (
        ("name", secret.name, names.dns_subdomain),
        ("namespace", secret.namespace, names.dns_label),
    ):
        if not text:
            errors.required(f"{field}.{part}")
        else:
            errors.each(f"{field}.{part}", text, rule(text, errors.release))


def _check_fc(errors: FieldErrors, field: str, disk: FCVolumeSource) -> None:
    old = errors.release == "v1.7"
    if not disk.target_wwns and (old or not disk.wwids):
        why = "" if old else "must specify either targetWWNs or wwids, but not both"
        errors.required(f"{field}.targetWWNs", why)
    if disk.target_wwns and disk.wwids and not old:
        why = "targetWWNs and wwids can not be specified simultaneously"
        errors.invalid(f"{field}.targetWWNs", disk.target_wwns, why)
    if not disk.target_wwns and not old:
        return
    if disk.lun is None:
        errors.required(f"{field}.lun", "" if old else "lun is required if targetWWNs is specified")
    else:
        errors.within(f"{field}.lun", disk.lun, 0, 255)


def _check_flex(errors: FieldErrors, field: str, volume: FlexVolumeSource) -> None:
    for key in volume.options:
        domain = f".{key.partition('/')[0].lower()}"
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            why = "kubernetes.io and k8s.io namespaces are reserved"
            errors.invalid(f"{field}.options[{key}]", key, why)


def _check_flocker(errors: FieldErrors, field: str, dataset: FlockerVolumeSource) -> None:
    if not dataset.dataset_name and not dataset.dataset_uuid:
        errors.required(field, "one of datasetName and datasetUUID is required")
    if dataset.dataset_name and dataset.dataset_uuid:
        why = "datasetName and datasetUUID can not be specified simultaneously"
        errors.invalid(field, "resource", why)
    if "/" in dataset.dataset_name:
        errors.invalid(f"{field}.datasetName", dataset.dataset_name, "must not contain '/'")


def _check_git(errors: FieldErrors, field: str, source: GitRepoVolumeSource) -> None:
    check_local_path(errors, f"{field}.directory", source.directory, reserved=False)


def _check_steps(errors: FieldErrors, field: str, path: str) -> None:
    if ".." in path.split("/"):
        errors.invalid(field, path, "must not contain '..'")


def _check_host_path(errors: FieldErrors, field: str, source: HostPathVolumeSource) -> None:
    if not source.path:
        return
    _check_steps(errors, f"{field}.path", source.path)
    if errors.release != "v1.7" and source.type not in HOST_PATH_TYPES:
        errors.unsupported(f"{field}.type", source.type, HOST_PATH_TYPES)


def _check_local(errors: FieldErrors, field: str, source: LocalVolumeSource) -> None:
    _check_steps(errors, f"{field}.path", source.path)


def _check_iscsi(errors: FieldErrors, field: str, disk: ISCSIVolumeSource) -> None:
    said = errors.modern and isinstance(disk, ISCSIVolumeSource)
    if disk.iqn and errors.release != "v1.7":
        _check_qualified_name(errors, f"{field}.iqn", disk.iqn, said=said)
    errors.within(f"{field}.lun", disk.lun, 0, 255)
    if (disk.chap_auth_discovery or disk.chap_auth_session) and disk.secret_ref is None:
        errors.required(f"{field}.secretRef")
    if errors.modern and not said:
        secret = disk.secret_ref
        if secret is not None and not secret.name:
            errors.required(f"{field}.secretRef.name")
    if disk.initiator_name and errors.release != "v1.7":
        _check_qualified_name(errors, f"{field}.initiatorname", disk.initiator_name, said=said)


def _check_qualified_name(errors: FieldErrors, field: str, name: str, *, said: bool) -> None:
    """A name of a target or an initiator. said: with what such names begin is part of the message."""
    rule = {"iqn": _IQN.search, "eui": _EUI.match, "naa": _NAA.match}.get(name[:3])
    if rule is None:
        why = "must be valid format starting with iqn, eui, or naa" if said else "must be valid format"
        errors.invalid(field, name, why)
    elif rule(name) is None:
        errors.invalid(field, name, "must be valid format")


def check_portal(errors: FieldErrors, field: str, shown: str, volume: str, disk: Any) -> None:
    """The name that a kubelet makes of volume and portal. field, shown: what the message blames."""
    if disk is None or not disk.initiator_name or errors.release == "v1.7":
        return
    if len(f"{volume}:{disk.target_portal}") > LONGEST_PORTAL:
        why = (
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
            "iscsi.initiatorName is specified."
        )
        errors.invalid(field, shown, why)


def _check_nfs(errors: FieldErrors, field: str, source: NFSVolumeSource) -> None:
    if not source.path.startswith("/"):
        errors.invalid(f"{field}.path", source.path, "must be an absolute path")


def _check_quobyte(errors: FieldErrors, field: str, source: QuobyteVolumeSource) -> None:
    why = "must be a host:port pair or multiple pairs separated by commas"
    if not source.registry:
        errors.required(f"{field}.registry", why)
    elif errors.modern and len(source.tenant) > LONGEST_TENANT:
        told = f"must be a UUID and may not exceed a length of {LONGEST_TENANT} characters"
        errors.required(f"{field}.tenant", told)
    elif any(_HOST_AND_PORT.match(pair) is None for pair in source.registry.split(",")):
        errors.invalid(f"{field}.registry", source.registry, why)
    if not source.volume:
        errors.required(f"{field}.volume")


def _check_storageos(errors: FieldErrors, field: str, source: StorageOSVolumeSource) -> None:
    for part, text in (("volumeName", source.volume_name), ("volumeNamespace", source.volume_namespace)):
        if text:
            errors.each(f"{field}.{part}", text, names.dns_label(text, errors.release))
    _check_secret(errors, field, source.secret_ref)


_RULES: Final[dict[str, Callable[[FieldErrors, str, Any], None]]] = {
    "aws_elastic_block_store": _check_partition,
    "azure_disk": _check_azure_disk,
    "cinder": _check_cinder,
    "csi": _check_csi,
    "fc": _check_fc,
    "flex_volume": _check_flex,
    "flocker": _check_flocker,
    "gce_persistent_disk": _check_partition,
    "git_repo": _check_git,
    "host_path": _check_host_path,
    "iscsi": _check_iscsi,
    "local": _check_local,
    "nfs": _check_nfs,
    "quobyte": _check_quobyte,
    "storageos": _check_storageos,
}
