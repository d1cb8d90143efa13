"""Disks that pods name themselves and that one node lends to one pod, unless all only read them.

Sources: v1.7.5, v1.8.0 plugin/pkg/scheduler/algorithm/predicates/predicates.go (isVolumeConflict); v1.36.2
pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go.
"""

from collections.abc import Iterable

from clustersim.api.core_v1 import Pod, Volume


def names_disks(pod: Pod) -> bool:
    """Whether the pod names any such disk."""
    return any(map(_is_disk, pod.spec.volumes))


def _is_disk(volume: Volume) -> bool:
    return any((volume.gce_persistent_disk, volume.aws_elastic_block_store, volume.rbd, volume.iscsi))


def disks_conflict(pod: Pod, others: Iterable[Pod]) -> bool:
    """Whether one of the pod's disks is in use by another pod of the node."""
    own = [volume for volume in pod.spec.volumes if _is_disk(volume)]
    if not own:
        return False
    return any(_is_same(mine, theirs) for other in others for theirs in other.spec.volumes for mine in own)


def _is_same(mine: Volume, theirs: Volume) -> bool:
    """The same disk, which not both only read; one of AWS is for one pod even then."""
    one, other = mine.gce_persistent_disk, theirs.gce_persistent_disk
    if one is not None and other is not None and one.pd_name == other.pd_name:
        return not (one.read_only and other.read_only)
    aws, other_aws = mine.aws_elastic_block_store, theirs.aws_elastic_block_store
    if aws is not None and other_aws is not None and aws.volume_id == other_aws.volume_id:
        return True
    iscsi, other_iscsi = mine.iscsi, theirs.iscsi
    if iscsi is not None and other_iscsi is not None and iscsi.iqn == other_iscsi.iqn:
        return not (iscsi.read_only and other_iscsi.read_only)
    rbd, other_rbd = mine.rbd, theirs.rbd
    if rbd is None or other_rbd is None or (rbd.pool, rbd.image) != (other_rbd.pool, other_rbd.image):
        return False
    shared = not set(rbd.monitors).isdisjoint(other_rbd.monitors)
    return shared and not (rbd.read_only and other_rbd.read_only)
