r"""Volumes that are made for claims: directories of nodes, by the only provisioner that the controller
manager has of its own, and only where it is told to. Others run outside of it, and of this model.

```
 claim of a class of kubernetes.io/host-path --disabled?--> ProvisioningFailed, and tried again
                                             --else--> says who provisions --> volume pvc-UID, for it alone
                  of kubernetes.io/OTHER     --no such plugin?--> ProvisioningFailed, and tried again
                  of another provisioner     --> says who provisions, and waits for it
```
A volume of it is a directory of the node where its pod runs: on another node it is another one, and empty.
A controller manager of old knows the disks of clouds only with --cloud-provider, which nobody sets here.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/volume/persistentvolume/pv_controller.go provisionClaim,
pkg/volume/hostpath (v1.7.5: host_path)/host_path.go.
"""

from abc import abstractmethod
from typing import ClassVar, Final
from uuid import NAMESPACE_OID, uuid5

from clustersim.api.core.volume_plugins import HostPathVolumeSource
from clustersim.api.core_v1 import PersistentVolume, PersistentVolumeClaim, PersistentVolumeSpec
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.api.storage import StorageClass
from clustersim.controllermanager import rules
from clustersim.controllermanager.reclaiming import (
    BOUND_BY_CONTROLLER,
    IN_TREE_PROTECTION,
    PROVISIONED_BY,
    Reclaiming,
)
from clustersim.controllermanager.references import reference_to

MIGRATED: Final = {
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/azure-file": "file.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/portworx-volume": "pxd.portworx.com",
    "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
}
"""Drivers that make today what the clouds' own plugins made (v1.36 k8s.io/csi-translation-lib)."""

HOST_PATH: Final = "kubernetes.io/host-path"
BETA_PROVISIONER: Final = "volume.beta.kubernetes.io/storage-provisioner"
PROVISIONER: Final = "volume.kubernetes.io/storage-provisioner"
_BUILT_IN: Final = "kubernetes.io/"
_NFS: Final = f"{_BUILT_IN}nfs"
_CANNOT: Final = "no provisionable volume plugin matched"
_LOADED: Final = frozenset(
    f"{_BUILT_IN}{plugin}"
    for plugin in (
        "azure-file",
        "flocker",
        "glusterfs",
        "portworx-volume",
        "quobyte",
        "rbd",
        "scaleio",
        "storageos",
    )
)
"""What v1.7 and v1.8 load without a cloud, too (cmd/kube-controller-manager/app/plugins.go)."""
_CREATED_BY: Final = "kubernetes.io/createdby"


