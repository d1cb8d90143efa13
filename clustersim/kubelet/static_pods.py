r"""Static pods: those of the files in the node's manifest directory. They run without any API server; for
each the kubelet keeps a mirror in the API, so that people see it.

```
 file there --> pod runs          no mirror yet, or it is gone --create--> mirror
 file gone  --> pod is killed     mirror of another file, or being deleted --delete by force--> no mirror
```
A pod's uid is a hash of node and file, so the containers of a file are the same after a restart, and a file
that says something else is another pod (v1.7.5, v1.36.2 pkg/kubelet/config/{common,file}.go,
pkg/kubelet/pod/mirror_client.go).
"""

from collections.abc import Iterator
from hashlib import md5
from typing import ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Pod, PodStatus, Toleration
from clustersim.api.meta import replace
from clustersim.api.mirrors import MIRROR
from clustersim.api.quality import qos_class
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339_micro
from clustersim.engine.state import State
from clustersim.kubelet import config
from clustersim.kubelet.admission import SOURCE
from clustersim.kubelet.config import PodUpdate
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_manager import pod_key

FILE: Final = "file"
HASH: Final = "kubernetes.io/config.hash"
SEEN: Final = "kubernetes.io/config.seen"
LOG: Final = "kubelet.go"


class StaticPodsMemory(State):
    """pods: by the path of their file; mirrors: what the API server has of them, by namespace/name; asking: a
    mirror is being made or deleted."""

    pods: dict[str, Pod] = msgspec.field(default_factory=dict)
    mirrors: dict[str, Pod] = msgspec.field(default_factory=dict)
    asking: dict[str, bool] = msgspec.field(default_factory=dict)


