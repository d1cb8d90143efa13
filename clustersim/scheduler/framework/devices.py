"""ResourceClaims and DeviceClasses, as the scheduler knows them. They are watched from the first pod on that
claims a device: before, nothing depends on them.

Source: v1.36 pkg/scheduler/framework/plugins/dynamicresources/{dynamicresources,dra_manager}.go.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.devices import claim_name, objection
from clustersim.api.kept import DeviceClass, ResourceClaim
from clustersim.client.client import Client
from clustersim.client.informer import STOPPED, Informer, OnChange


class Devices(msgspec.Struct, frozen=True):
    """Claims by namespace/name and classes by name."""

    claims: Mapping[str, ResourceClaim] = {}
    classes: Mapping[str, DeviceClass] = {}

    def of(self, pod: Pod) -> Iterator[ResourceClaim]:
        """The claims of a pod, all of which are there."""
        for wanted in pod.spec.resource_claims:
            yield self.claims[f"{pod.metadata.namespace}/{claim_name(pod, wanted)}"]


class DeviceClaims:
    """The caches. changed: told of every change of them."""

    def __init__(self, client: Client, changed: OnChange) -> None:
        self._changed = changed
        self.claims = Informer(client, "resourceclaims", changed, on_synced=self._filled)
        self.classes = Informer(client, "deviceclasses", changed, on_synced=self._filled)

    def _filled(self) -> None:
        self._changed(None, None)

    def keep_out(self, pod: Pod) -> bool:
        """The pod does not even join the queue: a claim of it is not there (PreEnqueue). Nobody is told."""
        if not pod.spec.resource_claims:
            return False
        for cache in (self.claims, self.classes):
            if cache.state.phase == STOPPED:
                cache.start()
        known = self.claims.synced and self.classes.synced
        return not known or bool(objection(pod, self.claims.state.cache))

    def snapshot(self) -> Devices:
        """Both as they are now."""
        claims: Mapping[str, Any] = self.claims.state.cache
        return Devices(claims, self.classes.state.cache)
