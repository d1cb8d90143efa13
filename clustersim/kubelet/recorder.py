"""Events of a kubelet: about its node, its pods and their containers."""

from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import ObjectReference
from clustersim.api.pod_containers import field_path
from clustersim.client.recorder import EventRecorder
from clustersim.runtime.records import Container

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet import Kubelet


class KubeletRecorder(EventRecorder):
    """Posts what a kubelet has to tell, by a client of its own."""

    def __init__(self, kubelet: "Kubelet") -> None:
        super().__init__(kubelet.events, "kubelet", host=kubelet.node_name, traits=kubelet.recorder_traits)
        self.kubelet = kubelet

    def of_node(self, kind: str, reason: str, message: str) -> None:
        """An Event about the node."""
        node = ObjectReference(kind="Node", name=self.kubelet.node_name, uid=self.kubelet.uid_of_node())
        self.event(node, kind, reason, message)

    def of_pod(self, pod: Pod, kind: str, reason: str, message: str, container: str = "") -> None:
        """An Event about a pod, or one of its containers."""
        metadata, path = pod.metadata, field_path(pod, container) if container else ""
        about = pod_reference(metadata.namespace, metadata.name, metadata.uid, path)
        self.event(about, kind, reason, message)

    def of_container(self, container: Container, kind: str, reason: str, message: str) -> None:
        """An Event about a container of which only docker's record may be left."""
        pod = self.kubelet.pod_manager.get(container.pod_uid)
        path = f"spec.containers{{{container.name}}}" if pod is None else field_path(pod, container.name)
        about = pod_reference(container.namespace, container.pod, container.pod_uid, path)
        self.event(about, kind, reason, message)


@lru_cache(maxsize=1024)
def pod_reference(namespace: str, name: str, uid: str, path: str) -> ObjectReference:
    """How Events refer to a pod, or by its path to one of its containers: several come one after another."""
    return ObjectReference(
        kind="Pod", namespace=namespace, name=name, uid=uid, api_version="v1", field_path=intern(path)
    )
