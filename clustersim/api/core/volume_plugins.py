"""The storage systems that a volume of a pod, or a PersistentVolume, can name directly."""

import msgspec

from clustersim.api.meta import ApiStruct, Int32, LocalObjectReference, ObjectReference, written


class AWSElasticBlockStoreVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A disk of AWS."""

    volume_id: str = written("", name="volumeID")
    fs_type: str = ""
    partition: Int32 = 0
    read_only: bool = False


class AzureDiskVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A disk of Azure."""

    disk_name: str = written("")
    disk_uri: str = written("", name="diskURI")
    caching_mode: str = written("ReadWrite")
    fs_type: str = written("ext4")
    kind: str = written("Shared")
    read_only: bool = written(False)


class AzureFileVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A file share of Azure."""

    secret_name: str = written("")
    share_name: str = written("")
    read_only: bool = False


class CephFSVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Ceph file system."""

    monitors: tuple[str, ...] = written(())
    path: str = ""
    read_only: bool = False
    secret_file: str = ""
    secret_ref: LocalObjectReference | None = None
    user: str = ""


class CinderVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Cinder volume."""

    volume_id: str = written("", name="volumeID")
    fs_type: str = ""
    read_only: bool = False
    secret_ref: LocalObjectReference | None = None


class FCVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Fibre Channel disk."""

    fs_type: str = ""
    lun: Int32 | None = None
    read_only: bool = False
    target_wwns: tuple[str, ...] = msgspec.field(default=(), name="targetWWNs")
    wwids: tuple[str, ...] = ()


class FlexVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A volume of a plugin that is a program on the node."""

    driver: str = written("")
    fs_type: str = ""
    options: dict[str, str] = {}
    read_only: bool = False
    secret_ref: LocalObjectReference | None = None


class FlockerVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Flocker dataset."""

    dataset_name: str = ""
    dataset_uuid: str = msgspec.field(default="", name="datasetUUID")


class GCEPersistentDiskVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A disk of GCE."""

    pd_name: str = written("")
    fs_type: str = ""
    partition: Int32 = 0
    read_only: bool = False


class GlusterfsVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Gluster volume."""

    endpoints: str = written("")
    path: str = written("")
    read_only: bool = False


class HostPathVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A file or folder of the node."""

    path: str = written("")
    type: str = written("")


class ISCSIVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """An iSCSI disk."""

    iqn: str = written("")
    lun: Int32 = written(0)
    target_portal: str = written("")
    chap_auth_discovery: bool = False
    chap_auth_session: bool = False
    fs_type: str = ""
    initiator_name: str = ""
    iscsi_interface: str = written("default")
    portals: tuple[str, ...] = ()
    read_only: bool = False
    secret_ref: LocalObjectReference | None = None


class LocalVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A disk of one node."""

    path: str = written("")
    fs_type: str = ""


class NFSVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """An NFS export."""

    path: str = written("")
    server: str = written("")
    read_only: bool = False


class PhotonPersistentDiskVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A disk of Photon."""

    pd_id: str = written("", name="pdID")
    fs_type: str = ""


class PortworxVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Portworx volume."""

    volume_id: str = written("", name="volumeID")
    fs_type: str = ""
    read_only: bool = False


class QuobyteVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Quobyte volume."""

    registry: str = written("")
    volume: str = written("")
    group: str = ""
    read_only: bool = False
    tenant: str = ""
    user: str = ""


class RBDVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Rados block device."""

    image: str = written("")
    monitors: tuple[str, ...] = written(())
    fs_type: str = ""
    keyring: str = written("/etc/ceph/keyring")
    pool: str = written("rbd")
    read_only: bool = False
    secret_ref: LocalObjectReference | None = None
    user: str = written("admin")


class ScaleIOVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A ScaleIO volume."""

    gateway: str = written("")
    secret_ref: LocalObjectReference = written(LocalObjectReference())
    system: str = written("")
    fs_type: str = written("xfs")
    protection_domain: str = ""
    read_only: bool = False
    ssl_enabled: bool = False
    storage_mode: str = written("ThinProvisioned")
    storage_pool: str = ""
    volume_name: str = ""


class StorageOSVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A StorageOS volume."""

    fs_type: str = ""
    read_only: bool = False
    secret_ref: LocalObjectReference | None = None
    volume_name: str = ""
    volume_namespace: str = ""


class VsphereVirtualDiskVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A disk of vSphere."""

    volume_path: str = written("")
    fs_type: str = ""
    storage_policy_id: str = msgspec.field(default="", name="storagePolicyID")
    storage_policy_name: str = ""


class AzureFilePersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A file share of Azure, its Secret in any namespace."""

    secret_name: str = written("")
    share_name: str = written("")
    read_only: bool = False
    secret_namespace: str = ""


class SecretReference(ApiStruct, frozen=True, kw_only=True):
    """A Secret by namespace and name."""

    name: str = ""
    namespace: str = ""


class CephFSPersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Ceph file system, its Secret in any namespace."""

    monitors: tuple[str, ...] = written(())
    path: str = ""
    read_only: bool = False
    secret_file: str = ""
    secret_ref: SecretReference | None = None
    user: str = ""


class CinderPersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Cinder volume, its Secret in any namespace."""

    volume_id: str = written("", name="volumeID")
    fs_type: str = ""
    read_only: bool = False
    secret_ref: SecretReference | None = None


class CSIPersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A volume of a CSI driver."""

    driver: str = written("")
    volume_handle: str = written("")
    controller_expand_secret_ref: SecretReference | None = None
    controller_publish_secret_ref: SecretReference | None = None
    fs_type: str = ""
    node_expand_secret_ref: SecretReference | None = None
    node_publish_secret_ref: SecretReference | None = None
    node_stage_secret_ref: SecretReference | None = None
    read_only: bool = False
    volume_attributes: dict[str, str] = {}


class FlexPersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A volume of a plugin on the node, its Secret in any namespace."""

    driver: str = written("")
    fs_type: str = ""
    options: dict[str, str] = {}
    read_only: bool = False
    secret_ref: SecretReference | None = None


class GlusterfsPersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Gluster volume, its endpoints in any namespace."""

    endpoints: str = written("")
    path: str = written("")
    endpoints_namespace: str = ""
    read_only: bool = False


class ISCSIPersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """An iSCSI disk, its Secret in any namespace."""

    iqn: str = written("")
    lun: Int32 = written(0)
    target_portal: str = written("")
    chap_auth_discovery: bool = False
    chap_auth_session: bool = False
    fs_type: str = ""
    initiator_name: str = ""
    iscsi_interface: str = written("default")
    portals: tuple[str, ...] = ()
    read_only: bool = False
    secret_ref: SecretReference | None = None


class RBDPersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A Rados block device, its Secret in any namespace."""

    image: str = written("")
    monitors: tuple[str, ...] = written(())
    fs_type: str = ""
    keyring: str = written("/etc/ceph/keyring")
    pool: str = written("rbd")
    read_only: bool = False
    secret_ref: SecretReference | None = None
    user: str = written("admin")


class ScaleIOPersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A ScaleIO volume, its Secret in any namespace."""

    gateway: str = written("")
    secret_ref: SecretReference = written(SecretReference())
    system: str = written("")
    fs_type: str = written("xfs")
    protection_domain: str = ""
    read_only: bool = False
    ssl_enabled: bool = False
    storage_mode: str = written("ThinProvisioned")
    storage_pool: str = ""
    volume_name: str = ""


class StorageOSPersistentVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A StorageOS volume, its Secret in any namespace."""

    fs_type: str = ""
    read_only: bool = False
    secret_ref: ObjectReference | None = None
    volume_name: str = ""
    volume_namespace: str = ""
