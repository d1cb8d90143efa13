"""What `kubectl describe` says of where a volume comes from, of pods and of PersistentVolumes alike.

Sources: v1.7.5, v1.8.0 pkg/printers/internalversion/describe.go describeVolumes; v1.36.2 k8s.io/kubectl
pkg/describe/describe.go.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from clustersim.kubectl.describe.parts import LONGEST_VALUE, NONE, TODAY

_ISCSI: Final = (
    "TargetPortal=target_portal IQN=iqn Lun=lun ISCSIInterface=iscsi_interface FSType=fs_type "
    "ReadOnly=read_only Portals=portals DiscoveryCHAPAuth=chap_auth_discovery "
    "SessionCHAPAuth=chap_auth_session SecretRef=secret_ref InitiatorName=initiator_name"
)
SOURCES: Final[Mapping[str, tuple[str, str]]] = {
    "host_path": ("HostPath (bare host directory volume)", "Path=path HostPathType=type"),
    "empty_dir": (
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        "Medium=medium SizeLimit=size_limit",
    ),
    "gce_persistent_disk": (
        "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
        "PDName=pd_name FSType=fs_type Partition=partition ReadOnly=read_only",
    ),
    "aws_elastic_block_store": (
        "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
        "VolumeID=volume_id FSType=fs_type Partition=partition ReadOnly=read_only",
    ),
    "git_repo": (
        "GitRepo (a volume that is pulled from git when the pod is created)",
        "Repository=repository Revision=revision",
    ),
    "secret": ("Secret (a volume populated by a Secret)", "SecretName=secret_name Optional=optional"),
    "config_map": ("ConfigMap (a volume populated by a ConfigMap)", "Name=name Optional=optional"),
    "nfs": (
        "NFS (an NFS mount that lasts the lifetime of a pod)",
        "Server=server Path=path ReadOnly=read_only",
    ),
    "iscsi": (
        "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the "
        "pod)",
        _ISCSI,
    ),
    "glusterfs": (
        "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
        "EndpointsName=endpoints EndpointsNamespace=endpoints_namespace Path=path ReadOnly=read_only",
    ),
    "persistent_volume_claim": (
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        "ClaimName=claim_name ReadOnly=read_only",
    ),
    "ephemeral": (
        "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
        "",
    ),
    "rbd": (
        "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
        "CephMonitors=monitors RBDImage=image FSType=fs_type RBDPool=pool RadosUser=user Keyring=keyring "
        "SecretRef=secret_ref ReadOnly=read_only",
    ),
    "quobyte": (
        "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
        "Registry=registry Volume=volume ReadOnly=read_only",
    ),
    "downward_api": ("DownwardAPI (a volume populated by information about the pod)", ""),
    "azure_disk": (
        "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
        "DiskName=disk_name DiskURI=disk_uri Kind=kind FSType=fs_type CachingMode=caching_mode "
        "ReadOnly=read_only",
    ),
    "vsphere_volume": (
        "vSphereVolume (a Persistent Disk resource in vSphere)",
        "VolumePath=volume_path FSType=fs_type StoragePolicyName=storage_policy_name",
    ),
    "cinder": (
        "Cinder (a Persistent Disk resource in OpenStack)",
        "VolumeID=volume_id FSType=fs_type ReadOnly=read_only SecretRef=secret_ref",
    ),
    "photon_persistent_disk": (
        "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
        "PdID=pd_id FSType=fs_type",
    ),
    "portworx_volume": ("PortworxVolume (a Portworx Volume resource)", "VolumeID=volume_id"),
    "scale_io": (
        "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
        "Gateway=gateway System=system Protection_Domain=protection_domain Storage_Pool=storage_pool "
        "Storage_Mode=storage_mode VolumeName=volume_name FSType=fs_type ReadOnly=read_only",
    ),
    "local": ("LocalVolume (a persistent volume backed by local storage on a node)", "Path=path"),
    "cephfs": (
        "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
        "Monitors=monitors Path=path User=user SecretFile=secret_file SecretRef=secret_ref "
        "ReadOnly=read_only",
    ),
    "storageos": (
        "StorageOS (a StorageOS Persistent Disk resource)",
        "VolumeName=volume_name VolumeNamespace=volume_namespace FSType=fs_type ReadOnly=read_only",
    ),
    "fc": (
        "FC (a Fibre Channel disk)",
        "TargetWWNs=target_wwns LUN=lun FSType=fs_type ReadOnly=read_only",
    ),
    "azure_file": (
        "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
        "SecretName=secret_name SecretNamespace=secret_namespace ShareName=share_name ReadOnly=read_only",
    ),
    "flex_volume": (
        "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
        "Driver=driver FSType=fs_type SecretRef=secret_ref ReadOnly=read_only Options=options",
    ),
    "flocker": (
        "Flocker (a Flocker volume mounted by the Flocker agent)",
        "DatasetName=dataset_name DatasetUUID=dataset_uuid",
    ),
    "projected": ("Projected (a volume that contains injected data from multiple sources)", ""),
    "csi": (
        "CSI (a Container Storage Interface (CSI) volume source)",
        "Driver=driver FSType=fs_type VolumeHandle=volume_handle ReadOnly=read_only",
    ),
    "image": ("Image (a container image or OCI artifact)", "Reference=reference PullPolicy=pull_policy"),
}
"""By field: the type as it is told, and what is told of it; a field that a source does not have is left
out."""
_SINCE: Final = {
    "HostPathType": TODAY,
    "SizeLimit": TODAY,
    "InitiatorName": ("v1.8", *TODAY),
    "EndpointsNamespace": TODAY,
    "SecretNamespace": ("v1.8", *TODAY),
}
"""Which releases tell a field that not all do."""
_KNOWN_SINCE: Final = {
    **dict.fromkeys(("fc", "azure_file", "flex_volume", "flocker"), ("v1.8", *TODAY)),
    "projected": TODAY,
}
"""Which releases know a source that not all do."""


def source_lines(of: Any, release: str) -> Iterable[str]:
    """Where the volume comes from: of is a pod's volume or the spec of a PersistentVolume."""
    for name, (title, fields) in SOURCES.items():
        source = getattr(of, name, None)
        if source is None or release not in _KNOWN_SINCE.get(name, (release,)):
            continue
        yield f"    Type:\t{title}"
        yield from _fields(name, source, fields, release)
        yield from _more(name, source)
        return
    yield "  <unknown>"


