"""Claims that pods use, and volumes that claims use, stay until they are used no more.

The API server gives each a finalizer when it is made (admission plugin StorageObjectInUseProtection); these
controllers give it to those that have lost it, and take it away.
Source: v1.36 pkg/controller/volume/{pvcprotection,pvprotection}.
"""

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Final

from clustersim.api.claim_names import claim_names
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
        """Somebody may have deleted it, or taken its finalizer off."""
        if new is not None and bool(new.metadata.deletion_timestamp) == self._has(new):
            self.queue.add(key_of(new))

    def _has(self, found: PersistentVolumeClaim | PersistentVolume) -> bool:
        return self.finalizer in found.metadata.finalizers

    @abstractmethod
    def is_used(self, found: PersistentVolumeClaim | PersistentVolume) -> bool:
        """Whether anybody still uses it."""

    def sync(self, key: str) -> None:
        """Look at one object."""
        namespace, _, name = key.rpartition("/")
        found = self.objects.get(namespace, name)
        leaving = found is not None and bool(found.metadata.deletion_timestamp)
        if found is None or leaving != self._has(found) or (leaving and self.is_used(found)):
            self.queue.done(key)
            return
        if not leaving:
            held = replace(found.metadata, finalizers=(*found.metadata.finalizers, self.finalizer))
            self.api.update(replace(found, metadata=held), self.then(self.freed, key))
            return
        self.release(key, found)

    def release(self, key: str, found: PersistentVolumeClaim | PersistentVolume) -> None:
        """Take the finalizer off."""
        name = found.metadata.name
        self.decide("let-go", f"{self.resource}/{key}", rules.USED_NO_MORE.holds(name=name))
        kept = tuple(one for one in found.metadata.finalizers if one != self.finalizer)
        free = replace(found, metadata=replace(found.metadata, finalizers=kept))
        self.api.update(free, self.then(self.freed, key))

    def freed(self, reply: Reply, key: str) -> None:
        """It goes now, or somebody was faster."""
        self.queue.answered(key, reply)


class ClaimProtection(VolumeProtection):
    """A claim is used by pods that have a node, whether they have ended or not; one that was made for a pod
    is used until the pod's containers are gone. Before it goes the API server is asked for pods that are not
    in the cache yet (askAPIServer)."""

    waits_for: ClassVar[tuple[str, ...]] = ("persistentvolumeclaims", "pods")
    title: ClassVar[str] = "PVC protection"
    resource = "persistentvolumeclaims"
    finalizer = CLAIM_FINALIZER

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "persistentvolumeclaim-protection-controller")
        self.pods = self.shared.get("pods", self.pod_changed, of_volumes=True)

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod that is gone uses its claims no more."""
        if old is None or (new is not None and not _is_shut_down(new)):
            return
        for name, _own in claim_names(old):
            claim = self.objects.get(old.metadata.namespace, name)
            if claim is not None and claim.metadata.deletion_timestamp:
                self.queue.add(key_of(claim))

    def is_used(self, found: PersistentVolumeClaim | PersistentVolume) -> bool:
        return _uses(self.pods.list(), found)

    def release(self, key: str, found: PersistentVolumeClaim | PersistentVolume) -> None:
        self.api.list("pods", self.then(self.listed, key), namespace=found.metadata.namespace)

    def listed(self, reply: Reply, key: str) -> None:
        """The pods of its namespace that are stored."""
        namespace, _, name = key.rpartition("/")
        found = self.objects.get(namespace, name)
        if not reply.ok:
            self.queue.retry(key)
        elif found is None or not self._has(found) or _uses(reply.body, found):
            self.queue.done(key)
        else:
            super().release(key, found)


class VolumeInUseProtection(VolumeProtection):
    """A volume is used as long as it is bound."""

    waits_for: ClassVar[tuple[str, ...]] = ("persistentvolumes",)
    title: ClassVar[str] = "PV protection"
    resource = "persistentvolumes"
    finalizer = VOLUME_FINALIZER

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "persistentvolume-protection-controller")

    def is_used(self, found: PersistentVolumeClaim | PersistentVolume) -> bool:
        return found.status.phase == "Bound"


def _uses(pods: Iterable[Pod], claim: PersistentVolumeClaim | PersistentVolume) -> bool:
    """One of these pods uses the claim (podUsesPVC)."""
    metadata = claim.metadata
    return any(
        name == metadata.name and not (own and _is_shut_down(pod))
        for pod in pods
        if pod.metadata.namespace == metadata.namespace and pod.spec.node_name
        for name, own in claim_names(pod)
    )


def _is_shut_down(pod: Pod) -> bool:
    """Nothing of it is left but its object (podIsShutDown)."""
    return bool(pod.metadata.deletion_timestamp) and pod.metadata.deletion_grace_period_seconds == 0