class Provisioning(Reclaiming):
    """The part of the persistent volume controller that makes volumes."""

    disabled: ClassVar[str] = f'Provisioning in volume plugin "{HOST_PATH}" is disabled'
    marks: ClassVar[tuple[str, ...]] = (BETA_PROVISIONER,)
    protects: ClassVar[bool] = False
    loaded: ClassVar[frozenset[str]] = _LOADED
    no_plugin: ClassVar[str] = "no volume plugin matched"

    @abstractmethod
    def later(self, name: str) -> None:
        """The claim is looked at again after a while."""

    @abstractmethod
    def wait(self, name: str, claim: PersistentVolumeClaim) -> None:
        """The claim is Pending, and looked at again after a while."""

    def wait_text(self, provisioner: str) -> str:
        """What is told of a claim that waits for a volume to be made."""
        return (
            f'waiting for a volume to be created, either by external provisioner "{provisioner}" or manually '
            "created by system administrator"
        )

    def provision(self, name: str, claim: PersistentVolumeClaim, storage_class: StorageClass) -> None:
        """Make a volume for a claim of a class of host paths, or wait until somebody does for another one."""
        if storage_class.provisioner != HOST_PATH:
            self._await_provisioner(name, claim, storage_class.provisioner)
            return
        if why := self._why_not(claim, storage_class):
            self.tell(claim, "Warning", "ProvisioningFailed", why)
            self.later(name)
            return
        if (marked := self._marked(claim, HOST_PATH)) is not claim:
            self.api.update(marked, self.then(self.claim_marked, name))
            return
        volume = self._volume_for(claim, storage_class)
        verdict = rules.CLAIM_GETS_VOLUME.holds(claim=key_of(claim), volume=volume.metadata.name)
        self.decide("provision", f"persistentvolumeclaims/{key_of(claim)}", verdict)
        self.api.create(volume, self.then(self.volume_made, name, claim, volume.metadata.name))

    def _marked(self, claim: PersistentVolumeClaim, provisioner: str) -> PersistentVolumeClaim:
        annotations = dict.fromkeys(self.marks, provisioner)
        if annotations.items() <= claim.metadata.annotations.items():
            return claim
        merged = {**claim.metadata.annotations, **annotations}
        return replace(claim, metadata=replace(claim.metadata, annotations=merged))

    def _await_provisioner(self, name: str, claim: PersistentVolumeClaim, provisioner: str) -> None:
        if provisioner.startswith(_BUILT_IN) and provisioner not in self.loaded:
            why = _CANNOT if provisioner == _NFS else self.no_plugin
            self.tell(claim, "Warning", "ProvisioningFailed", why.format(provisioner=provisioner))
            self.later(name)
            return
        if self.traits.speaks_csi:
            provisioner = MIGRATED.get(provisioner, provisioner)
        if (marked := self._marked(claim, provisioner)) is not claim:
            self.api.update(marked, self.then(self.claim_awaits, name, provisioner))
        else:
            self._tell_awaited(name, claim, provisioner)

    def claim_awaits(self, reply: Reply, name: str, provisioner: str) -> None:
        """The claim says who is to make its volume."""
        if reply.ok:
            self._tell_awaited(name, reply.body, provisioner)
        else:
            self.queue.retry(name)

    def _tell_awaited(self, name: str, claim: PersistentVolumeClaim, provisioner: str) -> None:
        self.tell(claim, "Normal", "ExternalProvisioning", self.wait_text(provisioner))
        self.wait(name, claim)

    def claim_marked(self, reply: Reply, name: str) -> None:
        """The claim says who makes its volume; it is seen again with that."""
        if reply.ok:
            self.queue.done(name)
        else:
            self.queue.retry(name)

    def volume_made(self, reply: Reply, name: str, claim: PersistentVolumeClaim, volume: str) -> None:
        """It is there, and will be bound as any other."""
        if not reply.ok and reply.status != 409:
            self.queue.retry(name)
            return
        if reply.ok:
            text = f"Successfully provisioned volume {volume} using {HOST_PATH}"
            self.tell(claim, "Normal", "ProvisioningSucceeded", text)
        self.queue.done(name)

    def _why_not(self, claim: PersistentVolumeClaim, storage_class: StorageClass) -> str:
        name = storage_class.metadata.name
        if storage_class.mount_options:
            options = f"[{' '.join(storage_class.mount_options)}]"
            told = "Mount options are not supported by the provisioner but StorageClass"
            return f'{told} "{name}" has mount options {options}'
        if not self.flags.enable_hostpath_provisioner:
            return f"Failed to create provisioner: {self.disabled}"
        if claim.spec.volume_mode == "Block":
            why = f"{HOST_PATH} does not support block volume provisioning"
            return f'Failed to provision volume with StorageClass "{name}": {why}'
        return ""

    def _volume_for(self, claim: PersistentVolumeClaim, storage_class: StorageClass) -> PersistentVolume:
        policy = storage_class.reclaim_policy or "Delete"
        path = f"/tmp/hostpath_pv/{uuid5(NAMESPACE_OID, claim.metadata.uid)}"  # noqa: S108 -- as it does
        annotations = {
            _CREATED_BY: "hostpath-dynamic-provisioner",
            BOUND_BY_CONTROLLER: "yes",
            PROVISIONED_BY: HOST_PATH,
        }
        return PersistentVolume(
            metadata=ObjectMeta(
                name=f"pvc-{claim.metadata.uid}",
                annotations=annotations,
                finalizers=(IN_TREE_PROTECTION,) if self.protects and policy == "Delete" else (),
            ),
            spec=PersistentVolumeSpec(
                access_modes=claim.spec.access_modes,
                capacity={"storage": claim.spec.resources.requests.get("storage", "0")},
                claim_ref=reference_to(claim, self.traits.release),
                host_path=HostPathVolumeSource(path=path),
                persistent_volume_reclaim_policy=policy,
                storage_class_name=storage_class.metadata.name,
            ),
        )
