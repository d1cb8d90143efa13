"""Volumes of pods, by where their content comes from."""

import msgspec

from clustersim.api.core.environment import ObjectFieldSelector, ResourceFieldSelector
from clustersim.api.core.persistent_volume import PersistentVolumeClaimSpec
from clustersim.api.core.volume_plugins import (
    AWSElasticBlockStoreVolumeSource,
    AzureDiskVolumeSource,
    AzureFileVolumeSource,
    CephFSVolumeSource,
    CinderVolumeSource,
    FCVolumeSource,
    FlexVolumeSource,
    FlockerVolumeSource,
    GCEPersistentDiskVolumeSource,
    GlusterfsVolumeSource,
    HostPathVolumeSource,
    ISCSIVolumeSource,
    NFSVolumeSource,
    PhotonPersistentDiskVolumeSource,
    PortworxVolumeSource,
    QuobyteVolumeSource,
    RBDVolumeSource,
    ScaleIOVolumeSource,
    StorageOSVolumeSource,
    VsphereVirtualDiskVolumeSource,
)
from clustersim.api.meta import (
    ApiStruct,
    Int32,
    Int64,
    LabelSelector,
    LocalObjectReference,
    ObjectMeta,
    Quantity,
    written,
)


class CSIVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A volume of a CSI driver that lives as long as the pod."""

    driver: str = written("")
    fs_type: str = ""
    node_publish_secret_ref: LocalObjectReference | None = None
    read_only: bool = False
    volume_attributes: dict[str, str] = {}


class KeyToPath(ApiStruct, frozen=True, kw_only=True):
    """A key, and the file it becomes."""

    key: str = written("")
    path: str = written("")
    mode: Int32 | None = None


class ConfigMapVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """The keys of a ConfigMap as files."""

    default_mode: Int32 = written(0o644)
    items: tuple[KeyToPath, ...] = ()
    name: str = ""
    optional: bool | None = None


class DownwardAPIVolumeFile(ApiStruct, frozen=True, kw_only=True):
    """One field of the pod as a file."""

    path: str = written("")
    field_ref: ObjectFieldSelector | None = None
    mode: Int32 | None = None
    resource_field_ref: ResourceFieldSelector | None = None


class DownwardAPIVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """Fields of the pod as files."""

    default_mode: Int32 = written(0o644)
    items: tuple[DownwardAPIVolumeFile, ...] = ()


class EmptyDirVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """An empty folder that lives as long as the pod."""

    medium: str = ""
    size_limit: Quantity = ""


class PersistentVolumeClaimTemplate(ApiStruct, frozen=True, kw_only=True):
    """What such a claim is made from."""

    spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()
    metadata: ObjectMeta = ObjectMeta()


class EphemeralVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A claim that is made for the pod and goes with it."""

    volume_claim_template: PersistentVolumeClaimTemplate | None = None


class GitRepoVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A clone of a git repository."""

    repository: str = written("")
    directory: str = ""
    revision: str = ""


class ImageVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """The content of an image."""

    pull_policy: str = ""
    reference: str = ""


class PersistentVolumeClaimVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """A claim of the same namespace."""

    claim_name: str = written("")
    read_only: bool = False


class ClusterTrustBundleProjection(ApiStruct, frozen=True, kw_only=True):
    """Root certificates of the cluster."""

    path: str = written("")
    label_selector: LabelSelector | None = None
    name: str = ""
    optional: bool | None = None
    signer_name: str = ""


class ConfigMapProjection(ApiStruct, frozen=True, kw_only=True):
    """A ConfigMap inside a projected volume."""

    items: tuple[KeyToPath, ...] = ()
    name: str = ""
    optional: bool | None = None


class DownwardAPIProjection(ApiStruct, frozen=True, kw_only=True):
    """Fields of the pod inside a projected volume."""

    items: tuple[DownwardAPIVolumeFile, ...] = ()


class PodCertificateProjection(ApiStruct, frozen=True, kw_only=True):
    """A certificate made for the pod."""

    key_type: str = written("")
    signer_name: str = written("")
    certificate_chain_path: str = ""
    credential_bundle_path: str = ""
    key_path: str = ""
    max_expiration_seconds: Int32 | None = None
    user_annotations: dict[str, str] = {}


class SecretProjection(ApiStruct, frozen=True, kw_only=True):
    """A Secret inside a projected volume."""

    items: tuple[KeyToPath, ...] = ()
    name: str = ""
    optional: bool | None = None


class ServiceAccountTokenProjection(ApiStruct, frozen=True, kw_only=True):
    """A token of the pod's ServiceAccount."""

    path: str = written("")
    audience: str = ""
    expiration_seconds: Int64 | None = None


class VolumeProjection(ApiStruct, frozen=True, kw_only=True):
    """One source of a projected volume."""

    cluster_trust_bundle: ClusterTrustBundleProjection | None = None
    config_map: ConfigMapProjection | None = None
    downward_api: DownwardAPIProjection | None = msgspec.field(default=None, name="downwardAPI")
    pod_certificate: PodCertificateProjection | None = None
    secret: SecretProjection | None = None
    service_account_token: ServiceAccountTokenProjection | None = None


class ProjectedVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """Several sources in one folder."""

    default_mode: Int32 = written(0o644)
    sources: tuple[VolumeProjection, ...] = ()


class SecretVolumeSource(ApiStruct, frozen=True, kw_only=True):
    """The keys of a Secret as files."""

    default_mode: Int32 = written(0o644)
    items: tuple[KeyToPath, ...] = ()
    optional: bool | None = None
    secret_name: str = ""


class Volume(ApiStruct, frozen=True, kw_only=True):
    """A volume of a pod; one of the sources is set."""

    name: str = written("")
    aws_elastic_block_store: AWSElasticBlockStoreVolumeSource | None = None
    azure_disk: AzureDiskVolumeSource | None = None
    azure_file: AzureFileVolumeSource | None = None
    cephfs: CephFSVolumeSource | None = None
    cinder: CinderVolumeSource | None = None
    config_map: ConfigMapVolumeSource | None = None
    csi: CSIVolumeSource | None = None
    downward_api: DownwardAPIVolumeSource | None = msgspec.field(default=None, name="downwardAPI")
    empty_dir: EmptyDirVolumeSource | None = None
    ephemeral: EphemeralVolumeSource | None = None
    fc: FCVolumeSource | None = None
    flex_volume: FlexVolumeSource | None = None
    flocker: FlockerVolumeSource | None = None
    gce_persistent_disk: GCEPersistentDiskVolumeSource | None = None
    git_repo: GitRepoVolumeSource | None = None
    glusterfs: GlusterfsVolumeSource | None = None
    host_path: HostPathVolumeSource | None = None
    image: ImageVolumeSource | None = None
    iscsi: ISCSIVolumeSource | None = None
    nfs: NFSVolumeSource | None = None
    persistent_volume_claim: PersistentVolumeClaimVolumeSource | None = None
    photon_persistent_disk: PhotonPersistentDiskVolumeSource | None = None
    portworx_volume: PortworxVolumeSource | None = None
    projected: ProjectedVolumeSource | None = None
    quobyte: QuobyteVolumeSource | None = None
    rbd: RBDVolumeSource | None = None
    scale_io: ScaleIOVolumeSource | None = msgspec.field(default=None, name="scaleIO")
    secret: SecretVolumeSource | None = None
    storageos: StorageOSVolumeSource | None = None
    vsphere_volume: VsphereVirtualDiskVolumeSource | None = None
