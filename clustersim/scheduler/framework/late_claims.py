"""Claims that are bound with their pod (WaitForFirstConsumer): once the pod has its node they are bound, and
then the pod.

```
 node chosen --a volume is there--> it is promised to the claim --persistent volume controller--> bound
             \\--it must be made--> the claim names the node, for whoever makes volumes
 all bound --> the pod is bound; not within ten minutes --> it is tried again
```
Source: v1.36 pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go (PreBind,
BindPodVolumes; bindTimeoutSeconds).
"""

from typing import TYPE_CHECKING, Final

from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import PersistentVolume, PersistentVolumeClaim, Pod
from clustersim.api.meta import ObjectReference, replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.client.client import Client
from clustersim.engine.actor import then
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, Micros

if TYPE_CHECKING:
    from clustersim.scheduler.framework.scheduler import SchedulerV136

TIMEOUT: Final[Micros] = 10 * MINUTE
SELECTED_NODE: Final = "volume.kubernetes.io/selected-node"
BOUND_BY_CONTROLLER: Final = "pv.kubernetes.io/bound-by-controller"
NOT_IN_TIME: Final = "VolumesNotBound"
"""Reason of the refusal that stands for it."""
_LATE: Final = 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'


class LateBinding(State):
    """A pod whose claims are being bound, as it is assumed to be."""

    assumed: Pod
    since: Micros


class LateClaims:
    """Binds them."""

    def __init__(self, scheduler: "SchedulerV136") -> None:
        self.scheduler = scheduler

    @property
    def _api(self) -> Client:
        return self.scheduler.api

    def begin(self, assumed: Pod) -> bool:
        """Have the claims of the pod bound that wait for it; false if there are none."""
        scheduler, name = self.scheduler, assumed.spec.node_name
        late = [claim for claim in self._claims(assumed) if not claim.spec.volume_name]
        if not late:
            return False
        assumed = scheduler.expect(assumed)
        binding = LateBinding(assumed, scheduler.now)
        scheduler.state.binding[key_of(assumed)] = binding
        scheduler.post(TIMEOUT, scheduler.volumes_late, key_of(assumed), binding.since)
        info, free = scheduler.cache.node(name), scheduler.storage()
        node = None if info is None else info.node
        for claim in late:
            volume = free.best_for(claim, node) if node is not None else None
            if volume is None:
                self._api.update(_to_be_made(claim, name), then(scheduler.ignore))
            else:
                free = free.without(volume)
                self._api.update(_promised(volume, claim), then(scheduler.ignore))
        return True

    def look(self) -> None:
        """A claim or a volume changed: pods all of whose claims are bound are bound as well."""
        scheduler = self.scheduler
        for key, binding in list(scheduler.state.binding.items()):
            if all(claim.status.phase == "Bound" for claim in self._claims(binding.assumed)):
                del scheduler.state.binding[key]
                scheduler.volumes_bound(binding.assumed)

    def give_up(self, key: str, since: Micros) -> None:
        """It took too long: the pod is tried again."""
        scheduler = self.scheduler
        binding: LateBinding | None = scheduler.state.binding.get(key)
        if binding is not None and binding.since == since:
            del scheduler.state.binding[key]
            scheduler.bound(Reply(0, None, NOT_IN_TIME, _LATE), binding.assumed)

    def forget(self, pod: Pod) -> None:
        """The pod is gone; its claims keep what they got."""
        binding: LateBinding | None = self.scheduler.state.binding.pop(key_of(pod), None)
        if binding is not None:
            self.scheduler.cache.forget(binding.assumed)

    def _claims(self, pod: Pod) -> list[PersistentVolumeClaim]:
        known = self.scheduler.claims.state.cache
        keys = (f"{pod.metadata.namespace}/{name}" for name, _own in claim_names(pod))
        return [known[key] for key in keys if key in known]


def _to_be_made(claim: PersistentVolumeClaim, node: str) -> PersistentVolumeClaim:
    """The claim with the node on which its volume is to be."""
    marks = {**claim.metadata.annotations, SELECTED_NODE: node}
    return replace(claim, metadata=replace(claim.metadata, annotations=marks))


def _promised(volume: PersistentVolume, claim: PersistentVolumeClaim) -> PersistentVolume:
    marks = {**volume.metadata.annotations, BOUND_BY_CONTROLLER: "yes"}
    spec = replace(volume.spec, claim_ref=_reference(claim))
    return replace(volume, metadata=replace(volume.metadata, annotations=marks), spec=spec)


def _reference(claim: PersistentVolumeClaim) -> ObjectReference:
    metadata = claim.metadata
    return ObjectReference(
        kind="PersistentVolumeClaim",
        namespace=metadata.namespace,
        name=metadata.name,
        uid=metadata.uid,
        api_version="v1",
        resource_version=metadata.resource_version,
    )
