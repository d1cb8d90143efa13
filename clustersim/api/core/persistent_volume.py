"""PersistentVolume and PersistentVolumeClaim."""

from typing import Annotated

import msgspec

from clustersim.api.core.placement import NodeSelector
from clustersim.api.core.volume_plugins import (
    AWSElasticBlockStoreVolumeSource,
    AzureDiskVolumeSource,
    AzureFilePersistentVolumeSource,
    CephFSPersistentVolumeSource,
    CinderPersistentVolumeSource,
    CSIPersistentVolumeSource,
    FCVolumeSource,
    FlexPersistentVolumeSource,
    FlockerVolumeSource,
    GCEPersistentDiskVolumeSource,
    GlusterfsPersistentVolumeSource,
    HostPathVolumeSource,
    ISCSIPersistentVolumeSource,
    LocalVolumeSource,
    NFSVolumeSource,
    PhotonPersistentDiskVolumeSource,
    PortworxVolumeSource,
    QuobyteVolumeSource,
    RBDPersistentVolumeSource,
    ScaleIOPersistentVolumeSource,
    StorageOSPersistentVolumeSource,
    VsphereVirtualDiskVolumeSource,
)
from clustersim.api.meta import (
    ApiObject,
    ApiStruct,
    LabelSelector,
    ObjectReference,
    Quantity,
    Time,
    merge,
    written,
)


class VolumeNodeAffinity(ApiStruct, frozen=True, kw_only=True):
    """From which nodes it can be reached."""

    required: NodeSelector | None = None


class PersistentVolumeSpec(ApiStruct, frozen=True, kw_only=True):
    """Where it is and how it may be used; one of the sources is set."""

    access_modes: tuple[str, ...] = ()
    aws_elastic_block_store: AWSElasticBlockStoreVolumeSource | None = None
    azure_disk: AzureDiskVolumeSource | None = None
    azure_file: AzureFilePersistentVolumeSource | None = None
    capacity: dict[str, Quantity] = {}
    cephfs: CephFSPersistentVolumeSource | None = None
    cinder: CinderPersistentVolumeSource | None = None
    claim_ref: ObjectReference | None = None
    csi: CSIPersistentVolumeSource | None = None
    fc: FCVolumeSource | None = None
    flex_volume: FlexPersistentVolumeSource | None = None
    flocker: FlockerVolumeSource | None = None
    gce_persistent_disk: GCEPersistentDiskVolumeSource | None = None
    glusterfs: GlusterfsPersistentVolumeSource | None = None
    host_path: HostPathVolumeSource | None = None
    iscsi: ISCSIPersistentVolumeSource | None = None
    local: LocalVolumeSource | None = None
    mount_options: tuple[str, ...] = ()
    nfs: NFSVolumeSource | None = None
    node_affinity: VolumeNodeAffinity | None = None
    persistent_volume_reclaim_policy: str = written("Retain")
    photon_persistent_disk: PhotonPersistentDiskVolumeSource | None = None
    portworx_volume: PortworxVolumeSource | None = None
    quobyte: QuobyteVolumeSource | None = None
    rbd: RBDPersistentVolumeSource | None = None
    scale_io: ScaleIOPersistentVolumeSource | None = msgspec.field(default=None, name="scaleIO")
    storage_class_name: str | None = None
    storageos: StorageOSPersistentVolumeSource | None = None
    volume_attributes_class_name: str = ""
    volume_mode: str = ""
    vsphere_volume: VsphereVirtualDiskVolumeSource | None = None


class PersistentVolumeStatus(ApiStruct, frozen=True, kw_only=True):
    """Pending, Available, Bound, Released or Failed."""

    last_phase_transition_time: Time = ""
    message: str = ""
    phase: str = written("Pending")
    reason: str = ""


class PersistentVolume(ApiObject, frozen=True, kw_only=True):
    """Storage of the cluster."""

    spec: PersistentVolumeSpec = PersistentVolumeSpec()
    status: PersistentVolumeStatus = PersistentVolumeStatus()


class TypedLocalObjectReference(ApiStruct, frozen=True, kw_only=True):
    """An object of the same namespace."""

    kind: str = written("")
    name: str = written("")
    api_group: str = ""


class TypedObjectReference(ApiStruct, frozen=True, kw_only=True):
    """An object of any namespace."""

    kind: str = written("")
    name: str = written("")
    api_group: str = ""
    namespace: str = ""


class VolumeResourceRequirements(ApiStruct, frozen=True, kw_only=True):
    """How much storage."""

    limits: dict[str, Quantity] = {}
    requests: dict[str, Quantity] = {}


class PersistentVolumeClaimSpec(ApiStruct, frozen=True, kw_only=True):
    """How much of which storage is wanted."""

    access_modes: tuple[str, ...] = ()
    data_source: TypedLocalObjectReference | None = None
    data_source_ref: TypedObjectReference | None = None
    resources: VolumeResourceRequirements = written(VolumeResourceRequirements())
    selector: LabelSelector | None = None
    storage_class_name: str | None = None
    volume_attributes_class_name: str = ""
    volume_mode: str = ""
    volume_name: str = ""


class ModifyVolumeStatus(ApiStruct, frozen=True, kw_only=True):
    """How a change of the volume's attributes goes."""

    status: str = written("")
    target_volume_attributes_class_name: str = ""


class PersistentVolumeClaimCondition(ApiStruct, frozen=True, kw_only=True):
    """What goes on while a claim is resized."""

    status: str = written("")
    type: str = written("")
    last_probe_time: Time = ""
    last_transition_time: Time = ""
    message: str = ""
    reason: str = ""


class PersistentVolumeClaimStatus(ApiStruct, frozen=True, kw_only=True):
    """Pending, Bound or Lost."""

    access_modes: tuple[str, ...] = ()
    allocated_resource_statuses: dict[str, str] = {}
    allocated_resources: dict[str, Quantity] = {}
    capacity: dict[str, Quantity] = {}
    conditions: Annotated[tuple[PersistentVolumeClaimCondition, ...], merge("type")] = ()
    current_volume_attributes_class_name: str = ""
    modify_volume_status: ModifyVolumeStatus | None = None
    phase: str = written("Pending")


class PersistentVolumeClaim(ApiObject, frozen=True, kw_only=True):
    """A request for storage."""

    spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()
    status: PersistentVolumeClaimStatus = PersistentVolumeClaimStatus()
