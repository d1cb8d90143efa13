"""What is in the volumes of pods that come from ConfigMaps and Secrets: files on the node's disk, which every
sync of their pod brings up to date. So a change is seen inside a minute or so later; what is mounted by a
subPath, and what became part of an environment, stays as it was when its container was made.

Sources: v1.7.5, v1.8.0, v1.36.2 pkg/kubelet/volumemanager (MarkRemountRequired at each sync of a pod),
pkg/volume/configmap, pkg/volume/secret (RequiresRemount). The API server is asked at each sync: in clusters
of up to 100 nodes v1.8 caches nothing (node.alpha.kubernetes.io/ttl), and what v1.36 watches comes out the
same.
"""

import msgspec

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import Pod
from clustersim.engine.state import State
from clustersim.kubelet.references import of_volumes
from clustersim.machine import Machine
from clustersim.programs import reads_settings
from clustersim.runtime.records import Held


class VolumesDisk(State):
    """By pod uid."""

    pods: dict[str, tuple[Held, ...]] = msgspec.field(default_factory=dict)


def renews(pod: Pod) -> bool:
    """Its syncs bring something up to date, though nothing has happened to the pod."""
    return bool(of_volumes(pod))


def contents(machine: Machine, uid: str) -> tuple[Held, ...]:
    """What is in a pod's volumes."""
    disk: VolumesDisk | None = machine.state.disk.get("volumes")
    return () if disk is None else disk.pods.get(uid, ())


def keep(machine: Machine, uid: str, found: tuple[Held, ...]) -> None:
    """That is in them from now on; what was not found stays as it was."""
    disk: VolumesDisk = machine.state.disk.setdefault("volumes", VolumesDisk())
    known = {(one.resource, one.name): one for one in (*disk.pods.get(uid, ()), *found)}
    disk.pods[uid] = tuple(known.values())


def let_go(machine: Machine, uid: str) -> None:
    """The pod is gone, and its volumes with it."""
    disk: VolumesDisk | None = machine.state.disk.get("volumes")
    if disk is not None:
        disk.pods.pop(uid, None)


def parts_of(machine: Machine, uid: str, spec: ContainerSpec) -> tuple[Held, ...]:
    """What a new container keeps of the volumes, since it mounts but a part of one, or its program reads its
    settings there when it begins."""
    parts = any(mount.sub_path or mount.sub_path_expr for mount in spec.volume_mounts)
    return contents(machine, uid) if parts or reads_settings(spec) else ()
