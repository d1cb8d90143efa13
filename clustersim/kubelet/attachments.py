"""Volumes that must be attached before they can be mounted: which of them this node uses.

```
 a pod wants one --> the node's status says that it is in use --> the controller-manager attaches it, and says
 so there, too --> it is mounted; the pod is gone --> the next status no longer says so --> it may be detached
```
Source: v1.7.5, v1.8.0, v1.36 pkg/kubelet/volumemanager (GetVolumesInUse), pkg/volume/util/operationexecutor
(GenerateVerifyControllerAttachedVolumeFunc).
"""

import posixpath
from collections.abc import Mapping

import msgspec

from clustersim.api.core_v1 import Node, PersistentVolume, Pod
from clustersim.engine.state import State
from clustersim.kubelet.part import Part


class AttachmentsMemory(State):
    """By pod uid. wanted: what nodes call its volumes; names: its volumes -> their PersistentVolumes;
    folders: its volumes -> folders of this machine that are behind their PersistentVolumes; told: its volumes
    were said to be mounted."""

    wanted: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    names: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    folders: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    told: dict[str, bool] = msgspec.field(default_factory=dict)


class Attachments(Part):
    """What is, or is to be, attached here."""

    name = "attachments"

    def memory(self) -> AttachmentsMemory:
        return AttachmentsMemory()

    def in_use(self) -> tuple[str, ...]:
        """What the node's status says of it."""
        wanted: dict[str, tuple[str, ...]] = self.state.wanted
        return tuple(sorted({name for names in wanted.values() for name in names})) if wanted else ()

    def want(self, uid: str, name: str) -> None:
        """A pod uses that volume."""
        memory: AttachmentsMemory = self.state
        known = memory.wanted.get(uid, ())
        if name not in known:
            memory.wanted[uid] = (*known, name)
            self.kubelet.node_status.may_change()

    def behind(self, uid: str, volume: str, found: PersistentVolume) -> None:
        """That PersistentVolume is behind a volume of a pod."""
        self.state.names.setdefault(uid, {})[volume] = found.metadata.name
        source = found.spec.host_path or found.spec.local
        if source is not None:
            self.state.folders.setdefault(uid, {})[volume] = posixpath.normpath(source.path)

    def folders(self, uid: str) -> Mapping[str, str]:
        """Which of a pod's volumes are folders of this machine by their claims, and which."""
        known: Mapping[str, str] = self.state.folders.get(uid, {})
        return known

    def mounted(self, pod: Pod) -> None:
        """All volumes of the pod are there; v1.7 and v1.8 tell of each."""
        memory: AttachmentsMemory = self.state
        uid = pod.metadata.uid
        if memory.told.get(uid):
            return
        memory.told[uid] = True
        names = memory.names.get(uid, {})
        for volume in pod.spec.volumes:
            if text := self.kubelet.words.volume_mounted(names.get(volume.name, volume.name)):
                self.kubelet.recorder.of_pod(pod, "Normal", "SuccessfulMountVolume", text)

    def let_go(self, uid: str) -> None:
        """The pod is gone."""
        memory: AttachmentsMemory = self.state
        memory.names.pop(uid, None)
        memory.folders.pop(uid, None)
        memory.told.pop(uid, None)
        if memory.wanted.pop(uid, None):
            self.kubelet.node_status.may_change()


def is_attached(node: Node, name: str) -> bool:
    """The volume is attached to the node, which has said that it uses it."""
    status = node.status
    return name in status.volumes_in_use and any(one.name == name for one in status.volumes_attached)