class StaticPods(Part):
    """The "file" source, and the mirrors of its pods."""

    name = "static-pods"
    of_today: ClassVar[bool] = False

    def memory(self) -> StaticPodsMemory:
        return StaticPodsMemory()

    # --- files ----------------------------------------------------------------------------------------

    def read(self) -> None:
        """Look at the directory: at the start, and when something in it changed (inotify)."""
        memory: StaticPodsMemory = self.state
        files = self.kubelet.host.state.manifests
        found = {path: self._pod(path, pod) for path, pod in files.items()}
        gone = [
            pod
            for path, pod in memory.pods.items()
            if path not in found or found[path].metadata.uid != pod.metadata.uid
        ]
        new = [pod for path, pod in found.items() if path not in memory.pods or memory.pods[path] in gone]
        kept = {path: pod for path, pod in memory.pods.items() if pod not in gone}
        memory.pods = kept | {path: pod for path, pod in found.items() if pod in new}
        for operation, pods in ((config.REMOVE, gone), (config.ADD, new)):
            if pods:
                self.kubelet.sync_loop.config_update(PodUpdate(operation, tuple(pods), source=FILE))
        if gone or new:
            self.kubelet.loops["status-batch"].wake()  # it looks for another mirror of each pod from now on
        for pod in new:
            self.keep_mirror(pod)

    def _pod(self, path: str, pod: Pod) -> Pod:
        """What a file makes (applyDefaults)."""
        node, metadata = self.kubelet.node_name, pod.metadata
        content = msgspec.json.encode(pod, order="deterministic")
        uid = md5(f"host:{node}file:{path}".encode() + content, usedforsecurity=False).hexdigest()
        seen = rfc3339_micro(self.kubelet.clock)
        annotations = {**metadata.annotations, SOURCE: FILE, HASH: uid, SEEN: seen}
        everything = Toleration(operator="Exists", effect="NoExecute")
        made: Pod = replace(
            pod,
            metadata=replace(
                metadata,
                name=f"{metadata.name}-{node}",
                namespace=metadata.namespace or "default",
                uid=uid,
                annotations=annotations,
            ),
            spec=replace(pod.spec, node_name=node, tolerations=(*pod.spec.tolerations, everything)),
            status=PodStatus(phase="Pending", qos_class=qos_class(pod.spec, today=self.of_today)),
        )
        return made

    def known(self) -> Iterator[Pod]:
        """The static pods that are wanted."""
        pods: dict[str, Pod] = self.state.pods
        return iter(pods.values())

    def by_uid(self, uid: str) -> Pod | None:
        """The static pod of that uid."""
        return next((pod for pod in self.known() if pod.metadata.uid == uid), None)

    # --- mirrors --------------------------------------------------------------------------------------

    def told(self, uid: str) -> Pod | None:
        """What the API server has of the pod with that uid: itself, or its mirror."""
        static = self.by_uid(uid)
        if static is None:
            return self.kubelet.pod_manager.get(uid)
        mirror: Pod | None = self.state.mirrors.get(pod_key(static))
        return mirror

    def mirror_changed(self, old: Pod | None, new: Pod | None) -> None:
        """The API server tells of a mirror."""
        memory: StaticPodsMemory = self.state
        pod = new if new is not None else old
        assert pod is not None
        if new is None:
            memory.mirrors.pop(pod_key(pod), None)
        else:
            memory.mirrors[pod_key(pod)] = new
        static = next((one for one in self.known() if pod_key(one) == pod_key(pod)), None)
        if static is not None:
            self.keep_mirror(static)
            if new is not None:
                self.kubelet.status_manager.reconcile(replace(static, status=new.status))
        self.kubelet.loops["housekeeping"].wake()

    def keep_mirror(self, pod: Pod) -> None:
        """Have a mirror of a pod: delete one that is outdated, make one where there is none."""
        memory: StaticPodsMemory = self.state
        key = pod_key(pod)
        if memory.asking.get(key):
            return
        mirror = memory.mirrors.get(key)
        if mirror is None:
            if (made := self.mirror_of(pod)) is not None:
                self.log(LOG, self.kubelet.words.creating_mirror(pod))
                memory.asking[key] = True
                self.kubelet.api.create(made, self.then(self.made, pod))
        elif mirror.metadata.deletion_timestamp or mirror.metadata.annotations[MIRROR] != pod.metadata.uid:
            self.log(LOG, *self.kubelet.words.outdated_mirror(mirror))
            self._delete(mirror)

    def mirror_of(self, pod: Pod) -> Pod | None:
        """The mirror to be made; None while none can be made."""
        annotations = {**pod.metadata.annotations, MIRROR: pod.metadata.uid}
        made: Pod = replace(pod, metadata=replace(pod.metadata, annotations=annotations))
        return made

    def delete_orphans(self) -> None:
        """Mirrors without a static pod go (deleteOrphanedMirrorPods)."""
        wanted = {pod_key(pod): True for pod in self.known()}
        for key, mirror in self.state.mirrors.items():
            if key not in wanted and not self.state.asking.get(key):
                self._delete(mirror)

    def _delete(self, mirror: Pod) -> None:
        metadata, key = mirror.metadata, pod_key(mirror)
        self.state.asking[key] = True
        then = self.then(self.deleted, mirror)
        self.kubelet.api.delete(
            "pods", metadata.namespace, metadata.name, then, grace_seconds=0, uid=metadata.uid
        )

    def made(self, reply: Reply, pod: Pod) -> None:
        """A mirror was made, or was there; the watch will tell."""
        self.state.asking.pop(pod_key(pod), None)
        if reply.unreachable:
            self.log(LOG, self.kubelet.words.no_mirror(pod, reply.message), "E")
            self.post(self.kubelet.flags.sync_frequency, self.look_again, pod_key(pod))

    def deleted(self, reply: Reply, mirror: Pod) -> None:
        """A mirror is gone: the next one can be made. Or it is not, and is tried again: with the next sync of
        its pod, without one by the next cleaning."""
        key = pod_key(mirror)
        self.state.asking.pop(key, None)
        if reply.unreachable:
            self.log(LOG, self.kubelet.words.mirror_stays(mirror, reply.message), "E")
            self.post(self.kubelet.flags.sync_frequency, self.look_again, key)
            self.kubelet.loops["housekeeping"].wake()
        elif (reply.ok or reply.status == 404) and key not in self.state.mirrors:
            self.look_again(key)

    def look_again(self, key: str) -> None:
        """Is the mirror of a pod as it should be?"""
        for pod in self.known():
            if pod_key(pod) == key:
                self.keep_mirror(pod)
