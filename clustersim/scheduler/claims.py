"""What v1.7 and v1.8 look at of a pod's volumes: whether its claims are bound, and in which zone that is.

The predicates that count disks cannot count a claim that is not bound, and give an error instead of a reason,
on every node. A claim that does not exist counts as some disk.
Sources: v1.7.5 and v1.8.0 plugin/pkg/scheduler/algorithm/predicates/predicates.go (MaxPDVolumeCountChecker,
VolumeZoneChecker).
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import PersistentVolume, PersistentVolumeClaim, Pod
from clustersim.api.topology import OLD_REGION, OLD_ZONE

ZONE_LABELS: Final = (OLD_ZONE, OLD_REGION)
MULTI_ZONE: Final = "__"
"""Between the zones of a volume that is in several (v1.8.0 pkg/kubelet/apis LabelMultiZoneDelimiter)."""


class Storage(msgspec.Struct, frozen=True):
    """Claims by namespace/name, volumes by name."""

    claims: Mapping[str, PersistentVolumeClaim] = {}
    volumes: Mapping[str, PersistentVolume] = {}

    def _claims_of(self, pod: Pod) -> Iterator[PersistentVolumeClaim]:
        for name, _ in claim_names(pod):
            if (claim := self.claims.get(f"{pod.metadata.namespace}/{name}")) is not None:
                yield claim

    def unbound(self, pod: Pod) -> str:
        """The first of its claims that has no volume, "" for none."""
        return next((c.metadata.name for c in self._claims_of(pod) if not c.spec.volume_name), "")

    def zones(self, pod: Pod) -> tuple[tuple[str, str], ...]:
        """The labels of zones that its volumes have."""
        bound = (self.volumes.get(claim.spec.volume_name) for claim in self._claims_of(pod))
        labels = (item for volume in bound if volume is not None for item in volume.metadata.labels.items())
        return tuple(sorted((key, zone) for key, zone in labels if key in ZONE_LABELS))
