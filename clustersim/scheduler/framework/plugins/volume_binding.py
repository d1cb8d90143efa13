"""VolumeBinding: the claims of a pod are bound, or can be on the node, and the volumes are in reach of it.
Claims that wait for their pod are bound in late_claims.py.

Source: v1.36 pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go.
"""

from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import Node, PersistentVolume, PersistentVolumeClaim
from clustersim.api.storage import StorageClass
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import ClusterEvent, Filter, Plugin, Snapshot, Status
from clustersim.scheduler.framework.volumes import reaches


class VolumeBinding(Plugin):
    """Looks at PersistentVolumeClaims, PersistentVolumes and StorageClasses."""

    name = "VolumeBinding"

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        storage, namespace = snapshot.volumes, asked.pod.metadata.namespace
        claims = []
        for name, own in claim_names(asked.pod):
            claim = storage.claims.get(f"{namespace}/{name}")
            if (reason := _unusable(name, claim, own)) is not None:
                return self.no(reason, final=True)
            assert claim is not None
            claims.append(claim)
        if not claims:
            return None
        unbound = [claim for claim in claims if not claim.spec.volume_name]
        if any(not storage.binds_late(claim) for claim in unbound):
            return self.no("pod has unbound immediate PersistentVolumeClaims", final=True)
        bound = [storage.volumes.get(claim.spec.volume_name) for claim in claims if claim.spec.volume_name]
        if None in bound:
            missing = next(one for one in claims if one.spec.volume_name not in storage.volumes)
            name = missing.spec.volume_name
            return self.no(f'PersistentVolume "{name}" not found', final=True)
        out_of_reach = self.no("node(s) didn't match PersistentVolume's node affinity", final=True)
        none_to_be_had = self.no("node(s) didn't find available persistent volumes to bind", final=True)

        def check(info: NodeInfo) -> Status | None:
            assert info.node is not None
            node: Node = info.node
            if any(volume is not None and not reaches(volume, node) for volume in bound):
                return out_of_reach
            return None if all(storage.can_be_had(claim, node) for claim in unbound) else none_to_be_had

        return check

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        if isinstance(event.new, PersistentVolumeClaim):
            names = [name for name, _own in claim_names(asked.pod)]
            here = event.new.metadata.namespace == asked.pod.metadata.namespace
            return here and event.new.metadata.name in names
        return isinstance(event.new, PersistentVolume | StorageClass) or event.node("labels") is not None


def _unusable(name: str, claim: PersistentVolumeClaim | None, own: bool) -> str | None:
    """Why a claim keeps the pod off all nodes."""
    if claim is None:
        if own:
            return f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"'
        return f'persistentvolumeclaim "{name}" not found'
    if claim.status.phase == "Lost":
        volume = claim.spec.volume_name
        return f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{volume}"'
    if claim.metadata.deletion_timestamp:
        return f'persistentvolumeclaim "{name}" is being deleted'
    return None
