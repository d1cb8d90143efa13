r"""The volume manager: a pod's containers are made when its volumes are there, and every later sync brings up
to date what is in them.

```
 a sync wants volumes --> all there? --yes--> it goes on
                          \--no--> again after 0.5, 1, 2, ... s; after 123 s the sync fails
```
Source: v1.7.5, v1.8.0, v1.36 pkg/kubelet/volumemanager (WaitForAttachAndMount, podAttachAndMountTimeout),
pkg/util/goroutinemap/exponentialbackoff.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet import volumes
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.host_paths import missing
from clustersim.kubelet.part import Part
from clustersim.kubelet.references import UNATTACHED, UNPROCESSED, of_volumes
from clustersim.runtime.records import Held

FIRST_WAIT: Final[Micros] = SECOND // 2
MOST_WAIT: Final[Micros] = 122 * SECOND
MOUNTED_WITHIN: Final[Micros] = 123 * SECOND


class Mounting(State):
    """Volumes that are waited for. since: from when on; tries: how often they were not there; done: whom to
    tell."""

    pod: Pod
    since: Micros
    done: Done
    tries: int = 0


class VolumeManagerMemory(State):
    """Mountings under way, by their numbers."""

    next: int = 1
    mountings: dict[int, Mounting] = msgspec.field(default_factory=dict)


class VolumeManager(Part):
    """Waits for volumes, and keeps what is in them."""

    name = "volume-manager"

    def memory(self) -> VolumeManagerMemory:
        return VolumeManagerMemory()

    def mount(self, pod: Pod, done: Done) -> None:
        """Have the pod's volumes mounted. Tells `done` with the error of the sync, empty if they are there or
        nobody wants the pod any more."""
        memory: VolumeManagerMemory = self.state
        number = memory.next
        memory.next = number + 1
        memory.mountings[number] = Mounting(pod, self.now, done)
        self.look(number)

    def look(self, number: int) -> None:
        """Are they there?"""
        kubelet, pod = self.kubelet, self.state.mountings[number].pod
        volume, error = missing(kubelet.host, kubelet.runtime.partition("@")[0], pod)
        if error:
            self.looked(error, volume, (), number)
            return
        wanted = (*kubelet.references.of_storage(pod), *of_volumes(pod))
        kubelet.references.check(pod, wanted, Done(self.name, "looked", (number,)))

    def looked(self, error: str, volume: str, found: tuple[Held, ...], number: int) -> None:
        """They are there; or one is not, and is looked for again."""
        kubelet, mounting = self.kubelet, self.state.mountings[number]
        pod: Pod = mounting.pod
        if not kubelet.pod_workers.wants(pod.metadata.uid):
            self._end(number, "")
        elif not error:
            volumes.keep(kubelet.host, pod.metadata.uid, found)
            kubelet.attachments.mounted(pod)
            self._end(number, "")
        elif self.now - mounting.since >= MOUNTED_WITHIN:
            why = (volume if error == UNATTACHED else "", volume if error == UNPROCESSED else "")
            text = kubelet.words.not_mounted(pod, volume, *why)
            kubelet.recorder.of_pod(pod, "Warning", "FailedMount", text)
            self._end(number, f"timeout expired waiting for volumes to attach/mount: [{volume}]")
        else:
            if error not in (UNATTACHED, UNPROCESSED):
                self._tell_failed(pod, volume, error)
            wait = min(FIRST_WAIT << min(mounting.tries, 10), MOST_WAIT)
            mounting.tries += 1
            self.post(min(wait, mounting.since + MOUNTED_WITHIN - self.now), self.look, number)

    def _end(self, number: int, error: str) -> None:
        done: Done = self.state.mountings.pop(number).done
        getattr(self.kubelet.parts[done.part], done.method)(error, *done.args)

    # --- pods that go on ----------------------------------------------------------------------------

    def renew(self, pod: Pod) -> None:
        """Bring up to date what is in the pod's volumes."""
        if wanted := of_volumes(pod):
            self.kubelet.references.check(pod, wanted, Done(self.name, "renewed", (pod.metadata.uid,)))

    def renewed(self, error: str, volume: str, found: tuple[Held, ...], uid: str) -> None:
        """They are up to date, or one is not."""
        if (pod := self.kubelet.pod_manager.get(uid)) is None:
            return
        volumes.keep(self.kubelet.host, uid, found)
        if error:
            self._tell_failed(pod, volume, error)

    def _tell_failed(self, pod: Pod, volume: str, error: str) -> None:
        message = f'MountVolume.SetUp failed for volume "{volume}" : {error}'
        self.kubelet.recorder.of_pod(pod, "Warning", "FailedMount", message)

    def forget(self, uid: str) -> None:
        """The pod is gone."""
        volumes.let_go(self.kubelet.host, uid)
        self.kubelet.attachments.let_go(uid)
