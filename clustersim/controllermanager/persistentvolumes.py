"""The persistent volume controller: it binds a claim to the smallest volume that serves it.

Who makes a volume for a claim that finds none is in provisioning.py, what becomes of one without its claim in
reclaiming.py.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/volume/persistentvolume/{pv_controller,index}.go.
"""

from abc import abstractmethod
from typing import ClassVar, Final

from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import (
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeClaimStatus,
    PersistentVolumeStatus,
    Pod,
)
from clustersim.api.default_classes import STORAGE, defaults_of
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import ControlLoop
from clustersim.controllermanager.provisioning import (
    BETA_PROVISIONER,
    HOST_PATH,
    MIGRATED,
    PROVISIONER,
    Provisioning,
)
from clustersim.controllermanager.reclaiming import PROVISIONED_BY, RECYCLER
from clustersim.controllermanager.references import reference_to
from clustersim.controllermanager.volumematching import (
    bound_claim,
    bound_status,
    bound_volume,
    by_preference,
    class_of,
    fits,
    has_access,
    has_attributes,
    has_mode,
    is_completed,
    is_large_enough,
    is_meant_for,
    names_class,
    unbound_volume,
)
from clustersim.engine.time import SECOND, Micros

SELECTED_NODE: Final = "volume.kubernetes.io/selected-node"
"""The scheduler wants a volume to be made there."""
RESYNC: Final[Micros] = 15 * SECOND
"""A claim that waits is looked at again after this (--pvclaimbinder-sync-period)."""


