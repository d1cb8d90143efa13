r"""What becomes of a volume whose claim is gone: it is kept, deleted with its disk, or emptied for the next.

```
 Released --Retain--> stays as it is, until somebody looks after it
          --Delete--> the disk is deleted, and the volume --no plugin can?--> Failed
          --Recycle--> a pod empties it --> Available   --no plugin can, or the pod failed?--> Failed
```
The disks of clouds are deleted at once here; what a CSI driver made is its own to delete.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/volume/persistentvolume/pv_controller.go reclaimVolume,
pkg/volume/{plugins,host_path/host_path,recyclerclient/recycler_client}.go.
"""

import re
from typing import ClassVar, Final

from clustersim.api.core_v1 import (
    Container,
    PersistentVolume,
    PersistentVolumeStatus,
    Pod,
    PodSpec,
    Volume,
    VolumeMount,
)
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.status import Reply
from clustersim.client.informer import Informer
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.part import Controller

RECYCLER: Final = "recycler-for-"
PROVISIONED_BY: Final = "pv.kubernetes.io/provisioned-by"
BOUND_BY_CONTROLLER: Final = "pv.kubernetes.io/bound-by-controller"
IN_TREE_PROTECTION: Final = "kubernetes.io/pv-controller"
"""A volume is not gone before what it stands for is."""
_SCRUB: Final = (
    'test -e /scrub && rm -rf /scrub/..?* /scrub/.[!.]* /scrub/*  && test -z "$(ls -A /scrub)" || exit 1'
)
_DISPOSABLE: Final = re.compile("/tmp/.+")  # noqa: S108 -- what the deleter takes
_CLOUDS: Final = ("aws_elastic_block_store", "azure_disk", "cinder", "gce_persistent_disk", "vsphere_volume")
_NOWHERE: Final = ("default", 60)
"""The namespace of recyclers, and how many seconds they have."""


class Reclaiming(Controller):
    """The part of the persistent volume controller that looks after released volumes."""

    queue: WorkQueue
    pods: Informer
    no_deleter: ClassVar[str] = "Error getting deleter volume plugin"
    image: ClassVar[str] = "gcr.io/google_containers/busybox"

    def reclaim(self, name: str, volume: PersistentVolume) -> bool:
        """Do what the volume is to become of; true if the queue's key is still in work."""
        policy = volume.spec.persistent_volume_reclaim_policy
        protected = IN_TREE_PROTECTION in volume.metadata.finalizers
        if volume.metadata.deletion_timestamp and not protected:
            return False
        if policy not in ("Delete", "Recycle"):
            return False
        if policy == "Recycle":
            return self._recycle(name, volume)
        error = self._why_not_deleted(volume)
        if error is None:
            return False
        if error:
            self._fail(name, volume, "VolumeFailedDelete", error)
            return True
        self._decide(volume)
        if protected:
            left = tuple(one for one in volume.metadata.finalizers if one != IN_TREE_PROTECTION)
            freed = replace(volume, metadata=replace(volume.metadata, finalizers=left))
            self.api.update(freed, self.then(self.unprotected, name))
        else:
            self.api.delete("persistentvolumes", "", volume.metadata.name, self.then(self.reclaimed, name))
        return True

    def unprotected(self, reply: Reply, name: str) -> None:
        """Nothing holds the volume any more."""
        if reply.ok:
            deleted = self.then(self.reclaimed, name)
            self.api.delete("persistentvolumes", "", reply.body.metadata.name, deleted)
        else:
            self.reclaimed(reply, name)

    def _why_not_deleted(self, volume: PersistentVolume) -> str | None:
        """Empty: nothing is in the way; None: somebody else is to delete it."""
        spec, owner = volume.spec, volume.metadata.annotations.get(PROVISIONED_BY, "")
        if owner and not owner.startswith("kubernetes.io/"):
            return None
        if spec.host_path is not None:
            if _DISPOSABLE.search(spec.host_path.path):
                return ""
            return f"host_path deleter only supports /tmp/.+ but received provided {spec.host_path.path}"
        if any(getattr(spec, field) is not None for field in _CLOUDS):
            return None if self.traits.speaks_csi else ""
        return f'{self.no_deleter} for volume "{volume.metadata.name}": no deletable volume plugin matched'

    def _recycle(self, name: str, volume: PersistentVolume) -> bool:
        if volume.spec.host_path is None and volume.spec.nfs is None:
            self._fail(name, volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!")
            return True
        namespace, _seconds = _NOWHERE
        pod: Pod | None = self.pods.get(namespace, f"{RECYCLER}{volume.metadata.name}")
        if pod is None:
            self._decide(volume)
            self.api.create(self._recycler(volume), self.then(self.reclaimed, name))
            return True
        if pod.status.phase == "Succeeded":
            self.tell(volume, "Normal", "VolumeRecycled", "Volume recycled")
            self.api.delete("pods", namespace, pod.metadata.name, self.then(self.ignored))
            self._free(name, volume)
            return True
        if pod.status.phase == "Failed":
            told = f"Recycle failed: {pod.status.message or 'unexpected error'}"
            self.api.delete("pods", namespace, pod.metadata.name, self.then(self.ignored))
            self._fail(name, volume, "VolumeFailedRecycle", told)
            return True
        return False

    def _recycler(self, volume: PersistentVolume) -> Pod:
        namespace, seconds = _NOWHERE
        mounted = Volume(name="vol", host_path=volume.spec.host_path, nfs=volume.spec.nfs)
        container = Container(
            name="pv-recycler",
            image=self.image,
            command=("/bin/sh",),
            args=("-c", _SCRUB),
            volume_mounts=(VolumeMount(name="vol", mount_path="/scrub"),),
        )
        return Pod(
            metadata=ObjectMeta(name=f"{RECYCLER}{volume.metadata.name}", namespace=namespace),
            spec=PodSpec(
                restart_policy="Never",
                active_deadline_seconds=seconds,
                volumes=(mounted,),
                containers=(container,),
            ),
        )

    def _free(self, name: str, volume: PersistentVolume) -> None:
        annotations = {
            key: text for key, text in volume.metadata.annotations.items() if key != BOUND_BY_CONTROLLER
        }
        free = replace(
            volume,
            metadata=replace(volume.metadata, annotations=annotations),
            spec=replace(volume.spec, claim_ref=None),
        )
        self.api.update(free, self.then(self.reclaimed, name))

    def _fail(self, name: str, volume: PersistentVolume, reason: str, error: str) -> None:
        self._decide(volume)
        self.tell(volume, "Warning", reason, error)
        failed = replace(volume, status=PersistentVolumeStatus(phase="Failed", message=error))
        self.api.update_status(failed, self.then(self.reclaimed, name))

    def _decide(self, volume: PersistentVolume) -> None:
        name, policy = volume.metadata.name, volume.spec.persistent_volume_reclaim_policy
        self.decide(
            "reclaim", f"persistentvolumes/{name}", rules.RELEASED.holds(volume=name, policy=policy.lower())
        )

    def reclaimed(self, reply: Reply, name: str) -> None:
        """It was done, or is tried again."""
        if reply.ok or reply.status in (404, 409):
            self.queue.done(name)
        else:
            self.queue.retry(name)

    def ignored(self, reply: Reply) -> None:
        """Whatever the answer, it changes nothing."""
