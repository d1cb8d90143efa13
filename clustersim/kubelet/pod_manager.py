"""The pods that the API server wants on this node, as last heard (v1.7.5 pkg/kubelet/pod/pod_manager.go)."""

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.state import State
from clustersim.kubelet.part import Part


class PodManagerMemory(State):
    """Pods by uid."""

    pods: dict[str, Pod] = msgspec.field(default_factory=dict)


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
        return self.pods.get(uid)

    def put(self, pod: Pod) -> None:
        """A pod is wanted, or has changed."""
        self.pods[pod.metadata.uid] = pod

    def remove(self, pod: Pod) -> None:
        """A pod is not wanted any more."""
        self.pods.pop(pod.metadata.uid, None)


def pod_key(pod: Pod) -> str:
    """A pod as structured log lines name it: "default/web-1"."""
    return f"{pod.metadata.namespace}/{pod.metadata.name}"


def pod_text(pod: Pod) -> str:
    """A pod as log lines name it: `web-1_default(uid)`."""
    metadata = pod.metadata
    return f"{metadata.name}_{metadata.namespace}({metadata.uid})"