def _fields(name: str, source: Any, fields: str, release: str) -> Iterable[str]:
    for field in fields.split():
        label, _sign, attribute = field.partition("=")
        old = release not in TODAY
        if not hasattr(source, attribute) or release not in _SINCE.get(label, (release,)):
            continue
        if old and name == "cinder" and label == "SecretRef":
            continue
        told = f"    {label.replace('_', ' ')}{'' if label == 'ISCSIInterface' else ':'}"
        yield f"{told}{' ' if label == 'Kind' else ''}\t{_value(label, getattr(source, attribute))}"
        if (
            name == "scale_io"
            and label == "VolumeName"
            and not old
            and hasattr(source.secret_ref, "namespace")
        ):
            yield f"    SecretName:\t{source.secret_ref.name}"
            yield f"    SecretNamespace:\t{source.secret_ref.namespace}"


_EMPTY: Final = {"EndpointsNamespace": "<unset>", "SizeLimit": "<unset>", "InitiatorName": NONE, "LUN": NONE}
"""What is told where nothing is given."""


def _value(label: str, value: Any) -> str:
    """As Go's %v writes it."""
    if label in _EMPTY and (value is None or value in ("", "0")):
        return _EMPTY[label]
    if label == "SecretRef":
        return _reference(value)
    if label == "Optional":
        return str(bool(value)).lower()
    if isinstance(value, bool):
        return str(value).lower()
    if label == "TargetWWNs":
        return ", ".join(value)
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{key}:{value[key]}' for key in sorted(value))}]"
    return f"[{' '.join(value)}]" if isinstance(value, tuple) else str(value)


def _reference(found: Any) -> str:
    if found is None:
        return "nil"
    kind = "SecretReference" if hasattr(found, "namespace") else "LocalObjectReference"
    namespace = f"Namespace:{found.namespace}," if kind == "SecretReference" else ""
    return f"&{kind}{{Name:{found.name},{namespace}}}"


def _more(name: str, source: Any) -> Iterable[str]:
    match name:
        case "downward_api":
            yield "    Items:"
            for item in source.items:
                if item.field_ref is not None:
                    yield f"      {item.field_ref.field_path} -> {item.path}"
                if item.resource_field_ref is not None:
                    yield f"      {item.resource_field_ref.resource} -> {item.path}"
        case "projected":
            for one in source.sources:
                yield from _projection(one)
        case "csi":
            yield from _attributes(source.volume_attributes)


def _projection(one: Any) -> Iterable[str]:
    if one.secret is not None:
        yield f"    SecretName:\t{one.secret.name}"
        yield f"    Optional:\t{_value('Optional', one.secret.optional)}"
    elif one.downward_api is not None:
        yield "    DownwardAPI:\ttrue"
    elif one.config_map is not None:
        yield f"    ConfigMapName:\t{one.config_map.name}"
        yield f"    Optional:\t{_value('Optional', one.config_map.optional)}"
    elif one.service_account_token is not None:
        yield f"    TokenExpirationSeconds:\t{one.service_account_token.expiration_seconds}"


def _attributes(given: Mapping[str, str]) -> Iterable[str]:
    lines = [f"{key}={given[key]}" for key in sorted(given)]
    lines = [line if len(line) <= LONGEST_VALUE else f"{line[:LONGEST_VALUE]}..." for line in lines]
    yield f"    VolumeAttributes:\t{lines[0] if lines else NONE}"
    yield from (f"        \t    {line}" for line in lines[1:])
