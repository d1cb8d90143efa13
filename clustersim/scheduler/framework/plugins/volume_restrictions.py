"""VolumeRestrictions: a claim that only one pod may use is used by one pod only, wherever that runs.

Source: v1.36 pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go.
"""

from typing import Final

from clustersim.api.claim_names import claim_names
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import ClusterEvent, Filter, Plugin, Snapshot, Status

ONE_POD: Final = "ReadWriteOncePod"
IN_USE: Final = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"


class VolumeRestrictions(Plugin):
    """Looks at the claims of all pods that run."""

    name = "VolumeRestrictions"

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        namespace = asked.pod.metadata.namespace
        claims = snapshot.volumes.claims
        exclusive = [
            name
            for name, _own in claim_names(asked.pod)
            if (claim := claims.get(f"{namespace}/{name}")) is not None and ONE_POD in claim.spec.access_modes
        ]
        if not exclusive:
            return None
        in_use = any(
            name in exclusive
            for info in snapshot.infos
            for pod in info.pods.values()
            if pod.metadata.namespace == namespace and pod.spec.volumes
            for name, _own in claim_names(pod)
        )
        no = self.no(IN_USE)
        return (lambda info: no) if in_use else None

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        return event.freed is not None or event.node() is not None
