"""VolumeZone: volumes that say their zone by label are used there only.

Source: v1.36 pkg/scheduler/framework/plugins/volumezone/volume_zone.go.
"""

from typing import Final

from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import PersistentVolume, PersistentVolumeClaim
from clustersim.api.storage import StorageClass
from clustersim.api.topology import OLD_REGION, OLD_ZONE, REGION, ZONE
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import ClusterEvent, Filter, Plugin, Snapshot, Status

LABELS: Final = (OLD_ZONE, OLD_REGION, ZONE, REGION)
SEPARATOR: Final = "__"
"""Between the zones of a volume that is in several."""


class VolumeZone(Plugin):
    """Looks at the labels of PersistentVolumes and nodes."""

    name = "VolumeZone"

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        storage, namespace = snapshot.volumes, asked.pod.metadata.namespace
        wanted: list[tuple[str, list[str]]] = []
        for name, _own in claim_names(asked.pod):
            claim = storage.claims.get(f"{namespace}/{name}")
            volume = storage.volumes.get(claim.spec.volume_name) if claim is not None else None
            if volume is not None:
                labels = volume.metadata.labels
                wanted += [(key, labels[key].split(SEPARATOR)) for key in LABELS if key in labels]
        if not wanted:
            return None
        no = self.no("node(s) had no available volume zone", final=True)

        def check(info: NodeInfo) -> Status | None:
            assert info.node is not None
            labels = info.node.metadata.labels
            if not any(key in labels for key in LABELS):
                return None
            return None if all(labels.get(key) in zones for key, zones in wanted) else no

        return check

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        storage = PersistentVolume | PersistentVolumeClaim | StorageClass
        return isinstance(event.new, storage) or event.node("labels") is not None
