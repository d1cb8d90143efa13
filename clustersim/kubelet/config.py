"""What pods are wanted: list and watch of the pods bound to this node, turned into operations for the main
loop.

The operations of one list come together, in the order REMOVE, ADD, UPDATE, DELETE, RECONCILE; a pod first
seen with a deletionTimestamp is an ADD all the same (v1.7.5 pkg/kubelet/config/config.go Merge)."""

from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.mirrors import is_mirror
from clustersim.client.informer import OPENING, Informer
from clustersim.engine.state import State
from clustersim.kubelet.part import Part

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet import Kubelet

REMOVE: Final = "REMOVE"
ADD: Final = "ADD"
UPDATE: Final = "UPDATE"
DELETE: Final = "DELETE"
RECONCILE: Final = "RECONCILE"
ORDER: Final = (REMOVE, ADD, UPDATE, DELETE, RECONCILE)


class PodUpdate(msgspec.Struct, frozen=True, gc=False):
    """An operation on some pods. synced: it ends the first list, so the source is known from now on.
    source: "api" or "file"."""

    operation: str
    pods: tuple[Pod, ...]
    synced: bool = False
    source: str = "api"


class ConfigMemory(State):
    """batch: operations of a list that is being taken in; listed: there was one before."""

    listed: bool = False
    batch: dict[str, list[Pod]] = msgspec.field(default_factory=dict)


class PodConfig(Part):
    """The "api" source; the other one is in static_pods.py."""

    name = "config"

    def __init__(self, kubelet: "Kubelet") -> None:
        super().__init__(kubelet)
        self.informer = Informer(
            kubelet.api,
            "pods",
            self.changed,
            fields={"spec.nodeName": kubelet.node_name},
            on_synced=self.listed,
        )

    def start(self) -> None:
        """Ask for the pods."""
        self.informer.start()

    def memory(self) -> ConfigMemory:
        return ConfigMemory()

    def changed(self, old: Pod | None, new: Pod | None) -> None:
        """One pod is new, different or gone."""
        operation, pod = _operation(old, new)
        if is_mirror(pod):
            self.kubelet.static_pods.mirror_changed(old, new)
            return
        if self.informer.state.phase == OPENING:
            self.state.batch.setdefault(operation, []).append(pod)
            return
        if operation == REMOVE:
            # The API server sets the grace period to 0 in the moment in which it removes a pod.
            pod = replace(pod, metadata=replace(pod.metadata, deletion_grace_period_seconds=0))
        self.kubelet.sync_loop.config_update(PodUpdate(operation, (pod,)))

    def listed(self) -> None:
        """A list is complete."""
        batch, self.state.batch = self.state.batch, {}
        send = self.kubelet.sync_loop.config_update
        added = tuple(sorted(batch.pop(ADD, ()), key=lambda pod: pod.metadata.creation_timestamp))
        if removed := batch.pop(REMOVE, None):
            send(PodUpdate(REMOVE, tuple(removed)))
        if added or not self.state.listed:
            send(PodUpdate(ADD, added, synced=True))
        self.state.listed = True
        for operation in ORDER:
            if operation in batch:
                send(PodUpdate(operation, tuple(batch[operation])))


def _operation(old: Pod | None, new: Pod | None) -> tuple[str, Pod]:
    if new is None:
        assert old is not None
        return REMOVE, old
    if old is None or old.metadata.uid != new.metadata.uid:
        return ADD, new
    before, after = old.metadata, new.metadata
    if after.deletion_timestamp and not before.deletion_timestamp:
        return DELETE, new
    if (
        old.spec != new.spec
        or before.labels != after.labels
        or before.annotations != after.annotations
        or before.deletion_timestamp != after.deletion_timestamp
        or before.deletion_grace_period_seconds != after.deletion_grace_period_seconds
    ):
        return UPDATE, new
    return RECONCILE, new
