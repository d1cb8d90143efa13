"""The pods that the API server wants on this node, as last heard (v1.7.5 pkg/kubelet/pod/pod_manager.go)."""

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.state import State
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_phase import is_over


class PodManagerMemory(State):
    """Pods by uid; and of which of them nothing is left to be done."""

    pods: dict[str, Pod] = msgspec.field(default_factory=dict)
    over: dict[str, bool] = msgspec.field(default_factory=dict)


class PodManager(Part):
    """What the main loop has taken in so far; the informer may know more already."""

    name = "pod-manager"

    def memory(self) -> PodManagerMemory:
        return PodManagerMemory()

    @property
    def pods(self) -> dict[str, Pod]:
        """By uid, in the order they came."""
        pods: dict[str, Pod] = self.state.pods
        return pods

    def get(self, uid: str) -> Pod | None:
        """The pod, or None."""
        pods: dict[str, Pod] = self.state.pods
        return pods.get(uid)

    def unfinished(self) -> dict[str, Pod]:
        """Those for which something is left to be done, by uid; not to be changed."""
        memory: PodManagerMemory = self.state
        if not memory.over:
            return memory.pods
        return {uid: pod for uid, pod in memory.pods.items() if uid not in memory.over}

    def put(self, pod: Pod) -> None:
        """A pod is wanted, or has changed."""
        uid = pod.metadata.uid
        self.state.pods[uid] = pod
        self.kubelet.status_manager.reopen(uid)
        self.judge(uid)

    def remove(self, pod: Pod) -> None:
        """A pod is not wanted any more."""
        memory: PodManagerMemory = self.state
        uid = pod.metadata.uid
        memory.pods.pop(uid, None)
        memory.over.pop(uid, None)
        self.kubelet.status_manager.reopen(uid)
        self.kubelet.housekeeping.unwanted()

    def judge(self, uid: str) -> None:
        """A pod or what is known of its status has changed: something may be left to be done, or not."""
        memory: PodManagerMemory = self.state
        if (pod := memory.pods.get(uid)) is None:
            return
        if is_over(pod, self.kubelet.status_manager.status_of(uid)):
            memory.over[uid] = True
            self.kubelet.housekeeping.unwanted()
        elif memory.over:
            memory.over.pop(uid, None)


def pod_key(pod: Pod) -> str:
    """A pod as structured log lines name it: "default/web-1"."""
    return f"{pod.metadata.namespace}/{pod.metadata.name}"


def pod_text(pod: Pod) -> str:
    """A pod as log lines name it: `web-1_default(uid)`."""
    metadata = pod.metadata
    return f"{metadata.name}_{metadata.namespace}({metadata.uid})"
