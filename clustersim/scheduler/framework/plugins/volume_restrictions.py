"""VolumeRestrictions: a claim that only one pod may use is used by one pod only, wherever that runs, and a
node lends a disk to one pod.

Source: v1.36 pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go.
"""

from typing import Final

from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import PersistentVolumeClaim, Pod
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.disks import disks_conflict, names_disks
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import ClusterEvent, Filter, Plugin, Snapshot, Status

ONE_POD: Final = "ReadWriteOncePod"
NO_DISK: Final = "node(s) had no available disk"
IN_USE: Final = (
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by "
    "another pod"
)


class VolumeRestrictions(Plugin):
    """Looks at the claims of all pods that run."""

    name = "VolumeRestrictions"

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        namespace = asked.pod.metadata.namespace
        claims = snapshot.volumes.claims
        exclusive = []
        for name in _named_claims(asked.pod):
            claim = claims.get(f"{namespace}/{name}")
            if claim is None:
                return self.no(f'persistentvolumeclaim "{name}" not found', final=True)
            if ONE_POD in claim.spec.access_modes:
                exclusive.append(name)
        lends = names_disks(asked.pod)
        if not exclusive and not lends:
            return None
        in_use = any(
            name in exclusive
            for info in snapshot.infos
            for pod in info.pods.values()
            if pod.metadata.namespace == namespace and pod.spec.volumes
            for name in _named_claims(pod)
        )
        no, no_disk = self.no(IN_USE), self.no(NO_DISK)

        def check(info: NodeInfo) -> Status | None:
            if lends and disks_conflict(asked.pod, info.pods.values()):
                return no_disk
            return no if in_use else None

        return check if in_use or lends else None

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        namespace, named = asked.pod.metadata.namespace, _named_claims(asked.pod)
        if isinstance(event.new, PersistentVolumeClaim):
            made = event.new.metadata
            return event.old is None and made.namespace == namespace and made.name in named
        if (freed := event.freed) is not None:
            if disks_conflict(asked.pod, (freed,)):
                return True
            return freed.metadata.namespace == namespace and not set(named).isdisjoint(_named_claims(freed))
        return event.node() is not None


def _named_claims(pod: Pod) -> list[str]:
    """Claims that the pod names; not those that are made for it alone."""
    return [name for name, own in claim_names(pod) if not own]
