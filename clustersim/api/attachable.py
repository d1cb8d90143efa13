"""Volumes that the control plane attaches to nodes, one node at a time or several: which they are, and what
nodes call them.

Source: v1.7.5, v1.8.0 pkg/volume/util/volumehelper (GetUniqueVolumeName), pkg/controller/volume/attachdetach/
reconciler (isMultiAttachForbidden); v1.36 the same, and staging csi-translation-lib: what was a plugin of
its own is a CSI driver today.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from clustersim.api.core_v1 import PersistentVolume, PersistentVolumeSpec, Volume
from clustersim.api.kept import CSIDriver

_PLUGINS: Final[Mapping[str, tuple[str, str, str]]] = {
    "aws_elastic_block_store": ("aws-ebs", "ebs.csi.aws.com", "volume_id"),
    "azure_disk": ("azure-disk", "disk.csi.azure.com", "disk_uri"),
    "cinder": ("cinder", "cinder.csi.openstack.org", "volume_id"),
    "gce_persistent_disk": ("gce-pd", "pd.csi.storage.gke.io", "pd_name"),
    "vsphere_volume": ("vsphere-volume", "csi.vsphere.vmware.com", "volume_path"),
}
"""Field of a volume -> the plugin of old, the driver of today, and the field that tells disks apart."""
_SHARED: Final = ("ReadWriteMany", "ReadOnlyMany")


def unique_name(source: Any, *, csi: bool) -> str:
    """What nodes call a volume, by the specification of a PersistentVolume or a volume of a pod; empty for
    one that nobody attaches. csi: plugins of old are drivers of CSI."""
    for field, (plugin, driver, key) in _PLUGINS.items():
        if (found := getattr(source, field)) is not None:
            disk = getattr(found, key)
            return f"kubernetes.io/csi/{driver}^{disk}" if csi else f"kubernetes.io/{plugin}/{disk}"
    if source.iscsi is not None:
        one = source.iscsi
        return f"kubernetes.io/iscsi/{one.target_portal}:{one.iqn}:{one.lun}"
    own = source.csi if isinstance(source, PersistentVolumeSpec) else None
    return f"kubernetes.io/csi/{own.driver}^{own.volume_handle}" if own is not None else ""


def is_exclusive(source: PersistentVolume | Volume) -> bool:
    """Whether it must never be attached to two nodes."""
    if isinstance(source, Volume):
        return source.azure_disk is not None or source.cinder is not None
    modes = source.spec.access_modes
    return bool(modes) and not any(mode in _SHARED for mode in modes)


_CSI: Final = "kubernetes.io/csi/"


def driver_of(name: str) -> str:
    """The CSI driver of a volume, by what nodes call it; empty where it is none's."""
    return name.removeprefix(_CSI).partition("^")[0] if name.startswith(_CSI) else ""


def must_be_attached(driver: CSIDriver | None) -> bool:
    """Whether the volumes of a driver are attached before they are mounted: unless it says otherwise (v1.36
    pkg/volume/csi/csi_plugin.go skipAttach)."""
    spec = driver.spec if driver is not None and isinstance(driver.spec, dict) else {}
    return spec.get("attachRequired") is not False


def attachment_name(node: str, name: str) -> str:
    """What the VolumeAttachment of a volume and a node is called (v1.36 pkg/volume/csi/csi_attacher.go
    getAttachmentName)."""
    driver, _, handle = name.removeprefix(_CSI).partition("^")
    return f"csi-{sha256(f'{handle}{driver}{node}'.encode()).hexdigest()}"
