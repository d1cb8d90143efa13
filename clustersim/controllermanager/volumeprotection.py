"""Claims that pods use, and volumes that claims use, stay until they are used no more.

The API server gives each a finalizer when it is made (admission plugin StorageObjectInUseProtection); these
controllers take it away. Source: v1.36 pkg/controller/volume/{pvcprotection,pvprotection}.
"""

from typing import ClassVar, Final

from clustersim.api.core_v1 import PersistentVolume, PersistentVolumeClaim, Pod
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop

CLAIM_FINALIZER: Final = "kubernetes.io/pvc-protection"
VOLUME_FINALIZER: Final = "kubernetes.io/pv-protection"
_OVER: Final = ("Succeeded", "Failed")


class VolumeProtection(Controller):
    """What both controllers have in common: an object that is being deleted loses the finalizer, or waits."""

    resource: ClassVar[str]
    finalizer: ClassVar[str]

    def __init__(self, context: ControllerContext, name: str) -> None:
        super().__init__(context, name, name)
        self.objects = self.shared.get(self.resource, self.object_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def object_changed(
        self,
        old: PersistentVolumeClaim | PersistentVolume | None,
        new: PersistentVolumeClaim | PersistentVolume | None,
    ) -> None:
        """Somebody may have deleted it."""
        if new is not None and new.metadata.deletion_timestamp and self.finalizer in new.metadata.finalizers:
            self.queue.add(key_of(new))

    def user_of(self, found: PersistentVolumeClaim | PersistentVolume) -> str:
        """Who uses it, empty for nobody."""
        raise NotImplementedError

    def sync(self, key: str) -> None:
        """Look at one object."""
        namespace, _, name = key.rpartition("/")
        found = self.objects.get(namespace, name)
        if found is None or self.finalizer not in found.metadata.finalizers or self.user_of(found):
            self.queue.done(key)
            return
        self.decide("let-go", f"{self.resource}/{key}", rules.USED_NO_MORE.holds(name=name))
        kept = tuple(one for one in found.metadata.finalizers if one != self.finalizer)
        free = replace(found, metadata=replace(found.metadata, finalizers=kept))
        self.api.update(free, self.then(self.freed, key))

    def freed(self, reply: Reply, key: str) -> None:
        """It goes now, or somebody was faster."""
        if reply.ok or reply.status == 404:
            self.queue.done(key)
        else:
            self.queue.retry(key)


class ClaimProtection(VolumeProtection):
    """A claim is used by pods that have a node and are not over."""

    waits_for: ClassVar[tuple[str, ...]] = ("persistentvolumeclaims", "pods")
    title: ClassVar[str] = "PVC protection"
    resource = "persistentvolumeclaims"
    finalizer = CLAIM_FINALIZER

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "persistentvolumeclaim-protection-controller")
        self.pods = self.shared.get("pods", self.pod_changed)

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod that is over, or gone, uses its claims no more."""
        if old is None or (new is not None and not _is_over(new)):
            return
        for name in _claims(old):
            claim = self.objects.get(old.metadata.namespace, name)
            if claim is not None and claim.metadata.deletion_timestamp:
                self.queue.add(key_of(claim))

    def user_of(self, found: PersistentVolumeClaim | PersistentVolume) -> str:
        metadata = found.metadata
        return next(
            (
                pod.metadata.name
                for pod in self.pods.list()
                if pod.metadata.namespace == metadata.namespace
                and pod.spec.node_name
                and not _is_over(pod)
                and metadata.name in _claims(pod)
            ),
            "",
        )


class VolumeInUseProtection(VolumeProtection):
    """A volume is used as long as it is bound."""

    waits_for: ClassVar[tuple[str, ...]] = ("persistentvolumes",)
    title: ClassVar[str] = "PV protection"
    resource = "persistentvolumes"
    finalizer = VOLUME_FINALIZER

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "persistentvolume-protection-controller")

    def user_of(self, found: PersistentVolumeClaim | PersistentVolume) -> str:
        return "a claim" if found.status.phase == "Bound" else ""


def _is_over(pod: Pod) -> bool:
    return pod.status.phase in _OVER


def _claims(pod: Pod) -> list[str]:
    return [
        volume.persistent_volume_claim.claim_name
        for volume in pod.spec.volumes
        if volume.persistent_volume_claim is not None
    ]