class PersistentVolumeController(Provisioning):
    """Binds claims and volumes; releases are subclasses."""

    waits_for: ClassVar[tuple[str, ...]] = ("persistentvolumes", "persistentvolumeclaims", "storageclasses")
    title: ClassVar[str] = "persistent volume"
    assigns_classes: ClassVar[bool] = False
    """A claim of no class that waits gets the default one once there is one (assignDefaultStorageClass)."""

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "persistentvolume-binder", "persistentvolume-controller")
        self.volumes = self.shared.get("persistentvolumes", self.volume_changed)
        self.claims = self.shared.get("persistentvolumeclaims", self.claim_changed)
        self.classes = self.shared.get("storageclasses")
        self.pods = self.shared.get("pods", self.pod_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    # --- what the watches show --------------------------------------------------------------------

    def claim_changed(self, old: PersistentVolumeClaim | None, new: PersistentVolumeClaim | None) -> None:
        """A claim was added, changed or removed."""
        if new is not None:
            self.queue.add(f"claim/{key_of(new)}")
        elif old is not None and old.spec.volume_name:
            self.queue.add(f"volume/{old.spec.volume_name}")

    def volume_changed(self, old: PersistentVolume | None, new: PersistentVolume | None) -> None:
        """A volume was added, changed or removed: a claim may have waited for it, or is lost."""
        volume = new if new is not None else old
        if volume is None:
            return
        self.queue.add(f"volume/{volume.metadata.name}")
        if old is not None and new is not None and old.spec.claim_ref != new.spec.claim_ref:
            for claim in self.claims.list():
                if claim.spec.volume_name == volume.metadata.name:
                    self.queue.add_after(f"claim/{key_of(claim)}", RESYNC)
        if new is None or old is None or (new.status.phase == "Available" != old.status.phase):
            for claim in self.claims.list():
                if claim.status.phase != "Bound" or claim.spec.volume_name == volume.metadata.name:
                    self.queue.add(f"claim/{key_of(claim)}")

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod that empties a volume has ended, or is gone."""
        pod = new if new is not None else old
        if pod is not None and pod.metadata.name.startswith(RECYCLER):
            self.queue.add(f"volume/{pod.metadata.name.removeprefix(RECYCLER)}")

    def sync(self, name: str) -> None:
        """Look at one claim or one volume."""
        kind, _, key = name.partition("/")
        if kind == "volume":
            self._sync_volume(name, self.volumes.get("", key))
        else:
            namespace, _, short = key.partition("/")
            self._sync_claim(name, self.claims.get(namespace, short))

    # --- claims -----------------------------------------------------------------------------------

    def _sync_claim(self, name: str, claim: PersistentVolumeClaim | None) -> None:
        if claim is None or claim.metadata.deletion_timestamp:
            self.queue.done(name)
        elif is_completed(claim):
            self._keep_bound(name, claim)
        elif claim.spec.volume_name:
            self._ask_for(name, claim, self.volumes.get("", claim.spec.volume_name))
        else:
            self._find(name, claim)

    def _keep_bound(self, name: str, claim: PersistentVolumeClaim) -> None:
        """A claim that was bound once (syncBoundClaim)."""
        asked = claim.spec.volume_name
        volume: PersistentVolume | None = self.volumes.get("", asked) if asked else None
        if volume is None:
            what = "its PersistentVolume" if asked else "reference to PersistentVolume"
            text = f"Bound claim has lost {what}. Data on the volume is lost!"
            self._lose(name, claim, "ClaimLost", text)
        elif volume.spec.claim_ref is None or volume.spec.claim_ref.uid == claim.metadata.uid:
            self._bind(name, claim, volume)
        else:
            text = "Two claims are bound to the same volume, this one is bound incorrectly"
            self._lose(name, claim, "ClaimMisbound", text)

    def _lose(self, name: str, claim: PersistentVolumeClaim, reason: str, text: str) -> None:
        """The claim is lost, which is told once."""
        if claim.status.phase == "Lost":
            self.later(name)
            return
        self.tell(claim, "Warning", reason, text)
        self._claim_status(name, claim, PersistentVolumeClaimStatus(phase="Lost"))

    def _ask_for(self, name: str, claim: PersistentVolumeClaim, volume: PersistentVolume | None) -> None:
        """A claim that names its volume itself (syncUnboundClaim)."""
        if volume is None:
            self.wait(name, claim)
        elif volume.spec.claim_ref is None:
            if self.suits(claim, volume):
                self._bind(name, claim, volume)
            else:
                self.wait(name, claim)
        elif is_meant_for(volume, claim):
            self._bind(name, claim, volume)
        else:
            self.tell_taken(claim, volume)
            self.wait(name, claim)

    def wait(self, name: str, claim: PersistentVolumeClaim) -> None:
        """The claim is Pending, and looked at again after a while."""
        if claim.status.phase == "Pending":
            self.later(name)
        else:
            self.queue.add_after(name, RESYNC)
            self._claim_status(name, claim, PersistentVolumeClaimStatus(phase="Pending"))

    def later(self, name: str) -> None:
        """The claim is looked at again after a while."""
        self.queue.done(name)
        self.queue.add_after(name, RESYNC)

    @abstractmethod
    def suits(self, claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
        """The volume that a claim names is one for it; if not, somebody is told (checkVolumeSatisfyClaim)."""

    def tell_taken(self, claim: PersistentVolumeClaim, volume: PersistentVolume) -> None:
        """The volume that a claim names belongs to another claim; until v1.8 only the log says so."""

    def _find(self, name: str, claim: PersistentVolumeClaim) -> None:
        storage_class = class_of(claim)
        found = self.classes.get("", storage_class) if storage_class else None
        late = found is not None and found.volume_binding_mode == "WaitForFirstConsumer"
        fitting = [volume for volume in self.volumes.list() if fits(claim, volume)]
        if late:  # the scheduler has the choice, and says so in the volume
            fitting = [volume for volume in fitting if volume.spec.claim_ref is not None]
        if fitting:
            self._bind(name, claim, min(fitting, key=by_preference))
            return
        may_get = self.assigns_classes and not names_class(claim)
        if may_get and (default := defaults_of(self.classes.list(), STORAGE)):
            given = replace(claim.spec, storage_class_name=default[0].metadata.name)
            self.api.update(replace(claim, spec=given), self.then(self.claim_marked, name))
            return
        if not storage_class:
            text = "no persistent volumes available for this claim and no storage class is set"
            self.tell(claim, "Normal", "FailedBinding", text)
        elif found is None:
            text = f'storageclass.storage.k8s.io "{storage_class}" not found'
            self.tell(claim, "Warning", "ProvisioningFailed", text)
        elif late and SELECTED_NODE not in claim.metadata.annotations:
            self.tell(claim, "Normal", *self.waits_for_pod(claim))
        else:
            self.provision(name, claim, found)
            return
        self.wait(name, claim)

    def waits_for_pod(self, claim: PersistentVolumeClaim) -> tuple[str, str]:
        """Why a claim that is bound with its pod is not bound yet: reason and message."""
        return "WaitForFirstConsumer", "waiting for first consumer to be created before binding"

    def _bind(self, name: str, claim: PersistentVolumeClaim, volume: PersistentVolume) -> None:
        """First the volume gets to know its claim, then the claim its volume; each says so in its status."""
        bound = bound_volume(volume, claim, reference_to(claim, self.traits.release))
        if bound == volume:
            self._say_bound(name, claim, volume)
            return
        verdict = rules.CLAIM_FITS.holds(claim=key_of(claim), volume=volume.metadata.name)
        self.decide("bind-volume", f"persistentvolumeclaims/{key_of(claim)}", verdict)
        self.api.update(bound, self.then(self.volume_bound, name, claim))

    def volume_bound(self, reply: Reply, name: str, claim: PersistentVolumeClaim) -> None:
        """The volume knows its claim, or somebody was faster."""
        if reply.ok:
            self._say_bound(name, claim, reply.body)
        else:
            self.queue.retry(name)

    def _say_bound(self, name: str, claim: PersistentVolumeClaim, volume: PersistentVolume) -> None:
        if volume.status.phase == "Bound":
            self._tell_claim(name, claim, volume)
        else:
            said = replace(volume, status=PersistentVolumeStatus(phase="Bound"))
            self.api.update_status(said, self.then(self.volume_said, name, claim))

    def volume_said(self, reply: Reply, name: str, claim: PersistentVolumeClaim) -> None:
        """The volume says that it is bound; now the claim gets to know it."""
        if reply.ok:
            self._tell_claim(name, claim, reply.body)
        else:
            self.queue.retry(name)

    def _tell_claim(self, name: str, claim: PersistentVolumeClaim, volume: PersistentVolume) -> None:
        bound = bound_claim(claim, volume)
        if bound == claim:
            self._finish_claim(name, claim, volume)
        else:
            self.api.update(bound, self.then(self.claim_bound, name, volume))

    def claim_bound(self, reply: Reply, name: str, volume: PersistentVolume) -> None:
        """The claim has its volume; its status says so."""
        if reply.ok:
            self._finish_claim(name, reply.body, volume)
        else:
            self.queue.retry(name)

    def _finish_claim(self, name: str, claim: PersistentVolumeClaim, volume: PersistentVolume) -> None:
        self._claim_status(name, claim, bound_status(claim, volume, keeps_size=self.protects))

    def _claim_status(
        self, name: str, claim: PersistentVolumeClaim, status: PersistentVolumeClaimStatus
    ) -> None:
        if claim.status == status:
            self.queue.done(name)
        else:
            self.api.update_status(replace(claim, status=status), self.then(self.written, name))

    # --- volumes ----------------------------------------------------------------------------------

    def _sync_volume(self, name: str, volume: PersistentVolume | None) -> None:
        if volume is None:
            self.queue.done(name)
            return
        reference = volume.spec.claim_ref
        claim = None if reference is None else self.claims.get(reference.namespace, reference.name)
        if reference is None or not reference.uid:
            phase = "Available"
        elif claim is None or claim.metadata.uid != reference.uid:
            phase = "Released"
        elif not claim.spec.volume_name:
            self._await_claim(name, volume, claim)
            return
        elif claim.spec.volume_name == volume.metadata.name:
            phase = "Bound"
        elif self._goes_unused(volume):
            phase = "Released"
        else:
            self.api.update(unbound_volume(volume), self.then(self.written, name))
            return
        if phase == "Released" and volume.status.phase == "Failed":
            self.queue.done(name)
        elif volume.status.phase == phase:
            if phase != "Released" or not self.reclaim(name, volume):
                self.queue.done(name)
        else:
            status = PersistentVolumeStatus(phase=phase)
            self.api.update_status(replace(volume, status=status), self.then(self.written, name))

    def _goes_unused(self, volume: PersistentVolume) -> bool:
        """It was made for a claim that has another one now, and nobody wants to keep it."""
        made = PROVISIONED_BY in volume.metadata.annotations
        return made and volume.spec.persistent_volume_reclaim_policy == "Delete"

    def _await_claim(self, name: str, volume: PersistentVolume, claim: PersistentVolumeClaim) -> None:
        """The claim of this volume does not know of it yet: it is for the claim to be bound."""
        if has_mode(claim, volume):
            self.queue.add(f"claim/{key_of(claim)}")
        else:
            why = "due to incompatible volumeMode."
            text = f'to requested PersistentVolumeClaim "{claim.metadata.name}" {why}'
            self.tell(volume, "Warning", "VolumeMismatch", f"Cannot bind PersistentVolume {text}")
            text = f'"{volume.metadata.name}" to requested PersistentVolumeClaim {why}'
            self.tell(claim, "Warning", "VolumeMismatch", f"Cannot bind PersistentVolume {text}")
        self.queue.done(name)

    def written(self, reply: Reply, name: str) -> None:
        """A status was written, or somebody was faster."""
        self.queue.answered(name, reply)


class PersistentVolumeControllerV17(PersistentVolumeController):
    """v1.7, v1.8."""

    def suits(self, claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
        if is_large_enough(claim, volume) and class_of(volume) == class_of(claim):
            return True
        text = "Volume's size is smaller than requested or volume's class does not match with claim"
        self.tell(volume, "Warning", "VolumeMismatch", text)
        return False


class PersistentVolumeControllerV136(PersistentVolumeController):
    """v1.36."""

    disabled = f'provisioning in volume plugin "{HOST_PATH}" is disabled'
    marks = (BETA_PROVISIONER, PROVISIONER)
    protects = True
    assigns_classes = True
    no_deleter = "error getting deleter volume plugin"
    no_plugin = "no volume plugin matched name: {provisioner}"
    loaded = frozenset(MIGRATED)
    image = "registry.k8s.io/build-image/debian-base:bookworm-v1.0.4"

    def suits(self, claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
        name, why = volume.metadata.name, ""
        if volume.metadata.deletion_timestamp:
            why = f'the volume is marked for deletion "{name}"'
        elif not is_large_enough(claim, volume):
            why = "requested PV is too small"
        elif class_of(volume) != class_of(claim):
            why = "storageClassName does not match"
        elif not has_attributes(claim, volume):
            why = "volumeAttributesClassName does not match"
        elif not has_mode(claim, volume):
            why = "incompatible volumeMode"
        elif not has_access(claim, volume):
            why = "incompatible accessMode"
        if why:
            text = f'Cannot bind to requested volume "{name}": {why}'
            self.tell(claim, "Warning", "VolumeMismatch", text)
        return not why

    def tell_taken(self, claim: PersistentVolumeClaim, volume: PersistentVolume) -> None:
        text = f'volume "{volume.metadata.name}" already bound to a different claim.'
        self.tell(claim, "Warning", "FailedBinding", text)

    def waits_for_pod(self, claim: PersistentVolumeClaim) -> tuple[str, str]:
        metadata = claim.metadata
        pods = [
            pod.metadata.name
            for pod in self.pods.list()
            if pod.metadata.namespace == metadata.namespace
            and not pod.spec.node_name
            and metadata.name in (name for name, _own in claim_names(pod))
        ]
        if not pods:
            return super().waits_for_pod(claim)
        whom = f"pod{'s' if len(pods) > 1 else ''} {','.join(sorted(pods))}"
        return "WaitForPodScheduled", f"waiting for {whom} to be scheduled"

    def wait_text(self, provisioner: str) -> str:
        return (
            f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or "
            "manually by the system administrator. If volume creation is delayed, please verify that the "
            "provisioner is running and correctly registered."
        )
