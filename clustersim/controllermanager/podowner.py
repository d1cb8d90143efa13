"""Controllers that own pods: which object a changed pod belongs to, and which pods an object may claim.

Source: v1.7.5, v1.8.0 pkg/controller/controller_ref_manager.go, and addPod, updatePod, deletePod of each
controller.
"""

from abc import abstractmethod
from typing import Any, ClassVar

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import OwnerReference, replace
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.api.selectors import selection_of, selects
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.claiming import Claiming
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.expectations import Expectations
from clustersim.controllermanager.part import ControlLoop
from clustersim.controllermanager.podcontrol import pod_from
from clustersim.controllermanager.pods import is_active, is_ready
from clustersim.controllermanager.references import adoption, owned_by, parting
from clustersim.engine.at_hand import AtHand
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros


class OwnerState(State):
    """What was asked for and is not seen yet."""

    expectations: Expectations = msgspec.field(default_factory=Expectations)


class PodOwner(Claiming):
    """Base of the controllers whose objects own pods. Works through a queue of the keys of its objects.

    source_file: what its log lines name. minds_only_its_own: pods of owners of other kinds are nothing to
    it. minds_ended: pods that have ended are adopted and released, too. finalizer: what pods get when they
    are adopted, and lose when they are released.
    """

    kind: ClassVar[str]
    resource: ClassVar[str]
    source_file: ClassVar[str]
    minds_only_its_own: ClassVar[bool] = True
    minds_ended: ClassVar[bool] = True
    finalizer: ClassVar[str] = ""

    def __init__(self, context: ControllerContext, name: str, source: str, workers: int) -> None:
        super().__init__(context, name, source)
        self.objects = self.shared.get(self.resource, self.object_changed)
        self.shared.get("pods", self.pod_changed, of_owner=self.kind if self.minds_only_its_own else "")
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=workers)

    @AtHand
    def state(self) -> OwnerState:
        """Its memory."""
        return self.memory(OwnerState)

    def start(self) -> None:
        """What was queued while the caches filled is worked on."""
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    @abstractmethod
    def sync(self, key: str) -> None:
        """Bring one object to what it wants."""

    def object_of(self, key: str) -> Any:
        """The object of a key, None if it is gone."""
        namespace, _, name = key.partition("/")
        return self.objects.get(namespace, name)

    def pod_of_template(self, owner: Any) -> Pod:
        """A new pod of the object's template."""
        return pod_from(owner.spec.template, owner, self.traits.release, created_by=self.traits.created_by)

    def enqueue(self, key: str) -> None:
        """Something about an object has changed: it is looked at."""
        self.queue.add(key)

    @property
    def late_look(self) -> Micros:
        """How long after a pod has become available it is looked at."""
        return 0 if self.traits.looks_in_time else SECOND

    # --- what the watches show --------------------------------------------------------------------

    def object_changed(self, old: Any, new: Any) -> None:
        """An object was added, changed or removed."""
        changed = new if new is not None else old
        if changed is not None:
            self.enqueue(key_of(changed))

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod was added, changed or removed: its owner may have to count anew."""
        if new is None or new.metadata.deletion_timestamp:
            if (pod := new or old) is not None:
                self._pod_deleted(pod)
            return
        reference = controller_of(new)
        stays = old is None or old.metadata.owner_references is new.metadata.owner_references
        if stays and reference is not None and reference.kind != self.kind:
            return  # Somebody else's, now as before.
        owner = self._named(new, reference)
        key = "" if owner is None else key_of(owner)
        before = None if old is None or stays else self.owner_of(old)
        if before is not None and key_of(before) != key:
            self.enqueue(key_of(before))
        if owner is not None:
            if old is None:
                self.state.expectations.creation_observed(key)
            self.enqueue(key)
            wait = getattr(owner.spec, "min_ready_seconds", 0)
            if wait and old and not is_ready(old) and is_ready(new):
                self.post(wait * SECOND + self.late_look, self.look_again, key)
        elif reference is None and (old is None or old.metadata.labels != new.metadata.labels):
            self._offer(new)

    def look_again(self, key: str) -> None:
        """Time has passed that an object waited for."""
        self.queue.add(key)

    def _pod_deleted(self, pod: Pod) -> None:
        if (owner := self.owner_of(pod)) is not None:
            self.state.expectations.deletion_observed(key_of(owner), key_of(pod))
            self.enqueue(key_of(owner))

    def owner_of(self, pod: Pod) -> Any:
        """The object of this controller's kind that owns the pod, None if there is none."""
        return self._named(pod, controller_of(pod))

    def _named(self, pod: Pod, reference: OwnerReference | None) -> Any:
        if reference is None or reference.kind != self.kind:
            return None
        found = self.objects.get(pod.metadata.namespace, reference.name)
        return found if found is not None and found.metadata.uid == reference.uid else None

    def _offer(self, pod: Pod) -> None:
        """A pod without a controller: those that select it may adopt it."""
        for candidate in self.objects.list():
            if candidate.metadata.namespace == pod.metadata.namespace and selects(
                selection_of(candidate), pod.metadata.labels
            ):
                self.enqueue(key_of(candidate))

    # --- whose pods are whose -----------------------------------------------------------------------

    def claim(self, owner: Any) -> list[Pod]:
        """The object's pods: its own that it still selects, and orphans that it selects and now adopts."""
        selector, metadata = selection_of(owner), owner.metadata
        claimed: list[Pod] = []
        for pod in self.shared.owned_by(metadata.uid):
            if selects(selector, pod.metadata.labels):
                claimed.append(pod)
            elif not metadata.deletion_timestamp and self._minds(pod):
                freed = parting(owner)
                if self.finalizer:
                    freed["$deleteFromPrimitiveList/finalizers"] = [self.finalizer]
                self.api.merge("pods", pod.metadata, freed, self.then(self.let_go, key_of(owner)))
        if not metadata.deletion_timestamp:
            for pod in self.shared.orphans(metadata.namespace):
                if pod.metadata.deletion_timestamp or not self._minds(pod):
                    continue
                if selects(selector, pod.metadata.labels) and self.may_adopt(owner, pod):
                    claimed.append(self._take(owner, pod))
        return claimed

    def _take(self, owner: Any, pod: Pod) -> Pod:
        """Adopt a pod: what it is then. A patch puts what is new before what was there."""
        metadata, taken = pod.metadata, adoption(owner, self.traits.release)
        owners = (owned_by(owner, self.traits.release), *metadata.owner_references)
        finalizers = metadata.finalizers
        if self.finalizer:
            taken["finalizers"] = [self.finalizer]
            if self.finalizer not in finalizers:
                finalizers = (self.finalizer, *finalizers)
        self.api.merge("pods", metadata, taken, self.then(self.adopted, key_of(owner)))
        return replace(pod, metadata=replace(metadata, owner_references=owners, finalizers=finalizers))

    def _minds(self, pod: Pod) -> bool:
        return self.minds_ended or is_active(pod)

    def may_adopt(self, owner: Any, pod: Pod) -> bool:
        """The object may take this orphan that it selects."""
        return True
