"""The ephemeral volume controller: a pod with an ephemeral volume gets a claim of its own for it.

The claim belongs to the pod, so the garbage collector takes it away with the pod. One that somebody deletes
before that is made again.
Source: v1.36 pkg/controller/volume/ephemeral/controller.go.
"""

from typing import ClassVar, Final

from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import EphemeralVolumeSource, PersistentVolumeClaim, Pod
from clustersim.api.meta import ObjectMeta
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.references import owned_by

SOURCE: Final = "controller.go"


class EphemeralVolumeController(Controller):
    """Makes the claims of pods that describe them in their own spec."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods", "persistentvolumeclaims")
    title: ClassVar[str] = "ephemeral volume"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "ephemeral-volume-controller", "ephemeral_volume")
        self.pods = self.shared.get("pods", self.pod_changed, of_volumes=True)
        self.claims = self.shared.get("persistentvolumeclaims", self.claim_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod is new; what its volumes are never changes."""
        if old is None and new is not None:
            self._add(new)

    def claim_changed(self, old: PersistentVolumeClaim | None, new: PersistentVolumeClaim | None) -> None:
        """A claim is gone: a pod may need another."""
        if old is None or new is not None:
            return
        gone = old.metadata
        for pod in self.pods.list():
            if pod.metadata.namespace == gone.namespace and (gone.name, True) in claim_names(pod):
                self._add(pod)

    def _add(self, pod: Pod) -> None:
        ephemeral = any(own for _name, own in claim_names(pod))
        if ephemeral and not pod.metadata.deletion_timestamp:
            self.queue.add(key_of(pod))

    def sync(self, key: str) -> None:
        """Make the first claim that a pod lacks."""
        namespace, _, name = key.partition("/")
        pod: Pod | None = self.pods.get(namespace, name)
        if pod is None or pod.metadata.deletion_timestamp:
            self.queue.done(key)
        else:
            self._see_to(key, pod, 0)

    def _see_to(self, key: str, pod: Pod, place: int) -> None:
        """The volumes from a place on."""
        for later, volume in enumerate(pod.spec.volumes[place:], place):
            if volume.ephemeral is None:
                continue
            name = f"{pod.metadata.name}-{volume.name}"
            claim: PersistentVolumeClaim | None = self.claims.get(pod.metadata.namespace, name)
            if claim is None:
                self._make(key, pod, later, name, volume.ephemeral)
                return
            owner = controller_of(claim)
            if owner is None or owner.uid != pod.metadata.uid:
                namespace = pod.metadata.namespace
                whose = f"was not created for pod {namespace}/{pod.metadata.name} (pod is not owner)"
                self._failed(key, pod, volume.name, f"PVC {namespace}/{name} {whose}")
                return
        self.queue.done(key)

    def _make(self, key: str, pod: Pod, place: int, name: str, source: EphemeralVolumeSource) -> None:
        template = source.volume_claim_template
        assert template is not None, "the API server takes none without"
        metadata = ObjectMeta(
            name=name,
            namespace=pod.metadata.namespace,
            labels=template.metadata.labels,
            annotations=template.metadata.annotations,
            owner_references=(owned_by(pod, self.traits.release),),
        )
        verdict = rules.CLAIM_OF_VOLUME.holds(
            pod=pod.metadata.name, volume=pod.spec.volumes[place].name, claim=name
        )
        self.decide("make-claim", f"pods/{key}", verdict)
        claim = PersistentVolumeClaim(metadata=metadata, spec=template.spec)
        self.api.create(claim, self.then(self.made, key, place))

    def made(self, reply: Reply, key: str, place: int) -> None:
        """A claim was made, or not."""
        namespace, _, name = key.partition("/")
        pod: Pod | None = self.pods.get(namespace, name)
        if pod is None:
            self.queue.done(key)
        elif reply.ok:
            self._see_to(key, pod, place + 1)
        else:
            volume = pod.spec.volumes[place].name
            self._failed(key, pod, volume, f"create PVC {pod.metadata.name}-{volume}: {reply.message}")

    def _failed(self, key: str, pod: Pod, volume: str, why: str) -> None:
        self.tell(pod, "Warning", "FailedBinding", f"ephemeral volume {volume}: {why}")
        self.log(f"{key} failed with: pod {key}, ephemeral volume {volume}: {why}", SOURCE, "E")
        self.queue.retry(key)
